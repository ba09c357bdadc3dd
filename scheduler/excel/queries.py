"""Imports that were tried or made."""

from sqlalchemy import select
from sqlalchemy.orm import defer

from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can
from scheduler.calendars.queries import find_site
from scheduler.database import session
from scheduler.errors import NotFound
from scheduler.excel.models import ImportRun


def list_imports(user: User | None, most: int = 20) -> list[ImportRun]:
    """The latest imports that `user` may see: the own ones, all for managers of the site."""
    statement = select(ImportRun).order_by(ImportRun.id.desc()).limit(most).options(defer(ImportRun.content))
    if user is not None and not sees_all(user):
        statement = statement.where(ImportRun.user_id == user.id)
    return list(session.scalars(statement))


def get_import(user: User | None, run_id: int) -> ImportRun:
    run = session.get(ImportRun, run_id)
    if run is None or (user is not None and run.user_id != user.id and not sees_all(user)):
        raise NotFound("There is no such import, or somebody else made it.")
    return run


def sees_all(user: User | None) -> bool:
    """Whether `user` may see what others imported, and the centre's data as a whole.

    A workbook reaches over all facilities, so that looking after one of them is not enough.
    """
    site = find_site()
    return can(user, "manager", Place(site_id=site.id if site else 0))
