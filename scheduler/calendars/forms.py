"""What the forms about calendars and holidays may hold; fields for days and moments in any room.

Text, because the browser's own controls turn day and month.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from scheduler.calendars.hours import TEMPLATES, Hours, Week, hours_text, read_hours, with_friday_gap
from scheduler.calendars.library import COUNTRIES
from scheduler.calendars.wall_times import read_day, read_moment, write_day, write_moment
from scheduler.calendars.words import DAYS
from scheduler.errors import UserError
from scheduler.forms import Choice, Choices, PageForm, stripped

TOO_LONG = "Shorten it to %(max)d signs."
LOOK = {"autocomplete": "off", "maxlength": 40}
HOURS = re.compile(r"[0-9]{1,4}(\.[0-9]{1,2})?")


class DayField(StringField):
    """A local day; blank is None."""

    data: Any

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, render_kw=LOOK, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = read_day(text)
            except UserError as error:
                raise ValueError(error.message) from None

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else write_day(self.data)


class MomentField(StringField):
    """A local day and time, or a day alone; blank is None. `zone` says whose time it is.

    With `ends`, a day alone means its end.
    """

    data: Any

    def __init__(self, label: str, zone: Callable[[], ZoneInfo], ends: bool = False, **options: Any) -> None:
        super().__init__(label, render_kw=LOOK, **options)
        self.zone, self.ends = zone, ends

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if text:
            try:
                self.data = read_moment(text, self.zone(), ends=self.ends)
            except UserError as error:
                raise ValueError(error.message) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return write_moment(self.data, self.zone()) if isinstance(self.data, datetime) else ""


class HoursField(StringField):
    """Hours like 8 or 7.5, in minutes; blank is None."""

    data: Any

    def __init__(self, label: str, **options: Any) -> None:
        look = {"inputmode": "decimal", "autocomplete": "off", "maxlength": 12}
        super().__init__(label, render_kw=look, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = valuelist[0].strip().removesuffix("h").strip().replace(",", ".") if valuelist else ""
        self.data = None
        if text:
            if not HOURS.fullmatch(text):
                raise ValueError("Write hours like 8 or 7.5.")
            self.data = round(float(text) * 60)

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{round(self.data / 60, 2):g}"


class HoursTextField(StringField):
    """Opening hours of one day; blank is closed."""

    data: Any

    def __init__(self, label: str, **options: Any) -> None:
        super().__init__(label, render_kw={"autocomplete": "off", "maxlength": 200}, **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = ()
        if valuelist:
            try:
                self.data = read_hours(valuelist[0])
            except UserError as error:
                raise ValueError(error.message) from None

    def fill(self, hours: Hours) -> None:
        """Show these hours in place of what was typed."""
        self.raw_data, self.data, self.errors = None, hours, ()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else hours_text(self.data or ())


class WeekForm(PageForm):
    """Seven days of hours; buttons fill in what is common."""

    version = HiddenField()
    name = StringField(
        "Name", [DataRequired("Write what it is."), Length(max=200, message=TOO_LONG)], [stripped]
    )
    mon = HoursTextField("Monday")
    tue = HoursTextField("Tuesday")
    wed = HoursTextField("Wednesday")
    thu = HoursTextField("Thursday")
    fri = HoursTextField("Friday")
    sat = HoursTextField("Saturday")
    sun = HoursTextField("Sunday")

    @property
    def days(self) -> list[HoursTextField]:
        return [self[day.lower()] for day in DAYS]

    @property
    def week(self) -> Week:
        return tuple(field.data or () for field in self.days)

    def fill_in(self, name: str) -> bool:
        """Whether a button of the form asked for hours to be filled in; then nothing is saved."""
        if name not in TEMPLATES:
            return False
        _, hours = TEMPLATES[name]
        for field, of_day in zip(self.days, hours or with_friday_gap(self.week), strict=True):
            field.fill(of_day)
        return True


def week_data(week: Sequence[Hours]) -> dict[str, Hours]:
    return {day.lower(): hours for day, hours in zip(DAYS, week, strict=True)}


class CalendarForm(WeekForm):
    code = StringField("Code", [Length(max=60, message=TOO_LONG)], [stripped])
    keeps_holidays = BooleanField("Closed on the confirmed holidays of the site", default=True)


class OverlayForm(WeekForm):
    since = DayField("From", validators=[InputRequired("Write the first day.")])
    until = DayField("Until")


class HolidayForm(PageForm):
    on_day = DayField("Day", validators=[InputRequired("Write the day.")])
    name = StringField(
        "Name", [DataRequired("Write what day it is."), Length(max=200, message=TOO_LONG)], [stripped]
    )
    is_provisional = BooleanField("Not yet certain")


class MoveForm(PageForm):
    on_day = DayField("Another day", validators=[InputRequired("Write the day.")])


class FillForm(PageForm):
    country = Choice("Country", choices=list(COUNTRIES.items()), default="PK")
    calendars = Choices("Calendars that work then")
    like = Choice(
        "With the hours of", choices=[(n, day) for n, day in enumerate(DAYS[:5])], coerce=int, default=0
    )
