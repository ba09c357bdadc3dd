"""What a page says when it cannot do what was asked: plain words, a remedy, never a stack trace."""

import logging
from typing import Any

from flask import Flask, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from scheduler.database import is_passing, session
from scheduler.errors import Conflict, Forbidden, NotFound, Stale, TooOften, UserError
from scheduler.security import wants_json

log = logging.getLogger("markaz")

WORDS = {
    400: ("This could not be read", "Go back, check what was sent, and send it again."),
    403: ("This is not yours to open", "Ask an administrator for the role that it needs."),
    404: ("There is no such page", "It may have been moved or retired, or it is not yours to see."),
    405: ("This page does not take that", "Go back and use the buttons of the page."),
    409: ("Somebody was faster", "Look at it again and repeat what is still wanted."),
    413: ("This is too large", "A workbook may have 10 MB, anything else 1 MB. Split it into several."),
    500: ("Something broke on our side", "It is written down. Nothing was saved halfway. Try again."),
    503: ("Markaz is busy", "Wait a moment and load the page again. Nothing was saved halfway."),
}
TITLES: dict[type[UserError], tuple[int, str]] = {
    Forbidden: (403, WORDS[403][0]),
    NotFound: (404, "There is no such thing"),
    Conflict: (409, "This time is taken"),
    TooOften: (429, "Too often in a short time"),
    Stale: (409, "Somebody changed it while you looked"),
    UserError: (400, "This cannot be done"),
}


def register(app: Flask) -> None:
    app.register_error_handler(UserError, _refusal)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(DBAPIError, _database_error)
    app.register_error_handler(500, _broken)


def _refusal(error: UserError) -> Any:
    status, title = next(words for kind, words in TITLES.items() if isinstance(error, kind))
    return answer(status, title, error.message)


def _forged(_error: CSRFError) -> Any:
    return answer(
        400,
        "This form is no longer valid",
        "It was opened before you signed in, or it does not come from Markaz. "
        "Load the page again and send it once more.",
    )


def _http_error(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:  # a redirect
        return error
    title, text = WORDS.get(status, (error.name, WORDS[400][1]))
    response = answer(status, title, text)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _database_error(error: DBAPIError) -> Any:
    if is_passing(error):
        return answer(503, *WORDS[503])
    return _broken(error)


def _broken(error: Exception) -> Any:
    log.error(
        "%s %r failed", request.method, request.path, exc_info=getattr(error, "original_exception", error)
    )
    return answer(500, *WORDS[500])


def answer(status: int, title: str, text: str) -> Any:
    """A page, or for a script a body of JSON, that says what is wrong."""
    session.rollback()  # what failed halfway must not show in the frame of the page
    if wants_json():
        response = jsonify(message=f"{title}. {text}", title=title)
    else:
        show = render_template if status < 500 else without_frame
        template = "error.html" if status < 500 else "error_bare.html"
        response = make_response(show(template, status=status, title=title, text=text))
    response.status_code = status
    return response


def without_frame(template: str, **values: Any) -> str:
    """A page that asks neither database nor session: they may be what is missing or broken."""
    return current_app.jinja_env.get_template(template).render(**values)
