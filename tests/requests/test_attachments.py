"""Files of requests: which are taken, under which name they lie and come back, and who gets them."""

import re
import zipfile
from io import BytesIO

import pytest

from scheduler.database import session, transaction
from scheduler.errors import UserError
from scheduler.requests import attachments
from scheduler.requests.models import ActivityRequest, RequestAttachment
from tests.centre import make_request
from tests.pages import client_of, text_of
from tests.requests.asking import Asking

PDF = b"%PDF-1.7 drawing"


class Sent:
    def __init__(self, filename, content):
        self.filename, self.content = filename, content

    def read(self, size=-1):
        return self.content[:size]


def workbook():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return made.getvalue()


def plain_zip():
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", "x")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (b"\x89PNG\r\n\x1a\nrest", "png"),
        (b"\xff\xd8\xff\xe0rest", "jpeg"),
        (workbook(), "xlsx"),
        ("Kühlung 冷启动\n".encode(), "txt"),
        (plain_zip(), None),
        (b"PK\x03\x04broken", None),
        (b"MZ\x90\x00\x03", None),
        (b"\x7fELF\x02", None),
        (b"\xff\xfe\x00", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content, kind):
    assert attachments.kind_of(content) == kind


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("plan.pdf", "pdf", "plan.pdf"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("..\\..\\boot.ini", "txt", "boot.ini.txt"),
        ("photo.JPG", "jpeg", "photo.jpeg"),
        ("run.exe", "pdf", "run.exe.pdf"),
        ("a\u202efdp.exe", "pdf", "afdp.exe.pdf"),
        ('x"; filename="y.pdf', "pdf", "x filename=y.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "pdf", "aSet-Cookie b.pdf"),
        ("冷启动.pdf", "pdf", "冷启动.pdf"),
        ("...", "txt", "attachment.txt"),
        ("x" * 400 + ".pdf", "pdf", "x" * 100 + ".pdf"),
    ],
)
def test_a_name_is_safe_to_keep(name, kind, safe):
    assert attachments.safe_name(name, kind) == safe


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-" + b"x" * attachments.MOST_BYTES, "larger than 5 MB"),
        (b"MZ\x90", "none of"),
    ],
)
def test_what_is_not_taken_says_why(content, words):
    with pytest.raises(UserError, match=words):
        attachments.read(Sent("a.pdf", content))


def test_five_megabytes_are_taken():
    content = b"%PDF-" + b"x" * (attachments.MOST_BYTES - 5)
    assert attachments.read(Sent("a.pdf", content)).kind == "pdf"


@pytest.fixture
def centre(app):
    made = Asking()
    with transaction():
        row = make_request(
            made.project, made.first, code="R-1", state="submitted", requester_id=made.researcher.id
        )
        made.row_id = row.id
    return made


def send(client, centre, *files, key=""):
    data = {"attachments": [(BytesIO(content), name) for name, content in files], "key": key}
    return client.post(
        f"/requests/{centre.row_id}/attachments", data=data, content_type="multipart/form-data",
        follow_redirects=True,
    )  # fmt: skip


def stored():
    session.rollback()
    return session.query(RequestAttachment).all()


def test_the_same_form_sent_twice_attaches_once(app, centre, tmp_path):
    client = client_of(app, centre.researcher)
    for _ in range(2):
        assert "plan.pdf is attached." in text_of(send(client, centre, ("plan.pdf", PDF), key="k1"))
    assert len(stored()) == len(list((tmp_path / "attachments").iterdir())) == 1
    other = text_of(send(client, centre, ("plan.pdf", PDF + b"\n"), key="k1"))
    assert "sent before with something else" in other
    assert len(stored()) == 1
    send(client, centre, ("plan.pdf", PDF), key="k2")
    assert len(stored()) == 2


def test_the_form_of_the_page_carries_a_key(app, centre):
    page = client_of(app, centre.researcher).get(f"/requests/{centre.row_id}").get_data(as_text=True)
    form = page[page.index(f'action="/requests/{centre.row_id}/attachments"') :]
    assert re.search(r'name="key" value="[^"]{10,}"', form[: form.index("</form>")])


def test_a_file_comes_back_as_it_was_and_is_never_shown_within_a_page(app, centre, tmp_path):
    client = client_of(app, centre.researcher)
    page = text_of(send(client, centre, ("../plan.pdf", PDF)))
    assert "plan.pdf is attached." in page
    (row,) = stored()
    assert (tmp_path / "attachments" / row.stored_name).read_bytes() == PDF
    assert "plan" not in row.stored_name
    answer = client.get(f"/requests/{centre.row_id}/attachments/{row.id}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=plan.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.mimetype == "application/pdf"


def test_whoever_may_not_see_the_request_does_not_get_its_file(app, centre):
    send(client_of(app, centre.researcher), centre, ("plan.pdf", PDF))
    (row,) = stored()
    path = f"/requests/{centre.row_id}/attachments/{row.id}"
    assert client_of(app, centre.other).get(path).status_code == 404
    assert client_of(app, centre.viewer).get(path).status_code == 403
    assert client_of(app, centre.manager).get(path).status_code == 200
    assert client_of(app, centre.other).post(f"{path}/remove").status_code == 404
    assert len(stored()) == 1


def test_a_file_of_another_request_is_not_had_by_this_one_s_address(app, centre):
    client = client_of(app, centre.researcher)
    send(client, centre, ("plan.pdf", PDF))
    with transaction():
        other = make_request(
            centre.project, centre.first, code="R-2", state="draft", requester_id=centre.researcher.id
        ).id
    (row,) = stored()
    assert client.get(f"/requests/{other}/attachments/{row.id}").status_code == 404


def test_the_sixth_is_refused_and_none_of_its_form_is_kept(app, centre):
    client = client_of(app, centre.researcher)
    send(client, centre, *[(f"{n}.pdf", PDF) for n in range(4)])
    page = text_of(send(client, centre, ("5.pdf", PDF), ("6.pdf", PDF)))
    assert "at most 5 files" in page
    assert len(stored()) == 4


def test_a_file_that_is_none_of_the_kinds_is_refused(app, centre):
    page = text_of(send(client_of(app, centre.researcher), centre, ("run.pdf", b"MZ\x90\x00")))
    assert "is none of pdf, png, jpeg, xlsx, txt" in page
    assert stored() == []


def test_what_is_taken_away_is_gone_from_the_folder_too(app, centre, tmp_path):
    client = client_of(app, centre.researcher)
    send(client, centre, ("plan.pdf", PDF))
    (row,) = stored()
    client.post(f"/requests/{centre.row_id}/attachments/{row.id}/remove")
    assert stored() == []
    assert list((tmp_path / "attachments").iterdir()) == []


def test_a_file_that_is_lost_says_so(app, centre, tmp_path):
    client = client_of(app, centre.researcher)
    send(client, centre, ("plan.pdf", PDF))
    (row,) = stored()
    (tmp_path / "attachments" / row.stored_name).unlink()
    answer = client.get(f"/requests/{centre.row_id}/attachments/{row.id}")
    assert answer.status_code == 404
    assert "Attach it again" in text_of(answer)
    assert session.get(ActivityRequest, centre.row_id) is not None
