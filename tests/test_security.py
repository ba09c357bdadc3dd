"""What every answer says about itself, and what it takes to get one."""

import re
from pathlib import Path

import pytest
from flask import Flask, request

from scheduler import security
from scheduler.accounts.service import add_user
from scheduler.app import create_app
from scheduler.config import Config, template_folder
from scheduler.database import transaction
from scheduler.errors import Conflict, Forbidden, NotFound, Stale, UserError
from tests.centre import make_site, make_user
from tests.pages import client_of, text_of

PUBLIC = {"static", "accounts.sign_in", "accounts.sign_out", "health"}
ROLE_FREE = PUBLIC | {"home"}
"""Besides these, every page of accounts and requests says which role it needs."""


@pytest.fixture
def people(app):
    with transaction():
        make_site()
        return {role: make_user(role) for role in ("viewer", "researcher", "manager", "administrator")}


def routes(app: Flask, method: str) -> list[tuple[str, str]]:
    """(endpoint, address) of each route that takes `method`, with 1 for every number and word."""
    return [
        (rule.endpoint, re.sub(r"<[^>]+>", "1", rule.rule))
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or set())
    ]


@pytest.mark.asvs("3.4.3", "3.4.4", "3.4.5", "3.4.6", "14.3.2")
def test_every_answer_carries_every_header(app, people):
    clients = [
        client_of(app, None),
        client_of(app, people["viewer"]),
        client_of(app, people["administrator"]),
    ]
    for client in clients:
        for endpoint, path in [*routes(app, "GET"), (None, "/nowhere")]:
            headers = client.get(path).headers
            assert headers["Content-Security-Policy"] == security.POLICY, path
            assert headers["X-Content-Type-Options"] == "nosniff", path
            assert headers["X-Frame-Options"] == "DENY", path
            assert headers["Referrer-Policy"] == "same-origin", path
            assert "Strict-Transport-Security" not in headers, path
            if endpoint != "static":
                assert "no-store" in headers["Cache-Control"], path


@pytest.mark.asvs("3.4.3")
def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    assert "unsafe" not in security.POLICY
    assert "http" not in security.POLICY
    for part in ("default-src 'none'", "base-uri 'none'", "object-src 'none'", "frame-ancestors 'none'"):
        assert part in security.POLICY


def test_no_template_needs_what_the_policy_forbids():
    for path in template_folder().rglob("*.html"):
        text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)", text), path
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", text), path
        assert "|safe" not in text, path


@pytest.mark.asvs("8.3.1")
def test_without_sign_in_only_the_public_pages_answer(app, people):
    stranger = client_of(app, None)
    for method in ("GET", "POST"):
        for endpoint, path in routes(app, method):
            answer = stranger.open(path, method=method)
            if endpoint not in PUBLIC:
                assert answer.status_code == 302, (method, path)
                assert answer.location.startswith("/sign-in"), (method, path)
    assert stranger.get("/healthz").json == {"status": "ok"}


