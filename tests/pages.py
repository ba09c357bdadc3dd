"""Pages through Flask's own client: an application on the database of a test, and who asks."""

from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from scheduler.accounts.models import User
from scheduler.accounts.service import begin_try, finish_try
from scheduler.app import create_app
from scheduler.config import Config
from scheduler.database import session, transaction, utc_now


class _Compiled(BytecodeCache):
    """Templates that were compiled for one application serve the next."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if code := self._codes.get(bucket.key + bucket.checksum):
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key + bucket.checksum] = bucket.bytecode_to_string()


_compiled = _Compiled()


def app_on(url: str, instance: Path) -> Flask:
    """Without the check of forms against forgery: a test of its own looks at that."""
    app = create_app(Config(instance, url, f"sqlite:///{instance / 'queue.db'}"))
    app.jinja_env.bytecode_cache = _compiled
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return app


def client_of(app: Flask, user: User | None) -> FlaskClient:
    """A client that is signed in as `user`; None is a stranger."""
    client = app.test_client()
    if user is not None:
        now = utc_now()
        with transaction():
            user = session.merge(user)
            token = finish_try(begin_try(user.email, "", now).id, user, now)
        with client.session_transaction() as cookie:
            cookie["sign_in"] = token
    return client


def text_of(response: Any) -> str:
    """The page with every run of blanks as one."""
    return " ".join(response.get_data(as_text=True).split())
