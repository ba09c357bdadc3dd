"""What the draft of a repair keeps beside problem and answer, to be read and published later."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select

from scheduler.bookings import hits
from scheduler.bookings.hits import Told
from scheduler.bookings.models import Booking
from scheduler.calendars.models import Site
from scheduler.database import session
from scheduler.plans.models import Plan
from scheduler.plans.proposals import people_named
from scheduler.plans.stored import Stored
from solver import Repair, repair_from_json, repair_to_json


class Record:
    """What the draft of a repair keeps beside problem and answer."""

    def __init__(self, plan: Plan) -> None:
        kept: dict[str, Any] = (plan.solution or {})["repair"]
        self.stored = Stored(plan)
        self.found: Repair = repair_from_json(kept["found"])
        self.week: str = kept["week"]
        self.bookings: dict[str, tuple[int, int]] = {
            name: (booking_id, version) for name, (booking_id, version) in kept["bookings"].items()
        }
        self.against: dict[str, list[str]] = kept["against"]
        self.told: dict[str, list[Told]] = {
            name: [Told(**each) for each in told] for name, told in kept["told"].items()
        }
        self.stood: dict[str, dict[str, Any]] = kept["stood"]

    @property
    def lost(self) -> set[str]:
        """Those that are in no problem, because their request has no way left."""
        return {each.code for each in self.stored.left_out}

    @property
    def mended(self) -> list[str]:
        """Those that needed repair and stay as they are: nothing stands against them any more."""
        changed = {change.activity for change in self.found.changes} | self.lost
        return [name for name in self.against if name not in changed]


def week_words(week: str) -> str:
    """week 49."""
    return f"week {int(week.rpartition('W')[2])}"


def record_json(
    site: Site,
    week: str,
    found: Repair,
    bookings: Mapping[str, tuple[int, int]],
    against: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    """What `Record` reads.

    Parameters
    ----------
    bookings
        Activity id -> id and version of the booking, of all that may move or has to.
    against
        Activity id -> what stands against it, of those that need repair.
    """
    names = sorted({change.activity for change in found.changes} | against.keys())
    return {
        "week": week,
        "found": repair_to_json(found),
        "bookings": {name: list(each) for name, each in bookings.items()},
        "against": dict(against),
        **_as_it_stands(site, found, {name: bookings[name][0] for name in names}),
    }


def _as_it_stands(site: Site, found: Repair, ids: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Of each change whom it concerns, before and after, and where the booking stood: rows forget that."""
    after = {part.activity: part for part in found.solution.assignments}
    people = people_named(site, after.values())
    rows = {row.id: row for row in session.scalars(select(Booking).where(Booking.id.in_(list(ids.values()))))}
    told, stood = {}, {}
    for name, booking_id in ids.items():
        booking = rows[booking_id]
        concerned = hits.told_of([booking])
        new = [people[code] for who in (after[name].people if name in after else ()) for code in who]
        known = {each.person_id for each in concerned}
        concerned += [Told(one.name, one.id, one.user_id) for one in new if one.id not in known]
        told[name] = [asdict(each) for each in dict.fromkeys(concerned)]
        stood[name] = {
            "run": [booking.starts_at.isoformat(), booking.ends_at.isoformat()],
            "resources": [resource.code for resource in booking.resources],
            "people": [
                [duty.person.code, duty.qualification.code if duty.qualification else None]
                for duty in booking.duties
            ],
        }
    return {"told": told, "stood": stood}
