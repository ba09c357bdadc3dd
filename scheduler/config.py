"""Where Markaz keeps its things, and what the environment says about it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Config:
    """Settings of one instance.

    Parameters
    ----------
    instance
        Folder with the database, the queue, the secret key and what is written for people.
    database_url, queue_url
        SQLAlchemy addresses; the queue may also be `redis://`.
    secure_cookies
        True behind TLS: cookies are then marked Secure. Plain HTTP only on a loopback address.
    """

    instance: Path
    database_url: str
    queue_url: str
    secure_cookies: bool = False
    upload_bytes: int = 10 * 1024 * 1024
    body_bytes: int = 1024 * 1024

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def load_config(environ: Mapping[str, str] = os.environ) -> Config:
    """Settings from `MARKAZ_*` variables; without any, the embedded database in `instance/`."""
    instance = Path(environ.get("MARKAZ_INSTANCE") or _default_instance()).expanduser().resolve()
    database_url = environ.get("MARKAZ_DATABASE_URL") or f"sqlite:///{instance / 'markaz.db'}"
    queue_url = environ.get("MARKAZ_QUEUE_URL") or f"sqlite:///{instance / 'queue.db'}"
    return Config(
        instance=instance,
        database_url=with_driver(database_url),
        queue_url=queue_url,
        secure_cookies=environ.get("MARKAZ_SECURE_COOKIES", "") in ("1", "true", "yes"),
    )


def with_driver(url: str) -> str:
    """The same address with the PostgreSQL driver that Markaz installs."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def secret_key(instance: Path) -> str:
    """The key that signs cookies: made on first use, readable by the owner only."""
    path = instance / "secret.key"
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def template_folder() -> Path:
    """Templates lie inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


def _default_instance() -> Path:
    root = PACKAGE.parent
    return (root if (root / "pyproject.toml").exists() else Path.cwd()) / "instance"
