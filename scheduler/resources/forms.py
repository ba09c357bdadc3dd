"""What the forms about facilities may hold."""

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from scheduler.calendars.forms import DayField, HoursField, MomentField
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.forms import Choice, Choices, PageForm, WholeNumber, id_or_none, stripped
from scheduler.resources.models import RESOURCE_KINDS

TOO_LONG = "Shorten it to %(max)d signs."
WEEK_CHOICES = [(0, "once"), (1, "every week"), (2, "every second week"), (4, "every fourth week")]


class ResourceForm(PageForm):
    version = HiddenField()
    code = StringField("Code", [Length(max=60, message=TOO_LONG)], [stripped])
    name = StringField(
        "Name", [DataRequired("Write the name."), Length(max=200, message=TOO_LONG)], [stripped]
    )
    kind = Choice("Kind", choices=[(kind, kind) for kind in RESOURCE_KINDS], default=RESOURCE_KINDS[0])
    location = StringField("Location", [Length(max=200, message=TOO_LONG)], [stripped])
    calendar = Choice("Opening hours", coerce=id_or_none)
    capacity = WholeNumber("Places", least=1, most=1000, default=1)
    setup_minutes = WholeNumber("Setup", most=10_000, default=0)
    teardown_minutes = WholeNumber("Teardown", most=10_000, default=0)
    calibration_due = DayField("Calibration due")
    least_people = WholeNumber("Least people on duty", most=50, default=0)
    is_restricted = BooleanField("Visitors only beside somebody of the staff")
    notice = HoursField("Booked at least so long before")
    horizon = WholeNumber("Booked at most so far ahead", least=1, most=3660)
    shortest = HoursField("Shortest run")
    longest = HoursField("Longest run")
    stewards = Choices("Looked after by")


class OutageForm(PageForm):
    starts = MomentField(
        "From", lambda: zone_of(the_site()), validators=[InputRequired("Write when it begins.")]
    )
    ends = MomentField(
        "Until", lambda: zone_of(the_site()), ends=True, validators=[InputRequired("Write when it ends.")]
    )
    reason = StringField("Reason", [Length(max=200, message=TOO_LONG)], [stripped])
    every_weeks = Choice("Comes back", choices=WEEK_CHOICES, coerce=int, default=0)
    repeat_until = DayField("Until the day")
