"""Changing calendars and days off. One function for each thing a user wants.

Each is called inside `transaction()` and raises a `UserError` that says what to do instead.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select

from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can
from scheduler.calendars.hours import Hours, openings_of
from scheduler.calendars.library import Known
from scheduler.calendars.models import Calendar, CalendarOverlay, CalendarRule, Holiday, Site
from scheduler.calendars.uses import Use, uses_of
from scheduler.calendars.wall_times import day_in_words
from scheduler.calendars.words import DAYS
from scheduler.database import normal_code, session, utc_now
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.events import CalendarChanged, announce

MOST_DAYS = 3660


def may_keep_site(user: User | None, site_id: int) -> bool:
    """Administrators keep the holidays and the calendars of the site."""
    return can(user, "administrator", Place(site_id=site_id))


def may_add(user: User | None, site_id: int) -> bool:
    return can(user, "manager", Place(site_id=site_id))


def may_edit(user: User | None, calendar: Calendar, uses: Sequence[Use] | None = None) -> bool:
    """Administrators; managers where all that keep to it is theirs to look after."""
    if may_keep_site(user, calendar.site_id):
        return True
    if not can(user, "manager"):
        return False
    found = uses_of(calendar.id, user) if uses is None else uses
    return all(use.is_own for use in found) if found else may_add(user, calendar.site_id)


def refuse_edit(user: User | None, calendar: Calendar) -> None:
    uses = uses_of(calendar.id, user)
    if may_edit(user, calendar, uses):
        return
    others = [use.code for use in uses if not use.is_own]
    if can(user, "manager") and others:
        names = ", ".join(others[:5])
        raise Forbidden(
            f"{calendar.code} is kept by others too: {names}. Make a copy of it for your own facilities, "
            "or ask an administrator."
        )
    raise Forbidden("Calendars are kept by administrators, and by managers for what they look after.")


def refuse_site(user: User | None, site_id: int) -> None:
    if not may_keep_site(user, site_id):
        raise Forbidden("Holidays are kept by administrators. Ask one of them.")


def add_calendar(
    site: Site, code: str, name: str, keeps_holidays: bool, week: Sequence[Hours], user: User | None
) -> Calendar:
    if not may_add(user, site.id):
        raise Forbidden("Calendars are made by managers of the centre. Ask one of them.")
    if not code or ";" in code:
        _fault("code", "Write a short code without a semicolon, like LAB-DAY.")
    query = select(Calendar.id).where(Calendar.site_id == site.id, Calendar.code_key == normal_code(code))
    if session.scalar(query) is not None:
        _fault("code", f"{code} is taken, perhaps by one that is retired. Write another one.")
    calendar = Calendar(site_id=site.id, code=code, name=name, keeps_holidays=keeps_holidays)
    calendar.rules = _rules(week)
    session.add(calendar)
    session.flush()
    return calendar


def copy_overlays(calendar: Calendar, like: Calendar) -> None:
    """The other hours of `like`, with their days, for a calendar made as its copy."""
    for overlay in like.overlays:
        calendar.overlays.append(
            CalendarOverlay(
                name=overlay.name,
                from_on=overlay.from_on,
                until_on=overlay.until_on,
                rules=[
                    CalendarRule(
                        weekday=rule.weekday, opens_minute=rule.opens_minute, closes_minute=rule.closes_minute
                    )
                    for rule in overlay.rules
                ],
            )
        )
    session.flush()


def edit_calendar(
    calendar: Calendar,
    name: str,
    keeps_holidays: bool,
    week: Sequence[Hours],
    user: User | None,
    version: int,
) -> None:
    """Its name and weekly hours; refused when somebody changed it since `version` was shown."""
    _begin(calendar, user, version)
    calendar.name, calendar.keeps_holidays = name, keeps_holidays
    calendar.rules = _rules(week)
    _end(calendar, None, None)


def retire_calendar(calendar: Calendar, user: User | None) -> None:
    """Not to be chosen any more; refused while anything keeps to it."""
    refuse_edit(user, calendar)
    if uses := uses_of(calendar.id, user):
        names = ", ".join(use.code for use in uses[:5])
        raise UserError(f"{names} keep to {calendar.code}. Give them another calendar first.")
    if calendar.retired_at is not None:
        raise UserError(f"{calendar.code} is retired already.")
    calendar.retired_at = utc_now()


def save_overlay(
    calendar: Calendar,
    overlay: CalendarOverlay | None,
    name: str,
    from_on: date,
    until_on: date,
    week: Sequence[Hours],
    user: User | None,
    version: int,
) -> CalendarOverlay:
    """Other hours from one day to another, both included; without any hours it is closed then."""
    _begin(calendar, user, version)
    if until_on < from_on:
        _fault("until", f"It would be over before it begins on {day_in_words(from_on)}. Write a later day.")
    if (until_on - from_on).days >= MOST_DAYS:
        _fault(
            "until", f"That is more than {MOST_DAYS} days. Change the weekly hours, or write an earlier day."
        )
    before = (overlay.from_on, overlay.until_on) if overlay is not None else (from_on, until_on)
    if overlay is None:
        overlay = CalendarOverlay(name=name, from_on=from_on, until_on=until_on)
        calendar.overlays.append(overlay)
    overlay.name, overlay.from_on, overlay.until_on = name, from_on, until_on
    overlay.rules = _rules(week)
    _end(calendar, min(from_on, before[0]), max(until_on, before[1]))
    return overlay


def remove_overlay(overlay: CalendarOverlay, user: User | None) -> None:
    calendar = overlay.calendar
    refuse_edit(user, calendar)
    from_on, until_on = overlay.from_on, overlay.until_on
    calendar.overlays.remove(overlay)
    _end(calendar, from_on, until_on)


def add_holiday(site: Site, on_day: date, name: str, is_provisional: bool, user: User | None) -> Holiday:
    refuse_site(user, site.id)
    _refuse_taken(site.id, on_day)
    holiday = Holiday(site_id=site.id, on_day=on_day, name=name, is_provisional=is_provisional)
    session.add(holiday)
    _announce_day(site.id, on_day)
    return holiday


def confirm_holiday(holiday: Holiday, user: User | None) -> None:
    """It is certain now: it closes from here on, and the bookings of that day need repair."""
    refuse_site(user, holiday.site_id)
    if not holiday.is_provisional:
        raise UserError(f"{holiday.name} is confirmed already.")
    holiday.is_provisional = False
    _announce_day(holiday.site_id, holiday.on_day)


def move_holiday(holiday: Holiday, on_day: date, user: User | None) -> None:
    """The moon was seen on another evening: the day moves, confirmed or not as it is."""
    refuse_site(user, holiday.site_id)
    if on_day == holiday.on_day:
        _fault("on_day", "That is the day on which it stands. Write another one.")
    _refuse_taken(holiday.site_id, on_day)
    before, holiday.on_day = holiday.on_day, on_day
    _announce_day(holiday.site_id, before)
    _announce_day(holiday.site_id, on_day)


def remove_holiday(holiday: Holiday, user: User | None) -> None:
    refuse_site(user, holiday.site_id)
    site_id, on_day = holiday.site_id, holiday.on_day
    session.delete(holiday)
    _announce_day(site_id, on_day)


def fill_year(site: Site, chosen: Iterable[Known], user: User | None) -> list[Holiday]:
    """Add these days off; one that the site has already stays as it is."""
    refuse_site(user, site.id)
    taken = set(session.scalars(select(Holiday.on_day).where(Holiday.site_id == site.id)))
    added = [
        Holiday(site_id=site.id, on_day=each.on_day, name=each.name, is_provisional=each.is_provisional)
        for each in chosen
        if each.on_day not in taken
    ]
    session.add_all(added)
    session.flush()
    if added:
        days = [holiday.on_day for holiday in added]
        announce(CalendarChanged(site.id, None, min(days), max(days)))
    return added


def add_make_up_days(
    calendars: Sequence[Calendar], days: Sequence[date], like_weekday: int, user: User | None
) -> int:
    """Work on these weekend days with the hours of a weekday, as exceptions. How many were added."""
    added = 0
    for calendar in calendars:
        refuse_edit(user, calendar)
        hours = tuple(
            (rule.opens_minute, rule.closes_minute) for rule in calendar.rules if rule.weekday == like_weekday
        )
        has_own = {overlay.from_on for overlay in calendar.overlays if overlay.from_on == overlay.until_on}
        fresh = [day for day in days if day not in has_own] if hours else []
        for day in fresh:
            week = tuple(hours if each == day.weekday() else () for each in range(7))
            name = f"Make-up working day, hours of {DAYS[like_weekday]}"
            calendar.overlays.append(
                CalendarOverlay(name=name, from_on=day, until_on=day, rules=_rules(week))
            )
            added += 1
        if fresh:
            _end(calendar, min(fresh), max(fresh))
    return added


def get_calendar(calendar_id: int) -> Calendar:
    calendar = session.get(Calendar, calendar_id)
    if calendar is None:
        raise NotFound("There is no such calendar. The address may be mistyped: look in the list.")
    return calendar


def get_overlay(overlay_id: int) -> CalendarOverlay:
    overlay = session.get(CalendarOverlay, overlay_id)
    if overlay is None:
        raise NotFound("These hours are gone already. Look at the page of the calendar.")
    return overlay


def get_holiday(holiday_id: int) -> Holiday:
    holiday = session.get(Holiday, holiday_id)
    if holiday is None:
        raise NotFound("There is no such holiday any more. Look at the list of its year.")
    return holiday


def _begin(calendar: Calendar, user: User | None, version: int) -> None:
    refuse_edit(user, calendar)
    if calendar.version != version:
        raise Stale(
            f"{calendar.code} was changed while you wrote. What you typed stands below and is not saved: "
            "compare it with the calendar as it is now, and save again."
        )


def _end(calendar: Calendar, from_on: date | None, until_on: date | None) -> None:
    # So that the version counts changes of its hours too.
    calendar.updated_at = utc_now()
    session.flush()
    session.expire(calendar, ["overlays", "rules"])  # in the order in which they hold
    announce(CalendarChanged(calendar.site_id, calendar.id, from_on, until_on))


def _announce_day(site_id: int, on_day: date) -> None:
    session.flush()
    announce(CalendarChanged(site_id, None, on_day, on_day))


def _refuse_taken(site_id: int, on_day: date) -> None:
    query = select(Holiday).where(Holiday.site_id == site_id, Holiday.on_day == on_day)
    if other := session.scalar(query):
        _fault(
            "on_day",
            f"{day_in_words(on_day)} is {other.name} already. Change that one, or write another day.",
        )


def _rules(week: Sequence[Hours]) -> list[CalendarRule]:
    return [
        CalendarRule(weekday=each.weekday, opens_minute=each.opens_minute, closes_minute=each.closes_minute)
        for each in openings_of(week)
    ]


def _fault(field: str, message: str) -> None:
    raise UserError(message, {field: message})
