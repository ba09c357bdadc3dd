"""Calendars of a site, expanded to intervals; the only place where rows become opening rules."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduler.calendars.models import Calendar, CalendarRule, Holiday, Site
from scheduler.calendars.rules import Opening, OpeningRules, Overlay, open_time
from scheduler.calendars.year import DayOff, OtherHours, YearFacts
from scheduler.database import session
from scheduler.intervals import Interval


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
