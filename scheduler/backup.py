"""The whole of an instance in one file, and back: rows as JSON lines, so that a backup of either
database restores on either.

A zip with `manifest.json` (revision, rows and SHA-256 of every member), `tables/<name>.jsonl`,
`attachments/<name>` and `secret.key`. Tables are read as they stand in the database, not through the
models, so that a backup of an older revision is first restored as it was and then upgraded.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, LargeBinary, Table, null, select, text, types

from scheduler import __version__, migrations
from scheduler.config import Config, secret_key
from scheduler.errors import UserError
from scheduler.instance import drop_everything, open_database, rows_held, tables
from scheduler.requests.attachments import FOLDER

FORMAT = "markaz-backup/1"
SECRET_NAME = "secret.key"  # noqa: S105 - the name of a file
BATCH_ROWS = 1000


@dataclass(frozen=True)
class Copied:
    """How much went into a backup, or came back from one."""

    revision: str
    tables: int
    rows: int


def write_backup(config: Config, path: Path) -> Copied:
    """Everything as it stands at one moment, also while others write. Replaces `path` when it is whole."""
    engine = open_database(config)
    revision = migrations.current_revision(engine)
    if revision is None:
        raise UserError("There is nothing to back up: this instance has no database yet.")
    handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=path.name, suffix=".part")
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            members, rows = {}, 0
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                found = tables(connection)
                for table in found:
                    members[_member(table)] = _write_member(
                        archive, _member(table), _lines(connection, table)
                    )
                    rows += members[_member(table)]["rows"]
                key = secret_key(config.instance)
                members[SECRET_NAME] = _write_member(archive, SECRET_NAME, [key])
                for attached in sorted((config.instance / FOLDER).glob("*")):
                    # A file may go between two looks: then no row of the copy names it either.
                    with contextlib.suppress(FileNotFoundError):
                        name = f"{FOLDER}/{attached.name}"
                        members[name] = _write_file(archive, name, attached)
                manifest = {
                    "format": FORMAT,
                    "markaz": __version__,
                    "revision": revision,
                    "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "members": members,
                }
                archive.writestr("manifest.json", json.dumps(manifest, indent=1))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return Copied(revision, len(found), rows)


def read_backup(config: Config, path: Path, *, replace: bool = False) -> Copied:
    """Put a backup into an empty instance; with `replace` into one that holds something.

    All or nothing: the file is checked before the database is touched, and what was written is read
    again and compared before it counts.
    """
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        raise UserError(f"{path} is no backup of Markaz, or was cut off: it is no whole zip file.") from None
    with archive:
        manifest = _checked_manifest(archive, path)
        engine = open_database(config)
        with engine.connect().execution_options(markaz_writes=True) as connection, connection.begin():
            _make_room(connection, replace=replace)
            migrations.upgrade_within(connection, manifest["revision"])
            rows = _load(connection, archive, manifest, path)
            migrations.upgrade_within(connection)
            _put_attachments(config, archive, manifest)
        _put_secret(config, archive.read(SECRET_NAME).decode("ascii").strip())
    found = sum(name.startswith("tables/") for name in manifest["members"])
    return Copied(migrations.revisions()[-1], found, rows)


def _checked_manifest(archive: zipfile.ZipFile, path: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        if manifest["format"] != FORMAT:
            raise UserError(f"{path} has the format {manifest['format']}; this Markaz reads {FORMAT}.")
        for name, said in manifest["members"].items():
            digest = hashlib.sha256()
            with archive.open(name) as member:
                while block := member.read(1 << 20):
                    digest.update(block)
            if digest.hexdigest() != said["sha256"]:
                raise UserError(f'{path} is damaged: "{name}" is not what was written. Take another backup.')
        if SECRET_NAME not in manifest["members"]:
            raise KeyError(SECRET_NAME)
    except (
        KeyError,
        ValueError,
        TypeError,
        zipfile.BadZipFile,
        OSError,
        EOFError,
        zlib.error,
    ) as error:
        raise UserError(
            f"{path} is no backup of Markaz, or is damaged ({error}). Take another backup."
        ) from None
    if manifest["revision"] not in migrations.revisions():
        raise UserError(
            f"{path} was written by a newer Markaz ({manifest.get('markaz')}, revision "
            f"{manifest['revision']}). Install that one, or a later one, and restore again."
        )
    return manifest


def _make_room(connection: Connection, *, replace: bool) -> None:
    held = rows_held(connection)
    if held and not replace:
        raise UserError(
            f"This instance is not empty: it holds {held} rows. Name an empty one with MARKAZ_INSTANCE "
            "(or MARKAZ_DATABASE_URL), or throw away what is here: markaz restore --replace FILE"
        )
    drop_everything(connection)


def _load(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any], path: Path) -> int:
    from scheduler.bookings import guard

    # What was true when it was booked may go beyond a capacity that was lowered since: the guards
    # judge new writes, not history. Overlaps are still refused, by comparing and by `install`.
    guard.remove(connection)
    rows = 0
    for table in tables(connection):
        said = manifest["members"].get(_member(table))
        if said is None:
            raise UserError(f'{path} is damaged: it lacks the table "{table.name}". Take another backup.')
        with archive.open(_member(table)) as member:
            rows += _insert(connection, table, (json.loads(line) for line in member))
        digest = hashlib.sha256()
        for line in _lines(connection, table):
            digest.update(line.encode())
        if digest.hexdigest() != said["sha256"]:
            raise ValueError(f"table {table.name} reads otherwise than it was written")
    guard.install(connection)
    return rows


def _insert(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> int:
    """Rows of one table; what points into the table itself is set when all its rows are there."""
    inward = {key.parent.name for key in table.foreign_keys if key.column.table is table}
    later: list[dict[str, Any]] = []
    count = 0
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        values = [
            {column.name: _from_json(column.type, row.get(column.name)) for column in table.columns}
            for row in batch
        ]
        for row in values:
            if any(isinstance(row[name], int) for name in inward):
                later.append({"id": row["id"]} | {name: row[name] for name in inward})
                row.update(dict.fromkeys(inward, null()))
        # One statement for each shape: a literal NULL cannot stand among bound values.
        for shape in {tuple(_is_null(value) for value in row.values()) for row in values}:
            alike = [row for row in values if tuple(_is_null(value) for value in row.values()) == shape]
            fixed = {name: null() for name, value in alike[0].items() if _is_null(value)}
            bound = [{k: v for k, v in row.items() if not _is_null(v)} for row in alike]
            connection.execute(table.insert().values(fixed) if fixed else table.insert(), bound)
        count += len(values)
    for row in later:
        connection.execute(table.update().where(table.c.id == row.pop("id")).values(row))
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        connection.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608 - a table's name
                f'COALESCE(MAX(id), 1), MAX(id) IS NOT NULL) FROM "{table.name}"'
            )
        )
    return count


def _is_null(value: Any) -> bool:
    return value is None or isinstance(value, type(null()))


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    order = list(table.primary_key.columns)
    names = sorted(column.name for column in table.columns)
    # The statement's own option: one of the connection would hold for all that comes after, too.
    rows = select(table).order_by(*order).execution_options(yield_per=BATCH_ROWS)
    with connection.execute(rows) as result:
        for row in result.mappings():
            values = {name: _to_json(row[name]) for name in names}
            yield json.dumps(values, ensure_ascii=False) + "\n"


def _to_json(value: Any) -> Any:
    if isinstance(value, datetime):
        # The database of one file knows no zones; what stands in it is UTC.
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode("ascii")
    return value


def _from_json(kind: types.TypeEngine[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, types.DateTime):
        moment = datetime.fromisoformat(value)
        return moment if getattr(kind, "timezone", False) else moment.astimezone(UTC).replace(tzinfo=None)
    if isinstance(kind, types.Date):
        return date.fromisoformat(value)
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return value


def _write_member(archive: zipfile.ZipFile, name: str, lines: Iterable[str]) -> dict[str, Any]:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w") as member:
        for line in lines:
            data = line.encode()
            member.write(data)
            digest.update(data)
            count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _write_file(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as file, archive.open(name, "w") as member:
        while block := file.read(1 << 20):
            member.write(block)
            digest.update(block)
    return {"rows": 0, "sha256": digest.hexdigest()}


def _put_attachments(config: Config, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Write the attached files back, each under a name that stays in their folder."""
    folder = config.instance / FOLDER
    for name in manifest["members"]:
        place, _, own = name.partition("/")
        if place != FOLDER:
            continue
        if not re.fullmatch("[0-9a-f]+", own):
            raise UserError(f'The backup holds a file named "{name}". Markaz writes no such name.')
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / f"{own}.part"
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with archive.open(name) as member, os.fdopen(handle, "wb") as file:
            shutil.copyfileobj(member, file)
        part.replace(folder / own)


def _member(table: Table) -> str:
    return f"tables/{table.name}.jsonl"


def _put_secret(config: Config, key: str) -> None:
    path = config.instance / SECRET_NAME
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(key)
    part.replace(path)
