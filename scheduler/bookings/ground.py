"""What stands against a booking that was in order when it was made: the ground has moved under it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scheduler.bookings.models import Booking, BookingPerson
from scheduler.bookings.proposal import all_held
from scheduler.calendars.models import Calendar, Site
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import holidays_of, open_intervals, zone_of
from scheduler.calendars.words import day_words, interval_words, moment_words
from scheduler.intervals import Interval, subtract
from scheduler.people.models import Person, Qualification
from scheduler.resources.models import Resource
from scheduler.resources.queries import outages_over

OUTAGE, CLOSED, RETIRED, CALIBRATION, ABSENT, OFF_SHIFT, UNQUALIFIED = (
    "outage", "closed", "retired", "calibration", "absent", "shift", "qualification",
)  # fmt: skip
BEGINNING, END = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Against:
    """One thing that stands against a booking; `duty` where somebody is lost by it."""

    kind: str
    sentence: str
    duty: BookingPerson | None = None


class Ground:
    """Hours, shifts, days off, outages and certificates of one site and span, asked for once."""

    def __init__(self, site: Site, span: Interval) -> None:
        self.site, self.span, self.zone = site, span, zone_of(site)
        self.holidays = holidays_of(site)
        self._open: dict[int, list[Interval]] = {}

    def against(self, booking: Booking) -> list[Against]:
        found = [each for resource in all_held(booking.resources) for each in self._of(resource, booking)]
        for duty in booking.duties:
            if time := booking.phase(duty.phase):
                found += self._of_duty(duty, time, booking)
        return found

    def _of(self, resource: Resource, booking: Booking) -> list[Against]:
        found = []
        if resource.retired_at is not None:
            found.append(Against(RETIRED, f"{resource.code} is retired."))
        for outage in outages_over(resource):
            if Interval(outage.starts_at, outage.ends_at).overlaps(booking.occupied):
                why = f" ({outage.reason})" if outage.reason else ""
                until = moment_words(outage.ends_at, self.zone)
                found.append(Against(OUTAGE, f"{outage.resource.code} is out until {until}{why}."))
        if booking.override_reason is not None:
            return found  # whoever set hours and calibration aside for it did so knowing them
        due = resource.calibration_due_on
        if due is not None and local_midnight(due + timedelta(days=1), self.zone) < booking.occupied_until:
            found.append(Against(CALIBRATION, f"The calibration of {resource.code} is due before its end."))
        if resource.calendar is not None:
            closed = subtract([booking.occupied], self._hours(resource.calendar))
            if closed:
                words = interval_words(closed[0], self.zone)
                found.append(Against(CLOSED, f"{resource.code} is closed {words}."))
        return found

    def _of_duty(self, duty: BookingPerson, time: Interval, booking: Booking) -> list[Against]:
        person, found = duty.person, []
        if person.retired_at is not None:
            found.append(Against(RETIRED, f"{person.name} has left.", duty))
        for absence in person.absences:
            if Interval(absence.starts_at, absence.ends_at).overlaps(time):
                why = f" ({absence.reason})" if absence.reason else ""
                until = moment_words(absence.ends_at, self.zone)
                found.append(Against(ABSENT, f"{person.name} is away until {until}{why}.", duty))
        if not duty.is_duty or duty.qualification is None:
            return found
        if gap := subtract([time], self.validity(person, duty.qualification)):
            day = day_words(gap[0].start, self.zone)
            words = f"{person.name}'s {duty.qualification.name} is not valid on {day}."
            found.append(Against(UNQUALIFIED, words, duty))
        if booking.override_reason is None and person.calendar is not None:
            off = subtract([time], self._hours(person.calendar))
            if off:
                words = interval_words(off[0], self.zone)
                found.append(Against(OFF_SHIFT, f"{person.name} is not on shift {words}.", duty))
        return found

    def validity(self, person: Person, qualification: Qualification) -> list[Interval]:
        """When somebody holds a qualification."""
        return [
            Interval(
                local_midnight(row.valid_from_on, self.zone) if row.valid_from_on else BEGINNING,
                local_midnight(row.valid_until_on + timedelta(days=1), self.zone)
                if row.valid_until_on
                else END,
            )
            for row in person.qualifications
            if row.qualification_id == qualification.id
        ]

    def _hours(self, calendar: Calendar) -> list[Interval]:
        if calendar.id not in self._open:
            self._open[calendar.id] = open_intervals(calendar, self.site, self.span, self.holidays)
        return self._open[calendar.id]
