"""Sheets about the centre: its site and time, its people and its projects."""

from scheduler.calendars.words import DAYS
from scheduler.excel.columns import (
    GROUPS,
    PRIORITIES,
    QUALIFICATIONS,
    Column,
    Sheet,
    choice,
    code,
    day,
    flag,
    moment,
    name,
    ref,
    retired,
    text,
    whole,
)
from scheduler.people.models import ORGANISATION_KINDS, PERSON_KINDS
from scheduler.projects.models import PROJECT_KINDS

_HOURS_HINT = (
    "Opening hours such as 08:00-12:00; 13:00-17:00, or 24h. 22:00-06:00 runs into the next day. Blank: "
)
_HOLDER = "Code of the person."


def _hours(closed: str) -> tuple[Column, ...]:
    return tuple(
        Column(name, name.lower(), "hours", _HOURS_HINT + closed, "08:00-12:00; 13:00-17:00", blank=())
        for name in DAYS
    )


SITE = Sheet(
    "Site",
    "The place and its time zone. One row. Without it the site that is stored stays as it is.",
    (
        code("Short name of the site.", "NSC"),
        name("Name of the site.", "National Space Centre"),
        Column(
            "Time zone",
            "time_zone",
            "zone",
            "Zone of every time in this workbook, by its IANA name.",
            "Asia/Karachi",
            required=True,
            longest=60,
        ),
    ),
)

ORGANISATIONS = Sheet(
    "Organisations",
    "The centre itself and its partners.",
    (
        code("Code of the organisation.", "CNSC"),
        name("Name of the organisation.", "Partner agency"),
        choice("Kind", "kind", ORGANISATION_KINDS, "home or partner. Blank: home.", "partner", blank="home"),
        retired("it"),
    ),
)

STAFF = Sheet(
    "Staff",
    "Persons: staff, trainees and visitors, with or without an account.",
    (
        code("Code of the person.", "P-1"),
        name("Name of the person.", "Sana Mirza"),
        choice("Kind", "kind", PERSON_KINDS, "Blank: staff.", blank="staff"),
        text("E-mail", "email", "Address of the person.", "sana@centre.example", longest=254, blank=None),
        ref("Organisation", "organisation", "Organisations", "Code of the organisation.", "NSC"),
        ref(
            "Calendar",
            "calendar",
            "Calendars",
            "Shifts: a code of sheet Calendars. Blank: any time.",
            "DAY",
        ),
        whole("Most min a day", "most_minutes_day", "Most minutes of duty in a day. Blank: no limit.", "480"),
        whole(
            "Most min a week",
            "most_minutes_week",
            "Most minutes of duty in a week. Blank: no limit.",
            "2400",
        ),
        whole("Least rest min", "least_rest_minutes", "Least minutes between two days' duties.", "660"),
        whole(
            "Most days in a row",
            "most_days_in_a_row",
            "Most days in a row with a duty. Blank: no limit.",
            "6",
            least=1,
            most=60,
            may_be_absent=True,
        ),
        Column(
            "Account",
            "user",
            "user",
            "E-mail of the account that this person signs in with.",
            "sana@centre.example",
            may_be_absent=True,
            longest=254,
        ),
        retired("the person"),
    ),
)

