"""Pages of a repair: what needs it and why, find it, publish it once; who may, and who reads what."""

import pytest
from sqlalchemy import select

from scheduler.bookings.models import Booking
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.plans import queries, repair_views, repairing
from scheduler.plans.models import Plan
from scheduler.projects.models import Project
from tests import centre
from tests.centre import at, span
from tests.pages import app_on, client_of, text_of
from tests.plans.repair_world import BEFORE, WEEK_NAME, World, facts, needing_repair
from tests.plans.week import WEEK

PAGE = f"/plans/repair?week={WEEK_NAME}"


@pytest.fixture
def app(sqlite_database, tmp_path):
    return app_on(sqlite_database, tmp_path)


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(repair_views, "utc_now", lambda: BEFORE)
    monkeypatch.setattr(repair_views, "SECONDS", 2.0)
    return World(monkeypatch)


@pytest.fixture
def broken(world):
    """The chamber that holds most is out for its first two bookings."""
    code, held = world.busiest()
    world.out(code, Interval(held[0].starts_at, held[1].ends_at))
    return world


@pytest.fixture
def client(app, world):
    return client_of(app, world.manager)


def find(client):
    return client.post("/plans/repair", data={"week": WEEK_NAME})


def plan_id():
    session.rollback()
    return session.scalars(select(Plan.id).order_by(Plan.id.desc())).first()


def test_the_page_says_what_needs_repair_and_why(client, broken):
    page = text_of(client.get(PAGE))
    assert "Repair of week 49" in page
    assert "is out until Mon 30 Nov 16:00 (pump)." in page
    assert page.count("Activity R-") == 2
    assert "Find the repair" in page
    assert "Looks for at most 2 s." in page


def test_a_week_in_order_says_so_and_offers_nothing(client, world):
    page = text_of(client.get(PAGE))
    assert "Nothing needs repair in week 49." in page
    assert "Find the repair" not in page


def test_without_a_week_the_next_that_needs_repair_is_shown(client, broken):
    assert "Repair of week 49" in text_of(client.get("/plans/repair"))


def test_a_repair_is_found_read_and_published(client, broken):
    before = facts(broken.bookings())
    response = find(client)
    assert (response.status_code, response.location) == (302, PAGE)
    page = text_of(client.get(PAGE))
    assert "<b>2 bookings move.</b> No run is lost. No repair takes less." in page
    assert "Publish the repair" in page
    assert "Researcher" in page
    assert facts(broken.bookings()) == before

    response = client.post(f"/plans/repairs/{plan_id()}")
    assert (response.status_code, response.location) == (302, f"/week/?week={WEEK_NAME}")
    assert needing_repair() == []
    assert facts(broken.bookings()) != before
    week = text_of(client.get(response.location))
    assert "Week 49 is repaired: 2 bookings changed, " in week
    assert "data-needs-repair" not in week


def test_a_published_repair_stays_in_the_record(client, broken):
    find(client)
    path = f"/plans/repairs/{plan_id()}"
    client.post(path)
    page = text_of(client.get(path))
    assert "What was done" in page
    assert "2 bookings move." in page
    assert "Publish the repair" not in page
    again = client.post(path)
    assert again.status_code == 400
    assert "already published" in text_of(again)


def test_a_repair_that_no_longer_fits_is_refused_with_what_to_do(client, broken):
    find(client)
    before = facts(broken.bookings())
    with transaction():
        broken.resource("TV-2").setup_minutes = 45
        broken.resource("TV-1").setup_minutes = 45
        session.get_one(Booking, 8).title = "Another name"
    broken.away("P-3", WEEK)
    page = text_of(client.get(PAGE))
    assert "It no longer fits." in page
    assert "Find it again" in page
    assert "Publish the repair" not in page
    response = client.post(f"/plans/repairs/{plan_id()}")
    assert response.status_code == 409
    assert "Find the repair again" in text_of(response)
    session.rollback()
    assert queries.get_plan(plan_id()).state == "stale"
    assert [each[1:] for each in facts(broken.bookings()).values()] == [each[1:] for each in before.values()]


def test_what_this_page_cannot_move_says_why(client, broken):
    with transaction():
        for booking in session.scalars(select(Booking).where(Booking.state == "needs repair")):
            booking.actual_start_at = booking.starts_at
    page = text_of(client.get(PAGE))
    assert page.count("It has begun: end it, or change it by hand.") == 2
    assert "Find the repair" not in page
    response = find(client)
    assert response.status_code == 400
    assert "No booking that could be moved needs repair in week 49." in text_of(response)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (0, "It begins before Mon 30 Nov 09:00: change it by hand."),
        (6.98, "The week is as good as over: change it by hand."),
        (4, "It runs beyond this week: change it by hand."),
    ],
    ids=["it begins within the hour", "the last hour", "it ends next week"],
)
def test_each_that_stays_says_why(client, world, monkeypatch, day, words):
    run = span(0, 8.5, 12) if day == 0 else Interval(at(6, 20), at(7, 20))
    with transaction():
        world.resource("TV-1").calendar = None
        for booking in session.scalars(select(Booking)):
            session.delete(booking)
        session.flush()
        session.get_one(Booking, world.book("By hand", run, "TV-1")).state = "needs repair"
    monkeypatch.setattr(repair_views, "utc_now", lambda: at(0, 8.1 + 24 * day if day < 6 else 24 * day))
    page = text_of(client.get(PAGE))
    assert words in page
    assert "Find the repair" not in page


