"""What the form of a request may hold. Turned into values by `form_values`."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import BooleanField, Field, FieldList, Form, FormField, HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from scheduler.calendars.patterns import Pattern
from scheduler.calendars.words import DAYS
from scheduler.errors import UserError
from scheduler.forms import Choice, Choices, PageForm, WholeNumber, id_or_none, stripped
from scheduler.requests.choices import HAZARDS, PREFERRED
from scheduler.requests.lengths import read_length, write_length
from scheduler.requests.models import BINDS, PHASES

TOO_LONG = "Shorten it to %(max)d signs."
MOST_ROWS = 1000
"""Rows of one list that are read at all."""

PHASE_CHOICES = [
    (phase, {"all": "all of it"}.get(phase, phase)) for phase in ("all", *(p for p in PHASES if p != "all"))
]
BINDS_CHOICES = [("run", "the run"), ("whole", "setup to teardown")]
HOUR_CHOICES = [("", "which?"), ("first", "the first"), ("second", "the second")]


class LengthField(StringField):
    """A length as `lengths.read_length` reads it, in minutes; blank is None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            self.data = read_length(text)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return write_length(self.data) if isinstance(self.data, int) else ""


class WallTimeField(StringField):
    """A local day and time as text; the site's zone makes a moment of it later.

    Not the browser's own control: it shows 12 hours and its own order of day and month to many.
    """

    is_twice = False
    """True once the time turned out to come twice: then the page asks which of both."""


class Words(Field):
    """Some of a list of words; the page shows them as boxes to tick."""

    def __init__(self, label: str, words: tuple[str, ...], **options: Any) -> None:
        super().__init__(label, **options)
        self.words = words

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(valuelist))

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or ()) <= set(self.words):
            raise ValidationError(f"Choose among {', '.join(self.words)}.")


class WayForm(Form):
    """One choice of facilities, all at once."""

    resources = FieldList(Choice("Facility", coerce=id_or_none), min_entries=2, max_entries=20)
    penalty = WholeNumber("Costs", default=0)


class WindowForm(Form):
    way = Choice("For", coerce=id_or_none)
    since = WallTimeField("From")
    since_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    until = WallTimeField("Until")
    until_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    binds = Choice("Binds", choices=BINDS_CHOICES, default=BINDS[0])


class NeedForm(Form):
    qualification = Choice("Qualification", coerce=id_or_none)
    count = WholeNumber("People", least=1, most=1000, default=1)
    phase = Choice("During", choices=PHASE_CHOICES, default="all")


class DrawForm(Form):
    utility = Choice("Utility", coerce=id_or_none)
    amount = WholeNumber("Amount")
    phase = Choice("During", choices=PHASE_CHOICES, default="run")


class AfterForm(Form):
    code = StringField("Request", filters=[stripped])
    min_lag = LengthField("At least")
    max_lag = LengthField("At most")
    same_resource = BooleanField("Same facility")


EVERY_CHOICES = [("", "no"), ("week", "by weeks"), ("month", "by months")]
NTH_CHOICES = [(1, "first"), (2, "second"), (3, "third"), (4, "fourth"), (5, "last")]
SCOPE_CHOICES = [("one", "this one"), ("following", "this and the following"), ("all", "all of the series")]

ROWS = {"ways": 4, "windows": 2, "needs": 2, "draws": 2, "afters": 1}
"""Lists of rows, and how many are shown at first."""


