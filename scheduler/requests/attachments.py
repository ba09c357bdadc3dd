"""Files of a request: what is taken, where it lies, and under which name it is given back."""

import hashlib
import os
import re
import secrets
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Protocol

from scheduler.accounts.models import User
from scheduler.database import session
from scheduler.errors import Forbidden, NotFound, UserError
from scheduler.requests import service
from scheduler.requests.models import ActivityRequest, RequestAttachment

FOLDER = "attachments"
MOST_FILES = 5
MOST_BYTES = 5 * 1024 * 1024
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
}
ENDINGS = {"jpg": "jpeg"}
NAME_LETTERS = 100


class Sent(Protocol):
    """A file as a form sends it."""

    filename: str | None

    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    name: str
    kind: str
    content: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read_all(files: Sequence[Sent]) -> list[Upload]:
    """The files of a form that hold something; refused with what is wrong with which."""
    return [read(each) for each in files if each.filename]


def read(sent: Sent) -> Upload:
    """One file, of a kind that its first bytes prove, whatever it is called."""
    name = sent.filename or ""
    content = sent.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise _fault(f'"{_shown(name)}" is larger than 5 MB. Make it smaller, or say where it lies.')
    if not content:
        raise _fault(f'"{_shown(name)}" is empty. Choose another file.')
    kind = kind_of(content)
    if kind is None:
        raise _fault(f'"{_shown(name)}" is none of {", ".join(KINDS)}. Save it as one of them.')
    return Upload(safe_name(name, kind), kind, content)


def kind_of(content: bytes) -> str | None:
    """What a file is by its content."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if content.startswith(b"PK\x03\x04"):
        return "xlsx" if _is_workbook(content) else None
    return "txt" if _is_text(content) else None


def safe_name(name: str, kind: str) -> str:
    """What it is called when it is downloaded: no folders, no control signs, the ending of its kind."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem, _, ending = last.rpartition(".")
    if ENDINGS.get(ending.casefold(), ending.casefold()) != kind:
        stem = last
    # Also the signs that turn the direction of writing: they would hide the ending.
    kept = "".join(sign for sign in stem if sign.isprintable() and sign not in '<>:"|?*;%')
    stem = re.sub(r"\s+", " ", kept).strip(" .")[:NAME_LETTERS].strip(" .")
    return f"{stem or 'attachment'}.{kind}"


def attach(
    row: ActivityRequest, uploads: Sequence[Upload], user: User | None, instance: Path
) -> list[RequestAttachment]:
    """Keep files with a request, at most five. Should the write fail, they lie there unnamed."""
    _refuse_other(row, user)
    if len(row.attachments) + len(uploads) > MOST_FILES:
        raise _fault(f"A request has at most {MOST_FILES} files. Take one away first.")
    rows = []
    for upload in uploads:
        made = RequestAttachment(
            user_id=user.id if user else None,
            name=upload.name,
            stored_name=_store(instance, upload.content),
            kind=upload.kind,
            size_bytes=len(upload.content),
            sha256=upload.sha256,
        )
        row.attachments.append(made)
        rows.append(made)
    session.flush()
    return rows


def detach(row: ActivityRequest, attachment: RequestAttachment, user: User | None, instance: Path) -> None:
    """Take a file away. It goes from the folder when the change is written."""
    _refuse_other(row, user)
    row.attachments.remove(attachment)
    session.flush()


def drop(stored_name: str, instance: Path) -> None:
    """Remove what no row names any more."""
    (instance / FOLDER / stored_name).unlink(missing_ok=True)


def find(row: ActivityRequest, attachment_id: int) -> RequestAttachment:
    found = next((each for each in row.attachments if each.id == attachment_id), None)
    if found is None:
        raise NotFound("There is no such file with this request. It may have been taken away.")
    return found


def path_of(attachment: RequestAttachment, instance: Path) -> Path:
    path = instance / FOLDER / attachment.stored_name
    if not path.is_file():
        raise NotFound(f'"{attachment.name}" is not in the instance folder any more. Attach it again.')
    return path


def may_attach(row: ActivityRequest, user: User | None) -> bool:
    return service.is_owner(row, user) or service.may_decide(row, user)


def _refuse_other(row: ActivityRequest, user: User | None) -> None:
    if not may_attach(row, user):
        raise Forbidden(f"{row.code} was asked for by somebody else. Ask them to attach it.")


def _store(instance: Path, content: bytes) -> str:
    """Write it under a name that nobody chose, readable by the owner only."""
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(16)
    with os.fdopen(os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name


def _is_workbook(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text)


def _shown(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1][:60]


def _fault(message: str) -> UserError:
    return UserError(message, {"attachments": message})
