"""Calendars of a site, expanded to intervals; the only place where rows become opening rules."""

from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Integer, bindparam, cast, null, select, union_all
from sqlalchemy.orm import aliased, selectinload

from scheduler.calendars.models import Calendar, CalendarOverlay, CalendarRule, Holiday, Site
from scheduler.calendars.rules import Opening, OpeningRules, Overlay, open_time
from scheduler.calendars.year import DayOff, OtherHours, YearFacts
from scheduler.database import session
from scheduler.intervals import Interval, intersect


def zone_of(site: Site) -> ZoneInfo:
    return ZoneInfo(site.time_zone)


def holidays_of(site: Site, *, provisional: bool = False) -> list[Holiday]:
    """Days off that are confirmed, or with `provisional` those that are not yet."""
    return list(
        session.scalars(
            select(Holiday)
            .where(Holiday.site_id == site.id, Holiday.is_provisional == provisional)
            .order_by(Holiday.on_day)
        )
    )


def opening_rules(calendar: Calendar, holidays: list[Holiday]) -> OpeningRules:
    return OpeningRules(
        openings=openings(calendar.rules),
        overlays=tuple(
            Overlay(overlay.from_on, overlay.until_on, openings(overlay.rules))
            for overlay in calendar.overlays
        ),
        holidays=frozenset(holiday.on_day for holiday in holidays)
        if calendar.keeps_holidays
        else frozenset(),
    )


def open_intervals(
    calendar: Calendar | None, site: Site, span: Interval, holidays: list[Holiday] | None = None
) -> list[Interval]:
    """When a calendar is open within `span`; None is always. Pass `holidays` to ask only once."""
    if calendar is None:
        return [span]
    if holidays is None:
        holidays = holidays_of(site)
    return open_time(opening_rules(calendar, holidays), span, zone_of(site))


class Hours:
    """When calendars are open within a span of a site; each is asked of the database once.

    For many questions at once, and for one that must be answered soon: a statement for each calendar.
    """

    def __init__(self, site: Site, span: Interval) -> None:
        self.site, self.span, self.zone = site, span, zone_of(site)
        self._known: dict[int, list[Interval]] = {}
        self._days_off: frozenset[date] | None = None

    def of(self, calendar_id: int | None) -> list[Interval]:
        """None is always open."""
        if calendar_id is None:
            return [self.span]
        if calendar_id not in self._known:
            self._known[calendar_id] = self._open(self._rules_of(calendar_id))
        return self._known[calendar_id]

    def _open(self, rules: OpeningRules) -> list[Interval]:
        # Whole weeks of a calendar are asked for again and again, from one request to the next.
        first = self.span.start - timedelta(days=self.span.start.weekday() + 1)
        start = first.replace(hour=0, minute=0, second=0, microsecond=0)
        weeks = Interval(start, start + timedelta(weeks=(self.span.end - start).days // 7 + 1))
        return intersect(_open_time(rules, weeks, self.zone), [self.span])

    def _rules_of(self, calendar_id: int) -> OpeningRules:
        rows = session.execute(_RULES, {"calendar": calendar_id}).all()
        weekly: list[Opening] = []
        overlays: dict[tuple[date, int, int], tuple[date, list[Opening]]] = {}
        for row in rows:
            found = weekly
            if row.overlay is not None:
                # Later ones win: what began last, and of two that begin together the shorter.
                key = row.from_on, -row.until_on.toordinal(), row.overlay
                found = overlays.setdefault(key, (row.until_on, []))[1]
            if row.weekday is not None:
                found.append(Opening(row.weekday, row.opens_minute, row.closes_minute))
        return OpeningRules(
            openings=tuple(weekly),
            overlays=tuple(
                Overlay(key[0], until_on, tuple(found))
                for key, (until_on, found) in sorted(overlays.items(), key=lambda item: item[0])
            ),
            holidays=self._holidays() if rows and rows[0].keeps_holidays else frozenset(),
        )

    def _holidays(self) -> frozenset[date]:
        if self._days_off is None:
            self._days_off = frozenset(session.scalars(_DAYS_OFF, {"site": self.site.id}))
        return self._days_off


_open_time = lru_cache(maxsize=512)(open_time)

_DAYS_OFF = select(Holiday.on_day).where(
    Holiday.site_id == bindparam("site"), Holiday.is_provisional.is_(False)
)
_OF_OVERLAY = aliased(CalendarRule)
_RULES = union_all(
    select(
        Calendar.keeps_holidays,
        cast(null(), Integer).label("overlay"),
        cast(null(), Date).label("from_on"),
        cast(null(), Date).label("until_on"),
        CalendarRule.weekday,
        CalendarRule.opens_minute,
        CalendarRule.closes_minute,
    )
    .outerjoin(Calendar.rules)
    .where(Calendar.id == bindparam("calendar")),
    select(
        Calendar.keeps_holidays,
        CalendarOverlay.id,
        CalendarOverlay.from_on,
        CalendarOverlay.until_on,
        _OF_OVERLAY.weekday,
        _OF_OVERLAY.opens_minute,
        _OF_OVERLAY.closes_minute,
    )
    .join(Calendar.overlays)
    .outerjoin(CalendarOverlay.rules.of_type(_OF_OVERLAY))
    .where(Calendar.id == bindparam("calendar")),
)
"""The weekly hours of a calendar and those of its overlays, each with the overlay that it belongs to."""


def openings(rules: list[CalendarRule]) -> tuple[Opening, ...]:
    return tuple(Opening(rule.weekday, rule.opens_minute, rule.closes_minute) for rule in rules)


def year_facts(calendar: Calendar, site: Site, year: int) -> YearFacts:
    """A calendar and the holidays of its site, for the page that shows a year of it."""
    rows = session.scalars(
        select(Holiday).where(
            Holiday.site_id == site.id,
            Holiday.on_day >= date(year, 1, 1) - timedelta(days=1),
            Holiday.on_day <= date(year, 12, 31),
        )
    )
    return YearFacts(
        openings=openings(calendar.rules),
        others=tuple(
            OtherHours(overlay.id, overlay.name, overlay.from_on, overlay.until_on, openings(overlay.rules))
            for overlay in calendar.overlays
        ),
        days_off={row.on_day: DayOff(row.on_day, row.name, row.is_provisional) for row in rows},
        keeps_holidays=calendar.keeps_holidays,
    )


def list_calendars(site_id: int) -> list[Calendar]:
    """Those that can be chosen, by code."""
    return list(
        session.scalars(
            select(Calendar)
            .where(Calendar.site_id == site_id, Calendar.retired_at.is_(None))
            .options(selectinload(Calendar.rules), selectinload(Calendar.overlays))
            .order_by(Calendar.code_key)
        )
    )


def holidays_in(site_id: int, year: int) -> list[Holiday]:
    """Days off of one year, confirmed or not, by day."""
    return list(
        session.scalars(
            select(Holiday)
            .where(
                Holiday.site_id == site_id,
                Holiday.on_day >= date(year, 1, 1),
                Holiday.on_day <= date(year, 12, 31),
            )
            .order_by(Holiday.on_day)
        )
    )
