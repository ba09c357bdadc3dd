"""Who is asking, what they may do, and what every answer says about itself.

Knows no room: `protect` is told how to find a user and what a role allows.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, jsonify, redirect, request, url_for
from flask import session as cookie
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from werkzeug.routing import IntegerConverter

from scheduler.config import Config, secret_key
from scheduler.database import session
from scheduler.errors import Forbidden

log = logging.getLogger("markaz.security")
View = TypeVar("View", bound=Callable[..., Any])
Found = TypeVar("Found")

LARGEST_ID = 2**31 - 1
"""PostgreSQL's integer: a larger number in an address is no id, and would be a fault of the database."""

POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:",
        "font-src 'self'", "connect-src 'self'", "form-action 'self'", "base-uri 'none'",
        "object-src 'none'", "frame-ancestors 'none'",
    )
)  # fmt: skip

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


@dataclass(frozen=True)
class Gate:
    """What accounts know and this file does not.

    Parameters
    ----------
    user_of
        The user of a token from the cookie; None when the session is over or the user disabled.
    may
        Whether a user has at least a role, anywhere.
    """

    user_of: Callable[[str], Any]
    may: Callable[[Any, str], bool]


csrf = CSRFProtect()


def protect(app: Flask, config: Config, gate: Gate) -> None:
    """Cookies, sign-in, CSRF, size of bodies and headers of `app`."""
    app.config.update(
        SECRET_KEY=secret_key(config.instance),
        # The prefix binds the cookie to this host and to TLS; browsers refuse it on plain HTTP.
        SESSION_COOKIE_NAME="__Host-markaz" if config.secure_cookies else "markaz",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies,
        SESSION_COOKIE_PATH="/",
        MAX_CONTENT_LENGTH=config.body_bytes,
        UPLOAD_BYTES=config.upload_bytes,
        # The token lives as long as the session: a form left open over lunch is still good.
        WTF_CSRF_TIME_LIMIT=None,
    )
    app.extensions["markaz_gate"] = gate
    app.url_map.converters["int"] = _Id

    manager = LoginManager(app)
    manager.session_protection = None  # the session is kept at the server, not in the cookie
    manager.request_loader(_user_of_request)
    manager.unauthorized_handler(_ask_to_sign_in)

    app.before_request(_allow_large_upload)  # before CSRF, which reads the body
    csrf.init_app(app)
    app.before_request(_refuse_nul)
    app.before_request(_require_sign_in)
    app.after_request(_add_headers)
    if config.secure_cookies:
        app.after_request(_demand_tls)


def public(view: View) -> View:
    """This view answers without sign-in; every other one does not."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def accepts_upload(view: View) -> View:
    """This view takes bodies up to the upload limit."""
    view.accepts_upload = True  # type: ignore[attr-defined]
    return view


def role_required(role: str) -> Callable[[View], View]:
    """Answer 403 to whoever is less than `role`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **values: Any) -> Any:
            if not may(role):
                log.warning("refused %r to user %s: needs %s", request.path, current_user.id, role)
                raise Forbidden(f"This needs the role {role}. Ask an administrator for it.")
            return view(*args, **values)

        guarded.needs_role = role  # type: ignore[attr-defined]
        return cast(View, guarded)

    return decorate


def signed_in(view: View) -> View:
    """This view answers to everybody who is signed in, whatever the role."""
    view.needs_role = "any"  # type: ignore[attr-defined] # a mark of ours
    return view


def may(role: str) -> bool:
    """Whether whoever asks has at least `role`, anywhere."""
    if not current_user.is_authenticated:
        return False
    gate: Gate = current_app.extensions["markaz_gate"]
    return gate.may(current_user, role)


def get_or_404(row_type: type[Found], row_id: int) -> Found:
    """The row with that id, or the page "there is no such thing"."""
    row = session.get(row_type, row_id) if 0 < row_id <= LARGEST_ID else None
    if row is None:
        abort(404)
    return row


def remember(token: str) -> None:
    """Put a new session's token into the cookie; what the cookie held before is dropped."""
    cookie.clear()
    cookie["sign_in"] = token


def remembered() -> str | None:
    """The token that the cookie holds."""
    token = cookie.get("sign_in")
    return token if isinstance(token, str) else None


def forget() -> None:
    cookie.clear()


def safe_target(target: str | None) -> str | None:
    """`target` if it is a path of this application; None for addresses of other hosts."""
    # Browsers read a backslash as a slash, and skip control signs and blanks.
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    if any(ord(sign) < 33 or sign == "\\" for sign in target):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc else target


def wants_json() -> bool:
    """Whether a script asks, not a person."""
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


class _Id(IntegerConverter):
    """`<int:...>` in an address: at most what the database can hold; above, there is no such page."""

    def __init__(self, map: Any, fixed_digits: int = 0, min: int | None = None, max: int | None = None,  # noqa: A002
                 signed: bool = False) -> None:  # fmt: skip
        super().__init__(map, fixed_digits, min, LARGEST_ID if max is None else max, signed)


def _user_of_request(_request: Any) -> Any:
    token = remembered()
    if token is None:
        return None
    gate: Gate = current_app.extensions["markaz_gate"]
    return gate.user_of(token)


def _view() -> Any:
    return current_app.view_functions.get(request.endpoint or "")


def _allow_large_upload() -> None:
    if getattr(_view(), "accepts_upload", False):
        request.max_content_length = current_app.config["UPLOAD_BYTES"]


def _refuse_nul() -> None:
    # No person types it, and PostgreSQL does not store it.
    texts = [request.path, *request.args.values(), *request.args.keys()]
    if request.form:
        texts += [value for _, value in request.form.items(multi=True)]
    if any("\x00" in text for text in texts):
        abort(400)


def _require_sign_in() -> Any:
    if request.endpoint in (None, "static") or getattr(_view(), "is_public", False):
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    return None


def _ask_to_sign_in() -> Any:
    if wants_json():
        return jsonify(message="Sign in first."), 401
    path = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=path if path != "/" else None))


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint != "static":
        # Also over what send_file says: what one may see the next one at this screen may not.
        response.headers["Cache-Control"] = "no-store"
    return response


def _demand_tls(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