def test_a_week_that_is_over_or_none_is_refused(client, world, monkeypatch):
    monkeypatch.setattr(repair_views, "utc_now", lambda: WEEK.end)
    response = find(client)
    assert response.status_code == 400
    assert "Week 49 is over." in text_of(response)
    assert client.get("/plans/repair?week=49").status_code == 400
    assert session.scalars(select(Plan).where(Plan.state == "draft")).all() == []


def test_an_ordinary_plan_has_no_page_of_repair_and_a_repair_no_other(client, broken):
    ordinary = plan_id()
    assert client.get(f"/plans/repairs/{ordinary}").status_code == 404
    assert client.post(f"/plans/repairs/{ordinary}").status_code == 404
    find(client)
    repair = plan_id()
    assert client.get(f"/plans/{repair}").location == f"/plans/repairs/{repair}"
    assert client.get(f"/plans/{repair}/publish").location == f"/plans/{repair}"
    before = facts(broken.bookings())
    page = text_of(client.post(f"/plans/{repair}/publish", follow_redirects=True))
    assert "is a repair. Publish it on its own page" in page
    assert facts(broken.bookings()) == before
    assert "repair of week 49" in text_of(client.get("/plans/"))


@pytest.mark.parametrize("role", ["viewer", "researcher"])
def test_repairs_are_for_managers(app, broken, client, role):
    find(client)
    found, before = plan_id(), facts(broken.bookings())
    user = broken.asker
    if role == "viewer":
        with transaction():
            user = centre.make_user(role)
    other = client_of(app, user)
    for method, path in (
        ("get", PAGE), ("post", "/plans/repair"), ("get", f"/plans/repairs/{found}"),
        ("post", f"/plans/repairs/{found}"),
    ):  # fmt: skip
        assert other.open(path, method=method).status_code == 403
    assert "data-needs-repair" not in text_of(other.get(f"/week/?week={WEEK_NAME}&by=resource"))
    assert (facts(broken.bookings()), plan_id()) == (before, found)


def test_a_manager_elsewhere_reads_busy_for_what_is_confidential_and_changes_nothing(app, broken, client):
    with transaction():
        session.get_one(Project, broken.project_id).is_confidential = True
        elsewhere = centre.make_user("manager", "elsewhere@centre.example")
        elsewhere.roles[0].scope_kind, elsewhere.roles[0].scope_id = "resource", broken.ids["TV-1"]
    find(client)
    found, before = plan_id(), facts(broken.bookings())
    assert "Activity R-" in text_of(client.get(PAGE))
    other = client_of(app, elsewhere)
    for path in (PAGE, f"/plans/repairs/{found}"):
        page = text_of(other.get(path))
        assert "Activity R-" not in page
        assert "Mirza" not in page
        assert "Researcher" not in page
        assert page.count("Busy") >= 2
        assert "Publish the repair" not in page
    assert other.post("/plans/repair", data={"week": WEEK_NAME}).status_code == 403
    assert other.post(f"/plans/repairs/{found}").status_code == 403
    assert (facts(broken.bookings()), plan_id()) == (before, found)


def test_the_ways_to_the_repair(client, broken):
    link = f'href="{PAGE}"'
    week = text_of(client.get(f"/week/?week={WEEK_NAME}"))
    assert "2 bookings need repair in this week." in week
    assert link in week
    hit = session.scalars(select(Booking).where(Booking.state == "needs repair")).first()
    chamber, person = hit.resources[0].id, hit.duties[0].person_id
    assert link in text_of(client.get(f"/facilities/{chamber}"))
    assert link in text_of(client.get(f"/people/{person}"))
    assert "need repair in this week" not in text_of(client.get("/week/?week=2026-W50"))


def test_the_rule_book_has_the_last_word(client, broken, monkeypatch):
    """What the engine does not know, and the rule book refuses, is told with what to do."""
    find(client)
    found, before = plan_id(), facts(broken.bookings())

    def refuse(order):
        raise repair_views.UserError("Activity R-0 cannot be booked. TV-1 says no.")

    monkeypatch.setattr(repairing, "carry_out", refuse)
    response = client.post(f"/plans/repairs/{found}")
    page = text_of(response)
    assert response.status_code == 400
    assert (
        "TV-1 says no. Nothing was published: change that booking by hand, then find the repair again."
        in page
    )
    assert facts(broken.bookings()) == before


def test_finding_again_puts_the_newer_one_in_its_place(client, broken):
    find(client)
    first = plan_id()
    broken.away("P-3", span(4, 8, 18))
    find(client)
    assert plan_id() != first
    assert f"/plans/repairs/{plan_id()}" in text_of(client.get(PAGE))
