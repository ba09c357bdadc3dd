"""Sheets about requests: what is wished, and its needs, ways, windows and order."""

from scheduler.excel.columns import (
    GROUPS,
    PRIORITIES,
    QUALIFICATIONS,
    Column,
    Sheet,
    choice,
    code,
    flag,
    moment,
    ref,
    retired,
    text,
    whole,
)
from scheduler.requests.models import BINDS, PHASES, STATES
from scheduler.requests.rules import (
    MOST_EXTRA_MINUTES,
    MOST_NUMBER,
    MOST_PARTS,
    MOST_PEOPLE,
    MOST_RUN_MINUTES,
)


def _request(example: str = "R-1") -> Column:
    return ref("Request", "request", "Requests", "Code of the request.", example, required=True)


REQUESTS = Sheet(
    "Requests",
    "What is to be done, how long it takes and when it may be. The ways to do it stand in Alternatives.",
    (
        code("Code of the request.", "R-1"),
        Column("Title", "title", "text", "What is to be done.", "Hot case, star tracker", required=True),
        ref("Project", "project", "Projects", "Code of the project.", "BDR", required=True),
        choice(
            "State",
            "state",
            STATES,
            "Blank: approved, or submitted when a researcher imports; what is stored stays.",
            "approved",
            blank_keeps=True,
        ),
        whole(
            "Wish min",
            "wish_minutes",
            "Minutes of run that are wished.",
            "240",
            required=True,
            least=1,
            most=MOST_RUN_MINUTES,
        ),
        whole(
            "Least min",
            "least_minutes",
            "Least minutes of run that are of use. Blank: Wish min.",
            "180",
            least=1,
            most=MOST_RUN_MINUTES,
        ),
        whole(
            "Setup min",
            "setup_minutes",
            "Minutes before the run. Blank: that of the resources.",
            "30",
            most=MOST_EXTRA_MINUTES,
        ),
        whole(
            "Teardown min",
            "teardown_minutes",
            "Minutes after the run. Blank: that of the resources.",
            "15",
            most=MOST_EXTRA_MINUTES,
        ),
        whole(
            "Most parts",
            "most_parts",
            "Into how many bookings it may be split. Blank: 1.",
            "1",
            least=1,
            blank=1,
            most=MOST_PARTS,
        ),
        whole(
            "Least part min",
            "least_part_minutes",
            "Least minutes of run of each part.",
            "120",
            least=1,
            most=MOST_RUN_MINUTES,
        ),
        whole(
            "Value", "value", "What it is worth to have all of it. Blank: Wish min.", "240", most=MOST_NUMBER
        ),
        moment("Earliest", "earliest_at", "Nothing of it, setup included, lies before this."),
        moment(
            "Latest",
            "latest_at",
            "Nothing of it, teardown included, lies after this.",
            "2026-12-04 18:00",
        ),
        moment("Due", "due_at", "Later than this is late, but allowed.", "2026-12-03 18:00"),
        Column(
            "Configuration",
            "configuration",
            "configuration",
            "How the resource has to stand: a word of sheet Changeovers.",
            "cold",
            may_be_absent=True,
            longest=60,
        ),
        ref(
            "Exclusive group",
            "exclusion_group",
            GROUPS,
            "A crew, a mission: requests of one group never run at once. Naming it here makes it.",
            "CREW-1",
            makes=True,
        ),
        text(
            "Chain",
            "chain",
            "Requests with the same word are placed all together or not at all.",
            "C-1",
            longest=60,
            may_be_absent=True,
            blank=None,
        ),
        flag("Mandatory", "is_mandatory", "yes: it has to be placed before all others.", may_be_absent=True),
        choice(
            "Priority",
            "priority",
            PRIORITIES,
            "1 is the highest, 5 the lowest. Blank: 3.",
            "3",
            blank=3,
        ),
        Column(
            "Participants",
            "participants",
            "refs",
            "Codes of those who take part by name, A; B.",
            "P-1; P-2",
            refers_to="Staff",
            blank=(),
        ),
        Column(
            "Requester",
            "requester",
            "user",
            "E-mail of the account that asks. Blank: whoever imports; what is stored stays.",
            "sana@centre.example",
            may_be_absent=True,
            longest=254,
            blank_keeps=True,
        ),
        text("Note", "note", "Anything else.", "", longest=2000, may_be_absent=True),
        text(
            "Preferred",
            "preferred",
            "Liked, not demanded: parts of the day and days of the week, A; B.",
            "morning; Wed",
            longest=100,
            may_be_absent=True,
        ),
        moment(
            "Preferred from",
            "preferred_from",
            "Start of the run at the time that is liked best.",
            may_be_absent=True,
        ),
        moment("Preferred to", "preferred_until", "Its end.", "2026-11-30 14:00", may_be_absent=True),
        text(
            "Hazards",
            "hazards",
            "For those who approve, A; B.",
            "laser; cryogenics",
            longest=200,
            may_be_absent=True,
        ),
        text(
            "Series",
            "series",
            "Requests with the same word were asked for in one go.",
            "R-1",
            longest=60,
            may_be_absent=True,
            blank=None,
        ),
        retired("it"),
    ),
    required=True,
    spans=(("earliest_at", "latest_at"), ("earliest_at", "due_at"), ("preferred_from", "preferred_until")),
)

