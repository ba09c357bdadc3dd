"""Requests that the solver is not even asked for, because no plan of the span could hold them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.bookings.facts import used_quota_minutes
from scheduler.database import normal_code
from scheduler.requests.models import ActivityRequest, Precedence


@dataclass(frozen=True)
class LeftOut:
    """A request that is reported as not placed without having been tried.

    Parameters
    ----------
    rule
        alternatives, retired, people, escort, length, window, quota, precedence or chain.
    subjects
        Codes of what stands in the way: retired rows, the project, the requests it waits for.
    minutes, wish_minutes
        For a quota what is left of it after the requests ahead, and what this one asks for.
    """

    code: str
    rule: str
    subjects: tuple[str, ...] = ()
    minutes: int | None = None
    wish_minutes: int | None = None


def over_quota(requests: Iterable[ActivityRequest]) -> tuple[list[LeftOut], dict[int, int]]:
    """Requests for which too little is left of their project's quota, and the minutes that are left
    for those that are content with less than they wish, by id.

    The quota is given out by priority, then by code, as if everything before were placed in full:
    the solver knows no rule for a sum over the whole horizon, and publishing refuses to exceed it.
    """
    left: dict[int, int] = {}
    refused: list[LeftOut] = []
    shortened: dict[int, int] = {}
    for asked in sorted(requests, key=lambda asked: (asked.priority, asked.code_key)):
        project = asked.project
        if project.quota_minutes is None:
            continue
        if project.id not in left:
            left[project.id] = int(project.quota_minutes - used_quota_minutes(project.id))
        rest = max(0, left[project.id])
        if rest < asked.least_minutes:
            refused.append(LeftOut(asked.code, "quota", (project.code,), rest, asked.wish_minutes))
            continue
        if rest < asked.wish_minutes:
            shortened[asked.id] = rest
        left[project.id] -= min(rest, asked.wish_minutes)
    return refused, shortened


def waiting_in_vain(
    kept: Mapping[int, ActivityRequest],
    booked: Mapping[int, Sequence[str]],
    precedences: Iterable[Precedence],
    mates: Mapping[str, Sequence[ActivityRequest]],
) -> list[LeftOut]:
    """Requests that follow one, or share a chain with one, that is neither booked nor in this plan."""
    refused = []
    for lag in precedences:
        if lag.after_id in kept and lag.before_id not in kept and lag.before_id not in booked:
            refused.append(LeftOut(lag.after.code, "precedence", (lag.before.code,)))
    for asked in kept.values():
        if not asked.chain:
            continue
        missing = [
            mate.code
            for mate in mates.get(normal_code(asked.chain), ())
            if mate.id not in kept and mate.id not in booked and mate.state not in ("booked", "done")
        ]
        if missing:
            refused.append(LeftOut(asked.code, "chain", tuple(missing)))
    return refused