class RequestForm(PageForm):
    """All that a request can ask for."""

    version = HiddenField()
    title = StringField(
        "Title",
        [DataRequired("Say in a few words what is to be done."), Length(max=200, message=TOO_LONG)],
        [stripped],
    )
    project = Choice("Project", coerce=id_or_none)
    ways = FieldList(FormField(WayForm), min_entries=ROWS["ways"], max_entries=MOST_ROWS)
    wish = LengthField("How long", [InputRequired("Write a length like 4.5 (hours) or 90 min.")])
    least = LengthField("At least")
    setup = LengthField("Setup")
    teardown = LengthField("Teardown")
    most_parts = WholeNumber("In at most so many parts", least=1, most=1000, default=1)
    least_part = LengthField("Each part at least")
    earliest = WallTimeField("Not before")
    earliest_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    latest = WallTimeField("Finished by")
    latest_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    due = WallTimeField("Better by")
    due_hour = Choice("Which hour", choices=HOUR_CHOICES, default="")
    windows = FieldList(FormField(WindowForm), min_entries=ROWS["windows"], max_entries=MOST_ROWS)
    needs = FieldList(FormField(NeedForm), min_entries=ROWS["needs"], max_entries=MOST_ROWS)
    draws = FieldList(FormField(DrawForm), min_entries=ROWS["draws"], max_entries=MOST_ROWS)
    participants = Choices("Who takes part")
    exclusion_group = Choice("Never at the same time as others of", coerce=id_or_none)
    afters = FieldList(FormField(AfterForm), min_entries=ROWS["afters"], max_entries=MOST_ROWS)
    priority = Choice("Priority", coerce=id_or_none, default=3)
    value = WholeNumber("Value")
    is_mandatory = BooleanField("Must be placed")
    configuration = StringField("Configuration", [Length(max=60, message=TOO_LONG)], [stripped])
    chain = StringField("All or none with", [Length(max=60, message=TOO_LONG)], [stripped])
    note = TextAreaField("Note", [Length(max=2000, message=TOO_LONG)], [stripped])

    template = Choice("Kind of work", coerce=id_or_none)
    preferred = Words("Preferred", PREFERRED)
    hazards = Words("Hazards", HAZARDS)
    slot = HiddenField()
    requester = Choice("Asked by", coerce=id_or_none)
    every = Choice(
        "Comes again", choices=[("", "no"), ("week", "by weeks"), ("month", "by months")], default=""
    )
    interval = WholeNumber("Each so many", least=1, most=52, default=1)
    weekdays = Words("On", DAYS)
    nth = Choice("Which of the month", choices=NTH_CHOICES, coerce=id_or_none, default=1)
    count = WholeNumber("Times", least=1, most=60)
    until = StringField("Or until", filters=[stripped])
    but = StringField("But not on", filters=[stripped])
    scope = Choice("Changes", choices=SCOPE_CHOICES, default="one")

    def __init__(self, offers: Mapping[str, list[tuple[Any, str]]], **values: Any) -> None:
        """`offers`: choices of projects, resources, qualifications, utilities, people, groups."""
        super().__init__(**values)
        self.offers = offers
        self.row_numbers: dict[str, list[int]] = {}
        self.offer()

    def offer(self) -> None:
        """Give every choice, also those of rows that were added, what there is to choose."""
        offers = self.offers
        self.template.choices = [("", "Something else"), *offers["templates"]]
        self.requester.choices = [("", "me"), *offers["requesters"]]
        self.project.choices = [("", "Choose a project"), *offers["projects"]]
        self.participants.choices = offers["people"]
        self.exclusion_group.choices = [("", "no group"), *offers["groups"]]
        self.priority.choices = [(1, "1, first"), (2, "2"), (3, "3, usual"), (4, "4"), (5, "5, last")]
        for way in self.ways:
            for resource in way.resources:
                resource.choices = [("", "–"), *offers["resources"]]
        ways = [("", "every choice"), *((n, f"choice {n}") for n in range(1, len(self.ways) + 1))]
        for window in self.windows:
            window.way.choices = ways
        for need in self.needs:
            need.qualification.choices = [("", "–"), *offers["qualifications"]]
        for draw in self.draws:
            draw.utility.choices = [("", "–"), *offers["utilities"]]

    def pattern(self) -> Pattern | None:
        """When it comes again; None for once. Raises what cannot be read."""
        if not self.every.data:
            return None
        faults: dict[str, str] = {}
        until = _days(self.until.data or "", "until", faults)
        but = _days(self.but.data or "", "but", faults)
        if len(until) > 1:
            faults["until"] = "Write one day like 2026-12-18."
        if faults:
            raise UserError(next(iter(faults.values())), faults)
        return Pattern(
            every=self.every.data,
            interval=self.interval.data or 1,
            weekdays=tuple(sorted(DAYS.index(word) for word in self.weekdays.data or ())),
            nth=self.nth.data or 1,
            count=self.count.data,
            until=until[0] if until else None,
            but=frozenset(but),
        )

    def add_row(self, name: str) -> bool:
        """One more blank row of a list; False if there is no such list."""
        if name not in ROWS:
            return False
        self[name].append_entry()
        self.offer()
        return True

    def place_faults(self, faults: Mapping[str, str]) -> list[str]:
        """As for every form; rows are counted without the blank ones in values, with them on the page."""
        return super().place_faults({self._on_page(name): text for name, text in faults.items()})

    def _on_page(self, name: str) -> str:
        parts = name.split("-")
        rows = self.row_numbers.get(parts[0])
        if rows and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(rows):
            parts[1] = str(rows[int(parts[1])])
        return "-".join(parts)


class DecisionForm(PageForm):
    """What goes with yes, no, and taking back."""

    note = StringField("Note", [Length(max=500, message=TOO_LONG)], [stripped])


def _days(text: str, name: str, faults: dict[str, str]) -> list[date]:
    days = []
    for part in text[:600].replace(";", ",").split(","):
        if part.strip():
            try:
                days.append(date.fromisoformat(part.strip()))
            except ValueError:
                faults[name] = f'"{part.strip()[:20]}" is no day. Write days like 2026-12-08, 2026-12-15.'
    return days
