"""Whether a plan has a place for a request: plans, a room to the right, say so. Wired in `create_app`."""

from collections.abc import Callable

from scheduler.requests.models import ActivityRequest

Teller = Callable[[ActivityRequest], bool]
_tellers: list[Teller] = []


def tell(teller: Teller) -> None:
    _tellers[:] = [teller]


def is_planned(row: ActivityRequest) -> bool:
    """Whether the latest plan that the reader may see places it."""
    return row.state == "approved" and any(teller(row) for teller in _tellers)
