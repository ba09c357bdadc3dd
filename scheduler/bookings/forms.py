"""Forms of booking by hand. What they hold is read by `inputs`, as what a script sends."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, StringField

from scheduler.bookings.acts import proposal_of
from scheduler.bookings.models import Booking
from scheduler.calendars.patterns import Pattern
from scheduler.calendars.words import DAYS
from scheduler.errors import UserError
from scheduler.forms import Choice, Choices, PageForm, WholeNumber, id_or_none, stripped
from scheduler.requests.forms import HOUR_CHOICES, PHASE_CHOICES, WallTimeField
from scheduler.requests.lengths import read_length, write_length
from scheduler.requests.wall_times import which_hour, write_wall

REPEAT_CHOICES = [("", "once"), ("week", "every week"), ("month", "every month")]
NTH_CHOICES = [(1, "first"), (2, "second"), (3, "third"), (4, "fourth"), (5, "last")]
SCOPE_CHOICES = [
    ("one", "this one only"), ("following", "this and the following"), ("all", "all that are still to come"),
]  # fmt: skip


class DutyForm(Form):
    person = Choice("Person", coerce=id_or_none)
    qualification = Choice("As", coerce=id_or_none)
    phase = Choice("During", choices=PHASE_CHOICES, default="all")


class BookingForm(PageForm):
    """A booking to be, or what one is to become."""

    version = HiddenField()
    title = StringField("Title", filters=[stripped])
    project = Choice("Project", coerce=id_or_none)
    resources = FieldList(Choice("Facility", coerce=id_or_none), min_entries=3, max_entries=20)
    start = WallTimeField("Starts")
    start_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    end = WallTimeField("Ends")
    end_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    setup_minutes = StringField("Setup")
    teardown_minutes = StringField("Teardown")
    people = FieldList(FormField(DutyForm), min_entries=3, max_entries=50)
    participants = Choices("Who takes part")
    configuration = StringField("Configuration", filters=[stripped])
    scope = Choice("Change", choices=SCOPE_CHOICES, default="one")
    override_reason = StringField("Reason to set the rule aside", filters=[stripped])
    every = Choice("Comes", choices=REPEAT_CHOICES, default="")
    interval = WholeNumber("Each so many", least=1, most=52, default=1)
    nth = Choice("Which of the month", choices=NTH_CHOICES, coerce=id_or_none, default=1)
    weekdays = Choices("On", choices=list(enumerate(DAYS)))
    count = WholeNumber("So many times", least=1, most=200)
    until = StringField("Until", filters=[stripped])
    but = StringField("Not on", filters=[stripped])
    is_looked_at = BooleanField("Looked at")

    def __init__(self, offers: Mapping[str, list[tuple[Any, str]]], **values: Any) -> None:
        super().__init__(**values)
        self.project.choices = [("", "no project"), *offers["projects"]]
        self.participants.choices = offers["people"]
        for resource in self.resources:
            resource.choices = [("", "–"), *offers["resources"]]
        for duty in self.people:
            duty.person.choices = [("", "–"), *offers["people"]]
            duty.qualification.choices = [("", "–"), *offers["qualifications"]]

    def body(self) -> dict[str, Any]:
        """What a script would send for it."""
        body: dict[str, Any] = {
            "title": self.title.data,
            "start": self.start.data,
            "start_hour": self.start_hour.data,
            "end": self.end.data,
            "end_hour": self.end_hour.data,
            "configuration": self.configuration.data,
            "resources": [field.data for field in self.resources if field.data is not None],
            "people": [
                {"person": row.person.data, "qualification": row.qualification.data, "phase": row.phase.data}
                for row in self.people
                if row.person.data is not None or row.qualification.data is not None
            ],
            "participants": list(self.participants.data or ()),
        }
        if self.project.data is not None:
            body["project"] = self.project.data
        for name in ("setup_minutes", "teardown_minutes"):
            text = (self[name].data or "").strip()
            if text:
                body[name] = _minutes(text)
        return body

    def pattern(self) -> Pattern | None:
        """How often it comes; None is once. Raises faults beside their fields."""
        if not self.every.data:
            return None
        return Pattern(
            every=self.every.data,
            interval=self.interval.data or 1,
            weekdays=tuple(self.weekdays.data or ()),
            nth=self.nth.data or 1,
            count=self.count.data,
            until=_day("until", self.until.data),
            but=frozenset(
                day
                for part in (self.but.data or "").replace(";", ",").split(",")
                if (day := _day("but", part))
            ),
        )

    def place_faults(self, faults: Mapping[str, str]) -> list[str]:
        """Faults of a whole list stand at its first row."""
        first = {"resources": "resources-0", "people": "people-0-person"}
        placed = {first.get(name, name): text for name, text in faults.items()}
        for name in ("start", "end"):
            if "twice" in faults.get(name, ""):
                self[name].is_twice = True
        return super().place_faults(placed)


def fill(booking: Booking, zone: ZoneInfo) -> dict[str, Any]:
    """What the form shows of a booking."""
    wanted = proposal_of(booking)
    return {
        "version": booking.version,
        "title": booking.title,
        "project": booking.project_id,
        "resources": [resource.id for resource in booking.resources],
        "start": write_wall(booking.starts_at, zone),
        "start_hour": which_hour(booking.starts_at, zone),
        "end": write_wall(booking.ends_at, zone),
        "end_hour": which_hour(booking.ends_at, zone),
        "setup_minutes": write_length(wanted.setup_minutes),
        "teardown_minutes": write_length(wanted.teardown_minutes),
        "configuration": booking.configuration,
        "participants": [duty.person_id for duty in booking.duties if not duty.is_duty],
        "people": [
            {"person": duty.person_id, "qualification": duty.qualification_id, "phase": duty.phase}
            for duty in booking.duties
            if duty.is_duty
        ],
    }


def _minutes(text: str) -> Any:
    try:
        return read_length(text)
    except ValueError:
        return text


def _day(name: str, text: str | None) -> date | None:
    text = (text or "").strip()
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        remedy = "Write days like 2026-12-24."
        raise UserError(f'"{text[:20]}" is no day. {remedy}', {name: remedy}) from None
