"""What the views of several rooms do with a form and what came of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request

from scheduler.database import transaction
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.forms import PageForm

LARGEST = 2**31 - 1


def place(form: PageForm, error: UserError) -> str | None:
    """Put the faults beside their fields; what has no field is said above the form."""
    left = form.place_faults(error.faults)
    return (" ".join(left) or None) if error.faults else error.message


def version_of(form: Any, row: Any = None) -> int:
    """The version that was shown; that of `row` where the form showed none."""
    shown = str(form.version.data or "")
    if shown.isascii() and shown.isdigit():
        return min(int(shown), LARGEST)
    return row.version if row is not None else 0


def number(text: str | None) -> int:
    """A number from an address or a hidden field; 0 where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def day_sent() -> date | None:
    """The day that an address names; None where it names none."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return None


def version_sent() -> int:
    return number(request.form.get("version"))


@dataclass(frozen=True)
class Refused:
    """Why a form was not saved: what has no field of its own, and the status of the answer."""

    message: str | None
    status: int = 400


def attempt(
    form: Any,
    actor: Any,
    work: Callable[[], Any],
    version_now: Callable[[], int] | None = None,
    reason: str | None = None,
) -> Refused | None:
    """Do `work` in a transaction; what it refuses is put beside the fields. None: it is done.

    `version_now` gives the version to be shown once somebody else's change was seen.
    """
    try:
        with transaction(actor=actor, reason=reason):
            work()
    except Stale as error:
        if version_now is not None:
            form.version.data = version_now()
        return Refused(error.message, 409)
    except (Forbidden, NotFound):
        raise
    except UserError as error:
        return Refused(place(form, error))
    return None
