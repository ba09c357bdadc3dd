"""What the forms about people may hold."""

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from scheduler.calendars.forms import DayField, HoursField, MomentField
from scheduler.calendars.queries import the_site
from scheduler.calendars.service import zone_of
from scheduler.forms import Choice, PageForm, WholeNumber, id_or_none, stripped
from scheduler.people.models import ORGANISATION_KINDS, PERSON_KINDS

TOO_LONG = "Shorten it to %(max)d signs."


class PersonForm(PageForm):
    version = HiddenField()
    code = StringField("Code", [Length(max=60, message=TOO_LONG)], [stripped])
    name = StringField(
        "Name", [DataRequired("Write the name."), Length(max=200, message=TOO_LONG)], [stripped]
    )
    kind = Choice("Kind", choices=[(kind, kind) for kind in PERSON_KINDS], default="staff")
    email = StringField("E-mail", [Length(max=254, message=TOO_LONG)], [stripped])
    organisation = Choice("Organisation", coerce=id_or_none)
    calendar = Choice("Shifts", coerce=id_or_none)
    account = Choice("Account", coerce=id_or_none)
    most_day = HoursField("Most hours a day")
    most_week = HoursField("Most hours a week")
    least_rest = HoursField("Least rest between days")
    days_in_a_row = WholeNumber("Most days in a row", least=1, most=366)


class KindForm(PageForm):
    """One more qualification, or organisation."""

    code = StringField("Code", [Length(max=60, message=TOO_LONG)], [stripped])
    name = StringField(
        "Name", [DataRequired("Write the name."), Length(max=200, message=TOO_LONG)], [stripped]
    )
    kind = Choice("Kind", choices=[(kind, kind) for kind in ORGANISATION_KINDS], default="partner")


class CertificateForm(PageForm):
    """Renewing one in place, or adding one."""

    version = HiddenField()
    person = Choice("Person", coerce=id_or_none)
    qualification = Choice("Qualification", coerce=id_or_none)
    since = DayField("Held from")
    until = DayField("Valid until")


class AbsenceForm(PageForm):
    starts = MomentField(
        "From", lambda: zone_of(the_site()), validators=[InputRequired("Write the first day.")]
    )
    ends = MomentField(
        "Until", lambda: zone_of(the_site()), ends=True, validators=[InputRequired("Write the last day.")]
    )
    reason = StringField("Reason", [Length(max=200, message=TOO_LONG)], [stripped])
