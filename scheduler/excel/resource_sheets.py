"""Sheets about what is booked: resources and utilities."""

from scheduler.excel.columns import (
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
from scheduler.resources.models import RESOURCE_KINDS, UTILITY_PERIODS

RESOURCES = Sheet(
    "Resources",
    "Labs, test facilities, trainers, rooms, equipment, antennas: whatever is booked.",
    (
        code("Code of the resource.", "TV-1"),
        name("Name of the resource.", "Thermal chamber 1"),
        choice("Kind", "kind", RESOURCE_KINDS, "What it is. Blank: lab.", "test facility", blank="lab"),
        whole(
            "Capacity",
            "capacity",
            "Bookings that can run at once. Blank: 1.",
            "1",
            least=1,
            most=10_000,
            blank=1,
        ),
        ref(
            "Calendar",
            "calendar",
            "Calendars",
            "Opening hours: a code of sheet Calendars. Blank: always open.",
            "DAY",
        ),
        ref(
            "Part of",
            "whole",
            "Resources",
            "The resource that it is a part of: who holds the whole holds it too.",
            "HALL",
            may_be_absent=True,
        ),
        whole(
            "Setup min",
            "setup_minutes",
            "Minutes before a run, where the request says none. Blank: 0.",
            "30",
            blank=0,
        ),
        whole(
            "Teardown min",
            "teardown_minutes",
            "Minutes after a run, where the request says none. Blank: 0.",
            "30",
            blank=0,
        ),
        Column(
            "Configuration",
            "configuration",
            "configuration",
            "How it stands now: a word of sheet Changeovers.",
            "cold",
            may_be_absent=True,
            longest=60,
        ),
        day(
            "Calibration due",
            "calibration_due_on",
            "Day on which calibration is due.",
            "2027-03-01",
            may_be_absent=True,
        ),
        text("Location", "location", "Where it stands.", "Building 4", may_be_absent=True),
        ref(
            "Zone",
            "zone",
            "Resources",
            "The resource in whose space it stands: each booking takes one of its places.",
            "HALL",
            may_be_absent=True,
        ),
        flag(
            "Hazardous",
            "is_hazardous",
            "yes: while it runs nobody else books anything of its zone.",
            may_be_absent=True,
        ),
        whole(
            "Least people",
            "least_people",
            "People that have to be on duty during the whole run. Blank: 0.",
            "2",
            most=100,
            blank=0,
            may_be_absent=True,
        ),
        flag(
            "Restricted",
            "is_restricted",
            "yes: visitors take part only beside somebody of the staff.",
            may_be_absent=True,
        ),
        whole(
            "Notice min",
            "notice_minutes",
            "By hand it is booked at least so many minutes ahead. Blank: no limit.",
            "1440",
            may_be_absent=True,
        ),
        whole(
            "Horizon days",
            "horizon_days",
            "By hand it is booked at most so many days ahead. Blank: no limit.",
            "180",
            most=10_000,
            may_be_absent=True,
        ),
        whole(
            "Shortest min",
            "shortest_minutes",
            "Least minutes of one run. Blank: no limit.",
            "30",
            may_be_absent=True,
        ),
        whole(
            "Longest min",
            "longest_minutes",
            "Most minutes of one run. Blank: no limit.",
            "2880",
            least=1,
            may_be_absent=True,
        ),
        Column(
            "Stewards",
            "stewards",
            "users",
            "E-mails of the managers who look after it, A; B.",
            "a@centre.example",
            may_be_absent=True,
            blank=(),
        ),
        retired("it"),
    ),
    required=True,
)

CHANGEOVERS = Sheet(
    "Changeovers",
    "Minutes from one configuration of a resource to another.",
    (
        ref("Resource", "resource", "Resources", "Code of the resource.", "TV-1", required=True),
        text("From", "from_configuration", "Configuration before.", "cold", required=True, longest=60),
        text("To", "to_configuration", "Configuration after.", "hot", required=True, longest=60),
        whole("Minutes", "minutes", "How long it takes.", "90", required=True),
    ),
    parent="Resources",
    parent_field="resource",
    key=("from_configuration", "to_configuration"),
)

OUTAGES = Sheet(
    "Outages",
    "When a resource is not to be had.",
    (
        ref("Resource", "resource", "Resources", "Code of the resource.", "TV-1", required=True),
        moment("From", "starts_at", "Start.", required=True),
        moment("To", "ends_at", "End.", "2026-11-30 18:00", required=True),
        text("Reason", "reason", "Why.", "calibration", may_be_absent=True),
    ),
    parent="Resources",
    parent_field="resource",
    spans=(("starts_at", "ends_at"),),
)

UTILITIES = Sheet(
    "Utilities",
    "Power, nitrogen, compressed air: what many runs share.",
    (
        code("Code of the utility.", "LN2"),
        name("Name of the utility.", "Liquid nitrogen"),
        text("Unit", "unit", "Unit of its amounts.", "l", longest=40),
        whole("Capacity", "capacity", "Whole units to be had at a time.", "400", required=True),
        choice(
            "Per",
            "per",
            UTILITY_PERIODS,
            "Whether capacity is at any moment, or for a whole day. Blank: moment.",
            blank="moment",
        ),
        retired("it"),
    ),
)

LEVELS = Sheet(
    "Levels",
    "Times at which a utility has another capacity.",
    (
        ref("Utility", "utility", "Utilities", "Code of the utility.", "LN2", required=True),
        moment("From", "starts_at", "Start.", required=True),
        moment("To", "ends_at", "End.", "2026-11-30 18:00", required=True),
        whole("Capacity", "capacity", "Whole units to be had.", "200", required=True),
    ),
    parent="Utilities",
    parent_field="utility",
    spans=(("starts_at", "ends_at"),),
)
