"""Who keeps to a calendar: asked of the rooms to the right, which know. Wired in `create_app`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from scheduler.accounts.models import User


@dataclass(frozen=True)
class Use:
    """A facility, or people, that keep to a calendar.

    Parameters
    ----------
    endpoint, values
        Its page; None where the reader may not open it.
    is_own
        Whether the reader looks after it, and so may change its hours.
    """

    code: str
    name: str
    is_own: bool
    endpoint: str | None = None
    values: Mapping[str, int] = field(default_factory=dict)


Asker = Callable[[int, User | None], Sequence[Use]]
_askers: list[Asker] = []


def tell(asker: Asker) -> None:
    """Ask `asker` too; telling again changes nothing."""
    if asker not in _askers:
        _askers.append(asker)


def uses_of(calendar_id: int, user: User | None) -> list[Use]:
    """All that keep to a calendar, as `user` may know them."""
    return [use for asker in _askers for use in asker(calendar_id, user)]