ALTERNATIVES = Sheet(
    "Alternatives",
    "The ways to do a request: each takes all of its resources at once.",
    (
        _request(),
        whole("Number", "number", "1, 2, 3 for each request.", "1", required=True, least=1, most=100_000),
        Column(
            "Resources",
            "resources",
            "refs",
            "Codes of all resources that it takes at once, A; B.",
            "TV-1; PUMP-2",
            refers_to="Resources",
            blank=(),
        ),
        whole(
            "Penalty",
            "penalty",
            "How much less this way is liked, in the unit of Value. Blank: 0.",
            "0",
            blank=0,
            most=MOST_NUMBER,
        ),
    ),
    parent="Requests",
    parent_field="request",
    key=("number",),
)

WINDOWS = Sheet(
    "Windows",
    "When a request may run. With several windows, any one of them.",
    (
        _request(),
        whole(
            "Alternative",
            "alternative",
            "Number of the alternative that it is for. Blank: all of them.",
            "1",
            least=1,
            most=100_000,
        ),
        moment("From", "starts_at", "Start of the window.", required=True),
        moment("To", "ends_at", "End of the window.", "2026-11-30 18:00", required=True),
        choice(
            "Binds",
            "binds",
            BINDS,
            "run: the run lies inside; whole: setup and teardown too. Blank: run.",
            blank="run",
        ),
    ),
    parent="Requests",
    parent_field="request",
    spans=(("starts_at", "ends_at"),),
)

NEEDS = Sheet(
    "Needs",
    "Whom a request needs, by qualification.",
    (
        _request(),
        ref(
            "Qualification",
            "qualification",
            QUALIFICATIONS,
            "What they must hold.",
            "vacuum operator",
            required=True,
        ),
        whole(
            "Count", "count", "How many different people. Blank: 1.", "1", least=1, blank=1, most=MOST_PEOPLE
        ),
        choice("Phase", "phase", PHASES, "When they are needed. Blank: all.", "all", blank="all"),
    ),
    parent="Requests",
    parent_field="request",
)

DRAWS = Sheet(
    "Draws",
    "What a request draws of utilities.",
    (
        _request(),
        ref("Utility", "utility", "Utilities", "Code of the utility.", "LN2", required=True),
        whole("Amount", "amount", "Whole units.", "40", required=True, least=1),
        choice("Phase", "phase", PHASES, "When it is drawn. Blank: run.", "run", blank="run"),
    ),
    parent="Requests",
    parent_field="request",
)

PRECEDENCES = Sheet(
    "Precedences",
    "Which request comes after which. A row belongs to the request that comes after.",
    (
        ref("Before", "before", "Requests", "Code of the request that comes first.", "R-1", required=True),
        ref("After", "after", "Requests", "Code of the request that follows.", "R-2", required=True),
        whole(
            "Min lag min",
            "min_lag_minutes",
            "Least minutes from the end of the one to the start of the other. Blank: 0.",
            "0",
            blank=0,
        ),
        whole("Max lag min", "max_lag_minutes", "Most minutes between them. Blank: any.", "480"),
        flag("Same resource", "same_resource", "yes: both on the same resources.", may_be_absent=True),
    ),
    parent="Requests",
    parent_field="after",
    key=("before",),
)
