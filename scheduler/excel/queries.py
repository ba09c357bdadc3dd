"""Imports that were tried or made."""

from sqlalchemy import select
from sqlalchemy.orm import defer

from scheduler.accounts.models import User
from scheduler.accounts.service import can
from scheduler.database import session
from scheduler.errors import NotFound
from scheduler.excel.models import ImportRun


def list_imports(user: User | None, most: int = 20) -> list[ImportRun]:
    """The latest imports that `user` may see: the own ones, all for managers."""
    statement = select(ImportRun).order_by(ImportRun.id.desc()).limit(most).options(defer(ImportRun.content))
    if not can(user, "manager") and user is not None:
        statement = statement.where(ImportRun.user_id == user.id)
    return list(session.scalars(statement))


def get_import(user: User | None, run_id: int) -> ImportRun:
    run = session.get(ImportRun, run_id)
    if run is None or (user is not None and run.user_id != user.id and not can(user, "manager")):
        raise NotFound("There is no such import, or somebody else made it.")
    return run