def test_a_script_without_sign_in_gets_a_401(app, people):
    answer = client_of(app, None).get("/requests/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json) == (401, {"message": "Sign in first."})


def test_every_page_of_requests_and_accounts_says_which_role_it_needs(app):
    for endpoint, view in app.view_functions.items():
        if endpoint.split(".")[0] in ("accounts", "requests") and endpoint not in ROLE_FREE:
            assert getattr(view, "needs_role", None), endpoint


@pytest.mark.asvs("3.5.1")
def test_each_write_without_its_token_is_refused_and_says_what_to_do(app, people):
    app.config["WTF_CSRF_ENABLED"] = True
    client = client_of(app, people["administrator"])
    for _, path in routes(app, "POST"):
        answer = client.post(path, data={"csrf_token": "made up"})
        assert answer.status_code == 400, path
        assert "This form is no longer valid" in text_of(answer), path


@pytest.mark.asvs("3.5.1")
def test_a_token_of_another_session_is_refused_and_the_own_one_taken(app, people):
    app.config["WTF_CSRF_ENABLED"] = True

    def token(client):
        return re.search(r'name="csrf_token" value="([^"]+)"', client.get("/requests/").text)[1]

    mine, theirs = client_of(app, people["manager"]), client_of(app, people["researcher"])
    stolen = token(theirs)
    assert mine.post("/sign-out", data={"csrf_token": stolen}).status_code == 400
    assert mine.post("/sign-out", data={"csrf_token": token(mine)}).status_code == 302


def test_the_sign_in_itself_is_guarded_against_forgery(app):
    app.config["WTF_CSRF_ENABLED"] = True
    with transaction():
        add_user("a@centre.example", "A", "chamber-seven", "viewer")
    answer = app.test_client().post(
        "/sign-in", data={"email": "a@centre.example", "password": "chamber-seven"}
    )
    assert answer.status_code == 400


def cookie_of(app: Flask) -> str:
    return app.test_client().get("/sign-in").headers["Set-Cookie"]


@pytest.mark.asvs("3.3.2", "3.3.4")
def test_the_cookie_is_for_this_site_and_not_for_scripts(app, people):
    cookie = cookie_of(app)
    assert cookie.startswith("markaz=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


@pytest.mark.asvs("3.3.1", "3.3.3", "3.4.1")
def test_behind_tls_the_cookie_is_bound_to_it_and_browsers_are_told(sqlite_database, tmp_path):
    app = create_app(Config(tmp_path, sqlite_database, "", secure_cookies=True))
    with transaction():
        make_user()
    cookie = cookie_of(app)
    assert cookie.startswith("__Host-markaz=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(cookie.split("; "))
    assert "max-age" in app.test_client().get("/sign-in").headers["Strict-Transport-Security"]


@pytest.fixture
def deeds(app, people):
    """The application with a few views that do what real ones might."""

    @security.accepts_upload
    def upload():
        return str(len(request.get_data()))

    def take():
        return str(len(request.get_data()))

    def number(value):
        return str(value)

    app.add_url_rule("/test/upload", view_func=security.role_required("manager")(upload), methods=["POST"])
    app.add_url_rule("/test/take", view_func=take, methods=["POST"])
    app.add_url_rule("/test/<int:value>", view_func=number)
    for name, error in (
        ("user", UserError("Write 4 or 4.5.")),
        ("forbidden", Forbidden("Ask Rabia.")),
        ("missing", NotFound("Import it first.")),
        ("conflict", Conflict("SH-1 is held until Mon 13:00. Free next: Mon 16:00.")),
        ("stale", Stale("Mei Lin was faster.")),
        ("broken", RuntimeError("secret words of the inside")),
    ):

        def fail(error=error):
            raise error

        app.add_url_rule(f"/test/{name}", endpoint=name, view_func=fail)
    return client_of(app, people["manager"])


@pytest.mark.asvs("5.2.1")
@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/test/take", 1024 * 1024, 200),
        ("/test/take", 1024 * 1024 + 1, 413),
        ("/test/upload", 10 * 1024 * 1024, 200),
        ("/test/upload", 10 * 1024 * 1024 + 1, 413),
    ],
)
def test_bodies_are_bounded_and_only_uploads_may_be_large(deeds, path, size, status):
    answer = deeds.post(path, data=b"x" * size, content_type="application/octet-stream")
    assert answer.status_code == status
    if status == 413:
        assert "10 MB" in text_of(answer)


@pytest.mark.parametrize(
    ("value", "status"), [("0", 200), (str(2**31 - 1), 200), (str(2**31), 404), ("9" * 30, 404), ("-1", 404)]
)
def test_a_number_that_no_database_holds_is_no_page(deeds, value, status):
    assert deeds.get(f"/test/{value}").status_code == status


@pytest.mark.parametrize(
    ("path", "status", "title", "text"),
    [
        ("user", 400, "This cannot be done", "Write 4 or 4.5."),
        ("forbidden", 403, "This is not yours to open", "Ask Rabia."),
        ("missing", 404, "There is no such thing", "Import it first."),
        ("conflict", 409, "This time is taken", "Free next: Mon 16:00."),
        ("stale", 409, "Somebody changed it while you looked", "Mei Lin was faster."),
    ],
)
def test_a_refusal_is_a_page_with_its_remedy_and_for_scripts_a_message(deeds, path, status, title, text):
    page = deeds.get(f"/test/{path}")
    assert page.status_code == status
    assert title in text_of(page)
    assert text in text_of(page)
    body = deeds.get(f"/test/{path}", headers={"Accept": "application/json"})
    assert (body.status_code, body.json["title"]) == (status, title)
    assert text in body.json["message"]


@pytest.mark.asvs("16.5.1", "16.5.4")
def test_what_breaks_inside_is_not_told(app, deeds):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    answer = deeds.get("/test/broken")
    assert answer.status_code == 500
    assert "Something broke on our side" in text_of(answer)
    assert "secret words" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/requests/?q=a%00b", "/requests/%00", "/sign-in?next=%00"])
def test_a_nul_sign_anywhere_is_refused(app, people, path):
    assert client_of(app, people["manager"]).get(path).status_code in (400, 404)


def test_a_role_is_asked_for_by_rank(app, people):
    for role, status in (("viewer", 403), ("researcher", 200), ("manager", 200), ("administrator", 200)):
        assert client_of(app, people[role]).get("/requests/").status_code == status


def test_a_cookie_that_nobody_signed_is_worth_nothing(app, people):
    client = app.test_client()
    client.set_cookie("markaz", "eyJzaWduX2luIjoieCJ9.aaaaaa.bbbbbbbbbbbbbbbbbbbbbbbbbbb")
    assert client.get("/requests/").status_code == 302


@pytest.mark.asvs("13.3.1")
def test_the_key_that_signs_is_made_once_and_for_the_owner_only(app, tmp_path):
    path = Path(tmp_path) / "secret.key"
    assert path.stat().st_mode & 0o077 == 0
    assert len(app.config["SECRET_KEY"]) == 64
    assert app.config["SECRET_KEY"] == path.read_text()
