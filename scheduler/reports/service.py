"""Taking workbooks out: who may, how much at once, and the note that it was done."""

from datetime import timedelta
from typing import BinaryIO

from scheduler import audit
from scheduler.accounts.models import User
from scheduler.accounts.service import require
from scheduler.calendars.models import Site
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.plans.models import Plan
from scheduler.reports.workbook_utilisation import write_utilisation
from scheduler.reports.workbook_week import write_week

MOST_WEEK_DAYS = 14
MOST_DAYS = 400


def export_week(
    site: Site, span: Interval, stream: BinaryIO, user: User | None, plan: Plan | None = None
) -> None:
    """The weekly workbook, for managers; without a plan the published one says what is not placed."""
    require(user, "manager")
    _refuse_long(span, MOST_WEEK_DAYS, "weekly")
    write_week(site, span, stream, user, plan)


def export_utilisation(site: Site, span: Interval, stream: BinaryIO, user: User | None) -> None:
    """The utilisation workbook, for administrators."""
    require(user, "administrator")
    _refuse_long(span, MOST_DAYS, "utilisation")
    write_utilisation(site, span, stream, user)


def note_export(name: str) -> None:
    """Log that a workbook went out: inside `transaction()`, once it is written."""
    audit.record("exported", "workbook", None, {"file": name})


def _refuse_long(span: Interval, most_days: int, kind: str) -> None:
    # An hour more, for the day on which the clock goes back.
    if span.end - span.start > timedelta(days=most_days, hours=1):
        raise UserError(f"A {kind} workbook holds at most {most_days} days. Choose an earlier last day.")
