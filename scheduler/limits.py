"""How often one person may ask for what costs the machine much: files, imports, builds."""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from flask_login import current_user
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from scheduler.errors import TooOften

MOST_A_MINUTE = {"files": 30, "imports": 20, "builds": 12}
WORDS = {"files": "Files were asked for", "imports": "Workbooks were sent", "builds": "Plans were ordered"}


def costly(kind: str) -> Callable[[Any], Any]:
    """This view costs much: each person gets it so many times a minute."""

    def decorate(view: Any) -> Any:
        view.costs = kind
        return view

    return decorate


def protect(app: Flask, queue_url: str) -> None:
    """Count in memory, or at the server that several processes share."""
    storage = queue_url if queue_url.startswith(("redis://", "rediss://")) else "memory://"
    app.extensions["markaz_limiter"] = MovingWindowRateLimiter(storage_from_string(storage))
    app.before_request(_refuse_too_often)


def _refuse_too_often() -> None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    kind = getattr(view, "costs", None)
    if kind is None or (kind != "files" and request.method == "GET"):
        return
    limiter: MovingWindowRateLimiter = current_app.extensions["markaz_limiter"]
    most = MOST_A_MINUTE[kind]
    if not limiter.hit(RateLimitItemPerMinute(most), kind, str(current_user.id)):
        raise TooOften(f"{WORDS[kind]} {most} times within a minute. Wait a minute, then go on.")
