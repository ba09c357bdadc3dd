"""What pages and files read of plans, and what stays hidden."""

import pytest

from scheduler.bookings.service import Proposal, book
from scheduler.calendars.models import Site
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.errors import NotFound
from scheduler.plans import queries, service
from scheduler.plans.problem import translate
from scheduler.projects.models import Project, ProjectMember
from scheduler.requests.models import RequestWindow
from scheduler.resources.models import Resource
from tests.centre import make_project, make_request, make_user, span
from tests.plans.week import WEEK, Centre, build, statements


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        return Centre()


def test_plans_are_listed_with_the_latest_first(centre):
    with transaction():
        make_request(centre.project, centre.chamber)
        for _ in range(3):
            service.order_build(centre.site, WEEK)
    assert [plan.number for plan in queries.list_plans(centre.site.id)] == [3, 2, 1]
    assert queries.list_plans(centre.site.id)[0].runs[0].state == "queued"
    assert queries.find_plan(centre.site.id, 2).number == 2
    assert queries.find_plan(centre.site.id, 4) is None
    with pytest.raises(NotFound):
        queries.get_plan(99)


def test_progress_of_a_run_that_waits(centre):
    with transaction():
        make_request(centre.project, centre.chamber)
        run = service.order_build(centre.site, WEEK)
        shown = queries.progress(run)
    assert (shown["state"], shown["seconds"], shown["gap"], shown["history"]) == ("queued", 0.0, None, [])
    assert (shown["asked"], shown["placed"], shown["is_over"]) == (1, None, False)


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [(90.0, 100.0, 0.1), (100.0, 100.0, 0.0), (5.0, None, None), (None, 5.0, None), (0.0, 0.0, 0.0)],
)
def test_the_gap_is_a_share_of_the_bound(objective, bound, gap):
    assert queries.gap(objective, bound) == gap


def test_placed_and_unplaced_add_up_to_what_was_asked(centre):
    with transaction():
        make_request(centre.project, centre.chamber, code="R-1")
        make_request(centre.project, centre.chamber, code="R-2", minutes=700, value=900)
        make_request(make_project(centre.site, "OPT", quota_minutes=0), centre.chamber, code="R-3")
        book(Proposal(centre.site, "Visit", (centre.chamber,), span(0, 9, 12)))
    plan = build(centre.site)
    assert (plan.placed, plan.asked) == (1, 3)
    assert [(row.code, row.rule, row.kind) for row in queries.unplaced(plan)] == [
        ("R-2", "calendar", "R&D"),
        ("R-3", "quota", "R&D"),
    ]
    assert [(row.code or row.title, row.is_new) for row in queries.placed(plan)] == [
        ("booking:1", False),
        ("R-1", True),
    ]


def test_a_plan_that_is_being_built_tells_of_nothing_unplaced_but_what_was_not_tried(centre):
    with transaction():
        make_request(centre.project, centre.chamber, code="R-1")
        make_request(centre.project, code="R-2")
        plan = service.order_build(centre.site, WEEK).plan
    assert [row.code for row in queries.unplaced(plan)] == ["R-2"]
    assert queries.placed(plan) == []


def test_a_confidential_project_shows_neither_code_nor_title_to_others(centre):
    with transaction():
        secret = make_project(centre.site, "SEC", is_confidential=True)
        member, other = make_user("researcher"), make_user("researcher", "other@centre.example")
        secret.members.append(ProjectMember(user=member))
        make_request(
            secret,
            centre.chamber,
            code="S-1",
            title="Hush",
            minutes=600,
            value=9000,
            latest_at=span(0, 0, 24).end,
        )
        make_request(secret, centre.chamber, code="S-2", title="Hush more", minutes=700)
        make_request(centre.project, centre.chamber, code="R-1", minutes=600, latest_at=span(0, 0, 24).end)
    plan = build(centre.site)
    session.rollback()
    assert [row.code for row in queries.unplaced(plan, member)] == ["S-2", "R-1"]
    (row,) = queries.unplaced(plan, other)
    assert "held by another booking" in row.reason_text
    assert "Hush" not in row.reason_text + row.remedy_text
    assert [(each.code, each.title) for each in queries.placed(plan, other)] == [("", "another booking")]
    assert [(each.code, each.title) for each in queries.placed(plan, member)] == [("S-1", "Hush")]


def test_a_plan_is_translated_and_shown_in_as_many_statements_however_many_requests_there_are(centre):
    with transaction():
        fill(range(1, 4))
    few = statements_of(build(the_site()).id)
    with transaction():
        fill(range(4, 40))
    assert statements_of(build(the_site()).id) == few


def fill(numbers):
    project = session.get_one(Project, 1)
    chamber = session.get_one(Resource, 1)
    for number in numbers:
        asked = make_request(project, chamber, code=f"R-{number}", minutes=60 if number % 2 else 700)
        asked.windows.append(RequestWindow(starts_at=WEEK.start, ends_at=WEEK.end))


def statements_of(plan_id):
    session.rollback()
    session.expunge_all()
    site = session.get_one(Site, 1)
    with statements() as seen:
        translate(site, WEEK)
        plan = queries.get_plan(plan_id)
        assert queries.unplaced(plan) and queries.placed(plan)
    return len(seen)
