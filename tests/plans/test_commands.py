"""`markaz plan`, `markaz publish`: as somebody at a terminal meets them."""

import pytest

from scheduler import cli
from scheduler.bookings.models import Booking
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.plans import queries
from scheduler.projects.models import Project
from scheduler.resources.models import Resource
from tests.centre import make_request, make_user
from tests.plans.week import Centre


@pytest.fixture
def centre(sqlite_database, monkeypatch, tmp_path):
    monkeypatch.setenv("MARKAZ_INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("MARKAZ_DATABASE_URL", sqlite_database)
    with transaction():
        made = Centre()
        make_request(made.project, made.chamber, code="R-1", title="Leak test", minutes=120)
        make_request(made.project, made.chamber, code="R-2", title="Shaker run", minutes=700)
    return made


@pytest.fixture
def markaz(capfd):
    """Runs a command; gives its exit code, what it printed, and what it complained of."""

    def run(*words):
        with pytest.raises(SystemExit) as left:
            cli.main(list(words), prog_name="markaz")
        session.rollback()
        printed = capfd.readouterr()
        return left.value.code, printed.out, printed.err

    return run


def booked():
    return session.query(Booking).count()


def test_plan_says_what_is_placed_what_not_and_why_and_publish_books_it(centre, markaz):
    code, out, _ = markaz("plan", "--week", "2026-W49", "--time-limit", "5")
    assert code == 0
    first, heading, reason, hint = out.strip().splitlines()
    assert first.startswith(
        "Plan 1, Mon 30 Nov to Sun 6 Dec: 1 of 2 requests placed, proven the best possible"
    )
    assert heading == "Not placed (1):"
    assert reason == (
        "  R-2  Shaker run — TV-1 is never open for the 11.67 h that it takes in the plan's time."
    )
    assert hint == "Publish it with: markaz publish 1"
    assert booked() == 0

    code, out, _ = markaz("publish")
    assert (code, out) == (0, "Plan 1 is published: 1 bookings made.\n")
    assert booked() == 1

    code, _, err = markaz("publish", "1")
    assert (code, err) == (2, "Plan 1 is already published. Its bookings stand on the week's timeline.\n")
    assert booked() == 1


def test_plan_of_days(centre, markaz):
    code, out, _ = markaz("plan", "--from", "2026-12-02", "--until", "2026-12-03")
    assert code == 0
    assert "Plan 1, Wed 2 Dec to Thu 3 Dec: 1 of 2 requests placed" in out


def test_publish_without_a_draft_says_what_to_do(centre, markaz):
    assert markaz("publish")[0::2] == (2, "There is no draft to publish. Build one: markaz plan\n")
    assert markaz("publish", "7")[0::2] == (2, "There is no plan 7. Build one: markaz plan\n")


def test_a_stale_draft_is_refused_and_stays_marked(centre, markaz):
    markaz("plan", "--week", "2026-W49")
    with transaction():
        make_request(session.get_one(Project, 1), session.get_one(Resource, 1), code="R-3")
    code, _, err = markaz("publish")
    assert code == 2
    assert "have changed since plan 1 was built. Build it again (markaz plan" in err
    assert booked() == 0
    assert queries.find_plan(the_site().id, 1).state == "stale"


def test_the_plan_is_ordered_in_the_name_of_the_user(centre, markaz):
    with transaction():
        make_user("researcher")
        manager_id = make_user("manager").id
    code, _, err = markaz("--as", "researcher@centre.example", "plan", "--week", "2026-W49")
    assert (code, err) == (2, "This needs the role manager. Ask an administrator for it.\n")
    assert markaz("--as", "manager@centre.example", "plan", "--week", "2026-W49")[0] == 0
    assert queries.find_plan(the_site().id, 1).created_by_id == manager_id


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--week", "49"], '"49" is no week. Write it like 2026-W49.'),
        (["--week", "2026-W49", "--from", "2026-11-30"], "Give one of them."),
        (["--from", "2026-11-30"], "--from and --until go together. Give both, or --week."),
        (["--from", "30.11.2026", "--until", "2026-12-06"], "Write it like 2026-11-30."),
        (["--from", "2026-12-06", "--until", "2026-11-30"], "comes before --from 2026-12-06. Exchange them."),
        (["--from", "2026-11-30", "--until", "2027-11-30"], "at most 92 days"),
    ],
)
def test_a_time_that_cannot_be_meant_is_the_users_fault(centre, markaz, words, complaint):
    code, _, err = markaz("plan", *words)
    assert code == 2
    assert complaint in err
    assert "Traceback" not in err
    assert queries.list_plans(the_site().id) == []
