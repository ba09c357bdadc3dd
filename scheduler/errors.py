"""Faults that a user can act on. Anything else is a broken promise between functions."""

from collections.abc import Mapping


class UserError(Exception):
    """What is wrong and what to do about it, in words for the person who reads it.

    Parameters
    ----------
    message
        What, where, and the remedy.
    faults
        Field name -> message, where the fault belongs beside a field of a form.
    """

    def __init__(self, message: str, faults: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.faults = dict(faults or {})

    def complete(self) -> None:
        """Say what takes time to find out. Called once what refused is rolled back and nobody waits."""


class NotFound(UserError):
    """There is no such thing, or this user may not know of it."""


class Forbidden(UserError):
    """The user's role does not allow it."""


class TooOften(UserError):
    """Asked for more often than the machine is to bear."""


class Stale(UserError):
    """Somebody changed it since the user looked."""


class Conflict(UserError):
    """Something is already held for that time.

    `clashes` are the ids of the bookings in the way; empty if only the database noticed.
    """

    def __init__(self, message: str, clashes: tuple[int, ...] = ()) -> None:
        super().__init__(message)
        self.clashes = clashes