PROJECTS = Sheet(
    "Projects",
    "Research, training and application projects: every request belongs to one.",
    (
        code("Code of the project.", "BDR"),
        name("Name of the project.", "Badr-3 thermal model"),
        choice("Kind", "kind", PROJECT_KINDS, "R&D, training or application.", required=True),
        text("Programme", "programme", "Programme that it belongs to.", "Badr", may_be_absent=True),
        ref("Partner", "partner", "Organisations", "Code of the partner.", "CNSC", may_be_absent=True),
        choice(
            "Priority",
            "priority",
            PRIORITIES,
            "1 is the highest, 5 the lowest. Blank: 3.",
            "3",
            blank=3,
        ),
        whole(
            "Quota min",
            "quota_minutes",
            "Most minutes of run in all. Blank: no limit.",
            "6000",
            may_be_absent=True,
        ),
        text("Cost code", "cost_code", "For the accounts.", "C-100", longest=60, may_be_absent=True),
        flag(
            "Confidential",
            "is_confidential",
            "yes: only members and managers see more of it than Busy.",
            may_be_absent=True,
        ),
        Column(
            "Members",
            "members",
            "users",
            "E-mails of those who may ask in its name, A; B.",
            "a@centre.example",
            may_be_absent=True,
            blank=(),
        ),
        moment("Closed", "closed_at", "When it was closed. Blank: open.", may_be_absent=True),
        retired("it"),
    ),
    required=True,
)

CALENDARS = Sheet(
    "Calendars",
    "Opening hours and shifts. With all days blank a calendar is always open.",
    (
        code("Code of the calendar.", "DAY"),
        name("Name of the calendar.", "Day shift"),
        flag("Keeps holidays", "keeps_holidays", "yes: closed on the holidays. Blank: yes.", blank=True),
        *_hours("closed that day."),
        retired("it"),
    ),
)

HELD = Sheet(
    "Qualifications",
    "Who holds which qualification, and for how long. Naming a qualification here makes it.",
    (
        ref("Person", "person", "Staff", _HOLDER, "P-1", required=True),
        ref(
            "Qualification",
            "qualification",
            QUALIFICATIONS,
            "What the person holds.",
            "vacuum operator",
            required=True,
            makes=True,
        ),
        day("Valid from", "valid_from_on", "First day. Blank: always."),
        day("Valid until", "valid_until_on", "Last day. Blank: for good.", "2027-11-29"),
    ),
    parent="Staff",
    parent_field="person",
    key=("qualification", "valid_from_on"),
    spans=(("valid_from_on", "valid_until_on"),),
)

ABSENCES = Sheet(
    "Absences",
    "Leave, illness, travel.",
    (
        ref("Person", "person", "Staff", _HOLDER, "P-1", required=True),
        moment("From", "starts_at", "Start.", required=True),
        moment("To", "ends_at", "End.", "2026-12-02 00:00", required=True),
        text("Reason", "reason", "Why.", "leave", may_be_absent=True),
    ),
    parent="Staff",
    parent_field="person",
    spans=(("starts_at", "ends_at"),),
)

HOLIDAYS = Sheet(
    "Holidays",
    "Days off of the site.",
    (
        day("Date", "on_day", "The day.", "2026-12-25", required=True),
        name("What day it is.", "Quaid-e-Azam Day"),
        flag(
            "Provisional",
            "is_provisional",
            "yes: not yet certain; it closes nothing, but shows.",
            may_be_absent=True,
        ),
    ),
    parent="Site",
    key=("on_day",),
)

OVERLAYS = Sheet(
    "Overlays",
    "Days on which a calendar has other hours, such as a month of short days.",
    (
        ref("Calendar", "calendar", "Calendars", "Code of the calendar.", "DAY", required=True),
        name("What it is.", "Short days"),
        day("From", "from_on", "First day.", required=True),
        day("Until", "until_on", "Last day.", "2026-12-04", required=True),
        *_hours("closed."),
    ),
    parent="Calendars",
    parent_field="calendar",
    spans=(("from_on", "until_on"),),
)

QUALIFICATION_CODES = Sheet(
    QUALIFICATIONS,
    "Names of qualifications. Only needed where the name is not the code.",
    (
        code("Code of the qualification.", "TVO"),
        name("Its name.", "Thermal-vacuum operator"),
        retired("it"),
    ),
)

EXCLUSIVE_GROUPS = Sheet(
    GROUPS,
    "Names of exclusive groups. Only needed where a group has a name.",
    (code("Code of the group.", "CREW-1"), text("Name", "name", "Its name.", "Crew 1"), retired("it")),
)
