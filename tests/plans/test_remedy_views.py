"""What would place what is left out, on the page of a plan: shown, looked for, tried; and who may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler import jobs
from scheduler.accounts.models import Role
from scheduler.audit import Audit
from scheduler.database import session, transaction, utc_now
from scheduler.plans import queries, remedies, remedy_queries
from scheduler.plans.models import Plan
from scheduler.resources.models import Resource
from tests import centre
from tests.pages import app_on, client_of, text_of
from tests.plans import remedy_week
from tests.plans.remedy_week import first_of, looked_for, made

TRY = '<button class="btn btn-secondary mk-small-button" type="submit">Try<'


@pytest.fixture
def app(sqlite_database, tmp_path):
    made_app = app_on(sqlite_database, tmp_path)
    yield made_app
    jobs.close()


class World:
    """A draft of a case, what was found for it, and a manager before the page."""

    def __init__(self, app, case, *, is_looked_for=True):
        self.app = app
        _, self.plan_id = made(case)
        if is_looked_for:
            looked_for(self.plan_id)
        with transaction():
            self.user = centre.make_user("manager")
        self.client = client_of(app, self.user)
        self.address = f"/plans/{self.plan_id}"

    def page(self):
        return text_of(self.client.get(self.address))

    def key(self, kind, code="R-2"):
        return first_of(self.plan_id, code, kind)[0].key

    def attempt(self, key, code="R-2", client=None):
        data = {"request": code, "remedy": key}
        return (client or self.client).post(f"{self.address}/remedies", data=data)


def test_the_page_says_what_would_place_it_what_it_costs_and_where_it_then_stands(app):
    world = World(app, remedy_week.in_the_way)
    page = world.page()
    assert "Each way to place one was tried out" in page
    for words in (
        "Move Activity R-1 4 h later, to Mon 30 Nov 12:00-16:00",
        "value +240 · moves Activity R-1 · then <bdi",
        "Mon 30 Nov 08:00-12:00, TV-1</bdi>",
        "Let it end by Mon 30 Nov 16:00, 4 h later",
        "costs nobody anything · changes the request",
    ):
        assert words in page
    assert page.count(TRY) == 2


def test_what_asks_something_of_the_centre_leads_to_the_page_where_it_is_done(app):
    page = World(app, remedy_week.nobody_on_shift).page()
    assert "One more vacuum operator on Mon 30 Nov 08:00-12:00" in page
    assert '<a href="/people/shifts">Change shifts</a>, then build again.' in page


@pytest.mark.parametrize(
    ("case", "link"),
    [
        (remedy_week.closed, '<a href="/calendars/1/hours">Change the hours of TV-1</a>'),
        (remedy_week.out_of_order, '<a href="/facilities/1">Change outages of TV-1</a>'),
        (remedy_week.without_power, '<a href="/import/">Import it in a workbook</a>'),
    ],
)
def test_each_change_of_the_centre_has_its_page(app, case, link):
    world = World(app, case)
    assert link in world.page()
    address = link.split('"')[1]
    assert world.client.get(address).status_code == 200


def test_while_it_is_looked_for_the_page_says_so_and_follows(app):
    world = World(app, remedy_week.in_the_way, is_looked_for=False)
    assert "0 of 1 looked into." in world.page()
    assert world.client.post(f"{world.address}/remedies/look").location == world.address
    page = world.page()
    assert "Looking for what would place them: 0 of 1 looked into." in page
    assert "js/remedies.js" in page
    assert "A longer window or another facility would help." in page
    world.client.post(f"{world.address}/remedies/look")
    assert [task.args for task in jobs._configured().huey.pending()] == [(remedies.MESSAGE, world.plan_id)]
    part = text_of(world.client.get(f"{world.address}/not-placed"))
    assert "data-looking" in part and "<html" not in part
    looked_for(world.plan_id)
    part = text_of(world.client.get(f"{world.address}/not-placed"))
    assert "data-looking" not in part and "Move Activity R-1" in part


def test_a_search_that_never_comes_back_can_be_asked_for_again(app):
    world = World(app, remedy_week.in_the_way, is_looked_for=False)
    with transaction():
        remedies.announce(queries.get_plan(world.plan_id), utc_now() - timedelta(hours=1))
    page = world.page()
    assert "Look for what would place them" in page
    assert "data-looking" not in page


def test_where_nothing_was_found_the_page_says_so_and_falls_back(app):
    page = World(app, remedy_week.too_long_for_any_day).page()
    assert "Nothing that was tried places it, not even where all that is not booked yet gives way." in page
    assert "Longer opening hours would help." in page


def test_there_is_nothing_to_look_for_where_all_is_looked_into(app):
    world = World(app, remedy_week.in_the_way)
    page = text_of(world.client.post(f"{world.address}/remedies/look", follow_redirects=True))
    assert "There is nothing to look for" in page
    assert jobs.pending(remedies.MESSAGE) == set()


def test_a_remedy_that_is_tried_becomes_a_draft_that_says_what_differs(app):
    world = World(app, remedy_week.in_the_way)
    response = world.attempt(world.key("move"))
    (draft,) = session.scalars(select(Plan).where(Plan.parent_id == world.plan_id)).all()
    assert response.location == f"/plans/{draft.id}"
    page = text_of(world.client.get(response.location))
    assert "What differs from plan 1" in page
    assert "to place <b><bdi>R-2</bdi></b>: Move Activity R-1 4 h later" in page
    for words in ("</span> placed", "</span> moved", "made of plan 1, not built", "Publish…"):
        assert words in page
    assert '<bdi class="mk-was">Mon 30 Nov 08:00-12:00, TV-1</bdi>' in page
    assert "<b><bdi>Mon 30 Nov 12:00-16:00, TV-1</bdi></b>" in page
    entry = session.scalars(select(Audit).where(Audit.entity == "plan", Audit.entity_id == draft.id)).one()
    assert (entry.actor_name, entry.action) == ("Manager", "added")
    assert entry.reason.startswith("a remedy of plan 1 for R-2: Move Activity R-1 4 h later")
    assert world.client.post(f"/plans/{draft.id}/publish").status_code == 302
    assert queries.get_plan(draft.id).state == "published"


def test_what_the_new_draft_leaves_out_is_looked_for_in_its_turn(app):
    world = World(app, remedy_week.waits_for_another)
    world.attempt(world.key("move"))
    (draft,) = session.scalars(select(Plan).where(Plan.parent_id == world.plan_id)).all()
    assert jobs.pending(remedies.MESSAGE) == {draft.id}
    assert "Looking for what would place them: 0 of 1 looked into." in text_of(
        world.client.get(f"/plans/{draft.id}")
    )


def test_trying_twice_makes_one_draft(app):
    world = World(app, remedy_week.ends_too_early)
    first, second = world.attempt(world.key("later_deadline")), world.attempt(world.key("later_deadline"))
    assert first.location == second.location
    assert len(session.scalars(select(Plan)).all()) == 2


def test_what_differs_names_what_is_left_out(app):
    world = World(app, remedy_week.worth_less)
    page = text_of(world.client.get(world.attempt(world.key("drop")).location))
    assert "</span> left out" in page


@pytest.mark.parametrize("what", ["facts", "key", "centre"])
def test_a_refusal_says_what_to_do(app, what):
    case = remedy_week.nobody_on_shift if what == "centre" else remedy_week.in_the_way
    world = World(app, case)
    key = {"facts": "move", "key": "move", "centre": "another_person"}[what]
    key = world.key(key) if what != "key" else "0" * 16
    if what == "facts":
        with transaction():
            session.scalars(select(Resource)).one().setup_minutes = 45
    response = world.attempt(key)
    assert (response.status_code, response.location) == (302, world.address)
    page = world.page()
    words = {"facts": "Build again, and try", "key": "choose anew", "centre": "Make that change where"}[what]
    assert words in page
    assert queries.get_plan(world.plan_id).state == ("stale" if what == "facts" else "draft")
    assert (TRY in page) == (what != "facts")
    assert len(session.scalars(select(Plan)).all()) == 1


def test_a_plan_that_is_published_shows_no_remedy(app):
    world = World(app, remedy_week.in_the_way)
    world.client.post(f"{world.address}/publish")
    page = world.page()
    assert "Move Activity R-1" not in page
    assert "would help." in page


@pytest.mark.parametrize("role", ["viewer", "researcher"])
def test_remedies_are_for_managers(app, role):
    world = World(app, remedy_week.in_the_way)
    with transaction():
        user = centre.make_user(role)
    client = client_of(app, user)
    assert client.get(f"{world.address}/not-placed").status_code == 403
    assert world.attempt(world.key("move"), client=client).status_code == 403
    assert client.post(f"{world.address}/remedies/look").status_code == 403
    assert len(session.scalars(select(Plan)).all()) == 1


def steward_of(app):
    """A manager of one chamber only, who may see plans and belongs to no project."""
    with transaction():
        user = centre.make_user("viewer", "steward@centre.example")
        user.roles = [Role(role="manager", scope_kind="resource", scope_id=1)]
    return client_of(app, user)


def test_a_manager_of_one_chamber_sees_what_would_help_and_tries_nothing(app):
    world = World(app, remedy_week.in_the_way)
    client = steward_of(app)
    page = text_of(client.get(world.address))
    assert "Move Activity R-1" in page
    assert TRY not in page
    assert world.attempt(world.key("move"), client=client).status_code == 403
    assert client.post(f"{world.address}/remedies/look").status_code == 403


def test_confidential_names_stay_hidden(app):
    world = World(app, remedy_week.in_the_way_of_a_known_one)
    location = world.attempt(world.key("move")).location
    client = steward_of(app)
    assert "Hush" in world.page() and "Hush" in text_of(world.client.get(location))
    page = text_of(client.get(world.address))
    assert "Move another booking 4 h later" in page
    assert "moves another booking" in page
    made_page = text_of(client.get(location))
    assert "Move another booking 4 h later" in made_page
    for shown in (page, made_page, text_of(client.get(f"{world.address}/not-placed"))):
        assert "Hush" not in shown and "SEC" not in shown and "S-1" not in shown


def test_remedies_of_a_confidential_request_are_shown_to_nobody_else(app):
    world = World(app, remedy_week.in_the_way_of_a_hidden_one)
    client = steward_of(app)
    assert "Hush" in world.page()
    page = text_of(client.get(world.address))
    assert "Hush" not in page and "Move Activity" not in page
    search = search_of(world, world.user)
    assert search.asked == len(search.rows) == 1
    location = world.attempt(world.key("move")).location
    assert "Hush" not in text_of(client.get(location))


def test_the_mark_of_a_search_changes_with_what_is_shown(app):
    world = World(app, remedy_week.in_the_way, is_looked_for=False)
    before = search_of(world, world.user).mark
    with transaction():
        remedies.announce(queries.get_plan(world.plan_id), utc_now())
    looking = search_of(world, world.user).mark
    looked_for(world.plan_id)
    assert len({before, looking, search_of(world, world.user).mark}) == 3


def test_the_page_of_a_plan_that_is_not_there_is_not_found(app):
    world = World(app, remedy_week.in_the_way)
    world.address = "/plans/99"
    assert world.client.get("/plans/99/not-placed").status_code == 404
    assert world.attempt("0" * 16).status_code == 404
    assert world.client.post("/plans/99/remedies/look").status_code == 404
    world.address = f"/plans/{world.plan_id}"
    assert world.attempt("0" * 16, code="R-9").status_code == 404


def search_of(world, user):
    session.rollback()
    plan, user = queries.get_plan(world.plan_id), session.merge(user)
    return remedy_queries.search_of(plan, user, utc_now(), is_open=True)
