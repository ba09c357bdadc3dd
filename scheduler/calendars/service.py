"""Calendars of a site, expanded to intervals; the only place where rows become opening rules."""

from zoneinfo import ZoneInfo

from sqlalchemy import select

from scheduler.calendars.models import Calendar, CalendarRule, Holiday, Site
from scheduler.calendars.rules import Opening, OpeningRules, Overlay, open_time
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
        openings=_openings(calendar.rules),
        overlays=tuple(
            Overlay(overlay.from_on, overlay.until_on, _openings(overlay.rules))
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


def _openings(rules: list[CalendarRule]) -> tuple[Opening, ...]:
    return tuple(Opening(rule.weekday, rule.opens_minute, rule.closes_minute) for rule in rules)
