"""The words in which the demo's tables are written, and how they are read.

Moments are local and relative to the week: `Tue 09:00`; spans `Mon 08:00 - Wed 18:00`; days `Mon-Wed`
or `Mon, Thu`. Several things stand between semicolons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.calendars.rules import wall_to_utc_forward
from scheduler.intervals import Interval

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Week:
    """The week that the demo plays in."""

    monday: date
    zone: ZoneInfo

    def day(self, word: str) -> date:
        return self.monday + timedelta(days=DAYS.index(word))

    def moment(self, words: str) -> datetime:
        """`Tue 09:00` in UTC; `Sun 24:00` is the end of the week."""
        day, clock = words.split()
        hours, minutes = (int(part) for part in clock.split(":"))
        wall = datetime.combine(self.day(day), time()) + timedelta(hours=hours, minutes=minutes)
        return wall_to_utc_forward(wall, self.zone)

    def span(self, words: str) -> Interval:
        """`Mon 08:00 - Wed 18:00`, or `Tue 09:00-17:00` within one day."""
        first, last = (part.strip() for part in words.split("-"))
        if " " not in last:
            last = f"{first.split()[0]} {last}"
        return Interval(self.moment(first), self.moment(last))


def week_after(now: datetime, zone: ZoneInfo) -> Week:
    """The week that begins on the next Monday after today in `zone`; on a Monday that is a week ahead."""
    today = now.astimezone(zone).date()
    return Week(today + timedelta(days=7 - today.weekday()), zone)


def listed(words: str) -> list[str]:
    """What stands between semicolons, without empty ones."""
    return [part.strip() for part in words.split(";") if part.strip()]


def weekdays(words: str) -> list[int]:
    """`Mon-Fri` or `Mon, Thu` as numbers, Monday 0."""
    found: list[int] = []
    for part in words.split(","):
        first, _, last = part.strip().partition("-")
        found.extend(range(DAYS.index(first), DAYS.index(last or first) + 1))
    return found


def minutes_of_day(clock: str) -> int:
    """`22:30` -> 1350; hours beyond 24 belong to the next day."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def minutes(hours: float | None) -> int | None:
    return None if hours is None else round(hours * 60)


@dataclass(frozen=True)
class Ask:
    """One request of the week.

    Parameters
    ----------
    ways
        `TV-1; TV-2` are alternatives, `POOL-1 + ROOM-1` is both at once.
    hours, least
        Wished and least length of the run; `least` None is the wish.
    setup, teardown
        Hours; None takes that of the facility.
    needs
        `TVAC-OP setup; DIVER 2 all`: qualification, count (1 if not said) and phase.
    draws
        `LN2 800 run`.
    within
        Spans in which the run may lie; `!Tue 08:00-18:00` binds setup and teardown as well.
    after
        `MHT-VX 1-24`: begins 1 to 24 hours after that one has ended; `=` before it: on the same facility.
    worth
        Value for each hour of the run.
    """

    code: str
    title: str
    project: str
    ways: str
    hours: float
    least: float | None = None
    setup: float | None = None
    teardown: float | None = None
    needs: str = ""
    draws: str = ""
    within: str = ""
    earliest: str = ""
    latest: str = ""
    due: str = ""
    after: str = ""
    configuration: str | None = None
    group: str | None = None
    chain: str | None = None
    participants: str = ""
    parts: int = 1
    least_part: float | None = None
    priority: int = 3
    worth: int = 10
    mandatory: bool = False
    note: str = ""


@dataclass(frozen=True)
class Need:
    qualification: str
    count: int
    phase: str


@dataclass(frozen=True)
class Draw:
    utility: str
    amount: int
    phase: str


@dataclass(frozen=True)
class Lag:
    before: str
    min_hours: float
    max_hours: float | None
    same_resource: bool


def needs_of(words: str) -> list[Need]:
    found = []
    for part in listed(words):
        name, *rest = part.split()
        count = int(rest.pop(0)) if rest and rest[0].isdigit() else 1
        found.append(Need(name, count, rest[0] if rest else "all"))
    return found


def draws_of(words: str) -> list[Draw]:
    found = []
    for part in listed(words):
        name, amount, *rest = part.split()
        found.append(Draw(name, int(amount), rest[0] if rest else "run"))
    return found


def lags_of(words: str) -> list[Lag]:
    found = []
    for part in listed(words):
        same = part.startswith("=")
        before, hours = part.removeprefix("=").rsplit(" ", 1)
        least, _, most = hours.partition("-")
        found.append(Lag(before.strip(), float(least), float(most) if most else None, same))
    return found


def ways_of(words: str) -> list[list[str]]:
    return [[name.strip() for name in way.split("+")] for way in listed(words)]


def doubles(codes: Iterable[str]) -> list[str]:
    """Codes that stand in a table twice."""
    seen: set[str] = set()
    return [code for code in codes if code in seen or seen.add(code)]  # type: ignore[func-returns-value]
