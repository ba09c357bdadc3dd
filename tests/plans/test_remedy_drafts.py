"""A remedy becomes a draft: placed and verified, publishable, once; or refused, and nothing is changed."""

import pytest
from sqlalchemy import select

from scheduler.accounts.models import Role
from scheduler.audit import Audit
from scheduler.bookings.models import Booking
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.errors import Forbidden, NotFound, Stale, UserError
from scheduler.intervals import Interval
from scheduler.plans import queries, remedy_drafts, service
from scheduler.plans.models import Plan
from scheduler.plans.problem import translate
from scheduler.plans.stored import Stored
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource
from solver import Assignment, verify
from tests.centre import at, make_project, make_request, make_user
from tests.plans import remedy_week
from tests.plans.remedy_week import first_of, looked_for, made, tried

OF_PLAN = {
    remedy_week.in_the_way: "move",
    remedy_week.worth_less: "drop",
    remedy_week.fixed_and_forced: "place_first",
}
OF_REQUEST = {
    remedy_week.ends_too_early: ("later_deadline", {"latest_at": at(0, 16)}),
    remedy_week.begins_too_late: ("earlier_release", {"earliest_at": at(0, 14)}),
    remedy_week.an_hour_too_long: ("shorter_run", {"least_minutes": 180, "wish_minutes": 240}),
    remedy_week.in_two_pieces: ("split", {"most_parts": 2, "least_part_minutes": 60}),
    remedy_week.not_worth_it: ("more_value", {"value": 26}),
    remedy_week.with_a_narrow_window: ("wider_window", {}),
    remedy_week.with_a_narrow_window_of_a_way: ("wider_window", {}),
    remedy_week.where_another_chamber_is_free: ("other_resource", {}),
}
OF_CENTRE = {
    remedy_week.nobody_on_shift: "another_person",
    remedy_week.closed: "longer_opening",
    remedy_week.out_of_order: "shorter_outage",
    remedy_week.without_power: "more_of_utility",
}


def asked(code="R-2"):
    return session.scalars(select(ActivityRequest).where(ActivityRequest.code == code)).one()


def try_first(case, kind, code="R-2", user=None):
    _, plan_id = made(case)
    looked_for(plan_id)
    kept, _ = first_of(plan_id, code, kind)
    return plan_id, kept, queries.get_plan(tried(plan_id, code, kept.key, user))


def is_sound(plan, code="R-2"):
    """The request is placed, and the verifier finds nothing in the problem as it is now."""
    present = translate(plan.site, Interval(plan.starts_at, plan.ends_at))
    parts = Stored(plan).assignments
    assert present.fingerprint == plan.fingerprint
    assert code in {part.activity for part in parts}
    assert verify(present.problem, parts).violations == ()
    assert verify(Stored(plan).problem, parts).objective == plan.objective
    return True


@pytest.mark.parametrize("case", OF_PLAN, ids=lambda case: case.__name__)
def test_what_changes_only_the_plan_becomes_a_draft_of_the_same_problem(sqlite_database, case):
    plan_id, kept, draft = try_first(case, OF_PLAN[case])
    parent = queries.get_plan(plan_id)
    assert (draft.parent_id, draft.number, draft.state) == (plan_id, parent.number + 1, "draft")
    assert (draft.problem, draft.fingerprint, draft.bound) == (
        parent.problem,
        parent.fingerprint,
        parent.bound,
    )
    assert is_sound(draft)
    assert draft.placed == len({part.activity for part in Stored(draft).assignments})
    assert draft.objective == pytest.approx(parent.objective + kept.remedy.gain)
    assert [each.activity for each in Stored(draft).solution.unplaced] == Stored(draft).without_place
    assert parent.state == "draft" and not service.is_stale(parent)


@pytest.mark.parametrize("case", OF_REQUEST, ids=lambda case: case.__name__)
def test_what_asks_something_of_a_request_changes_it_and_becomes_a_draft(sqlite_database, case):
    kind, says = OF_REQUEST[case]
    plan_id, _, draft = try_first(case, kind)
    row = asked()
    assert {name: getattr(row, name) for name in says} == says
    assert (row.state, row.revision) == ("approved", 2)
    assert is_sound(draft)
    assert draft.bound is None
    assert service.is_stale(queries.get_plan(plan_id))
    with transaction():
        service.publish(queries.get_plan(draft.id))
    assert session.scalars(select(Booking.id).where(Booking.request_id == row.id)).all()


def test_a_window_grows_where_it_has_to_and_stays_with_its_way(sqlite_database):
    try_first(remedy_week.with_a_narrow_window_of_a_way, "wider_window")
    (window,) = asked().windows
    assert (window.starts_at, window.ends_at, window.binds) == (at(0, 8), at(0, 16), "run")
    assert window.alternative_id == asked().alternatives[0].id


def test_another_chamber_is_one_more_way_to_do_it(sqlite_database):
    _, _, draft = try_first(remedy_week.where_another_chamber_is_free, "other_resource")
    assert [[use.resource.code for use in way.uses] for way in asked().alternatives] == [["TV-1"], ["TV-2"]]
    (part,) = [part for part in Stored(draft).assignments if part.activity == "R-2"]
    assert part.mode == "2"


def test_what_places_those_before_it_first_changes_them(sqlite_database):
    _, kept, draft = try_first(remedy_week.waits_for_another, "later_deadline", code="R-3")
    assert kept.remedy.kind == "place_first"
    assert asked("R-2").latest_at == at(0, 16)
    assert is_sound(draft, "R-2") and is_sound(draft, "R-3")


def test_the_history_of_the_request_says_by_whom_and_why(sqlite_database):
    _, plan_id = made(remedy_week.ends_too_early)
    looked_for(plan_id)
    kept, _ = first_of(plan_id, "R-2", "later_deadline")
    with transaction():
        user = make_user("manager")
    tried(plan_id, "R-2", kept.key, user)
    entry = session.scalars(
        select(Audit).where(Audit.entity == "activity_request", Audit.entity_id == asked().id)
        .order_by(Audit.id.desc())
    ).first()  # fmt: skip
    assert (entry.actor_name, entry.reason, entry.action) == ("Manager", "tried", "changed")
    assert entry.after["latest_at"].startswith("2026-11-30T16:00")


@pytest.mark.parametrize("case", OF_CENTRE, ids=lambda case: case.__name__)
def test_what_asks_something_of_the_centre_is_refused_with_what_to_do(sqlite_database, case):
    with pytest.raises(UserError, match=r"Make that change where the page says, then build again"):
        try_first(case, OF_CENTRE[case])
    assert len(session.scalars(select(Plan)).all()) == 1


def test_the_same_remedy_tried_twice_leads_to_one_draft(sqlite_database):
    plan_id, kept, draft = try_first(remedy_week.ends_too_early, "later_deadline")
    assert tried(plan_id, "R-2", kept.key) == draft.id
    assert len(session.scalars(select(Plan)).all()) == 2
    assert asked().revision == 2


def test_a_draft_of_a_remedy_can_be_published_and_then_its_parent_no_longer_fits(sqlite_database):
    plan_id, _, draft = try_first(remedy_week.in_the_way, "move")
    with transaction():
        done = service.publish(queries.get_plan(draft.id))
        assert {each.title for each in done.bookings} == {"Activity R-1", "Activity R-2"}
    assert service.is_stale(queries.get_plan(plan_id))


def test_a_plan_whose_facts_have_changed_is_refused(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    looked_for(plan_id)
    kept, _ = first_of(plan_id, "R-2", "move")
    with transaction():
        session.scalars(select(Resource)).one().setup_minutes = 45
    with pytest.raises(Stale, match="Build again"):
        tried(plan_id, "R-2", kept.key)


@pytest.mark.parametrize(
    ("state", "words"),
    [("stale", "Build again"), ("published", "Build the week again"), ("superseded", "Build the week again")],
)
def test_a_plan_that_is_no_draft_is_refused(sqlite_database, state, words):
    _, plan_id = made(remedy_week.in_the_way)
    looked_for(plan_id)
    kept, _ = first_of(plan_id, "R-2", "move")
    with transaction():
        queries.get_plan(plan_id).state = state
    with pytest.raises(UserError, match=words):
        tried(plan_id, "R-2", kept.key)


def test_a_remedy_that_is_not_there_any_more_is_refused(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    looked_for(plan_id)
    with pytest.raises(UserError, match="choose anew"):
        tried(plan_id, "R-2", "0" * 16)


def test_a_remedy_that_does_not_hold_is_refused_and_the_request_stays_as_it_was(sqlite_database, monkeypatch):
    _, plan_id = made(remedy_week.ends_too_early)
    looked_for(plan_id)
    kept, _ = first_of(plan_id, "R-2", "later_deadline")
    # As if the request could not be changed as far as the remedy needs it.
    change = remedy_drafts.change_request

    def half_way(row, *args):
        names = change(row, *args)
        row.latest_at = at(0, 13)
        session.flush()
        return names

    monkeypatch.setattr(remedy_drafts, "change_request", half_way)
    with pytest.raises(UserError, match="nothing was changed"):
        tried(plan_id, "R-2", kept.key)
    assert (asked().latest_at, asked().revision) == (at(0, 12), 1)
    assert len(session.scalars(select(Plan)).all()) == 1
    assert not service.is_stale(queries.get_plan(plan_id))


def test_times_are_kept_where_the_steps_of_the_plan_become_longer():
    before, after = Assignment("R-2", 1, "1", 48, 24), Assignment("R-2", 1, "1", 32, 16)
    assert remedy_drafts._in_ticks([before], 600, 900, "R-2") == (after,)
    with pytest.raises(UserError, match="nothing was changed"):
        remedy_drafts._in_ticks([Assignment("R-2", 1, "1", 49, 24)], 600, 900, "R-2")


def test_only_managers_of_the_site_try(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    looked_for(plan_id)
    kept, _ = first_of(plan_id, "R-2", "move")
    with transaction():
        steward = make_user("viewer")
        steward.roles = [Role(role="manager", scope_kind="resource", scope_id=1)]
    with pytest.raises(Forbidden):
        tried(plan_id, "R-2", kept.key, steward)


def test_a_request_that_one_may_not_see_is_not_found(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    with transaction():
        site = the_site()
        make_request(make_project(site, "SEC", is_confidential=True), code="S-1")
        user = make_user("manager")
    with pytest.raises(NotFound):
        tried(plan_id, "S-1", "0" * 16, user)
    with pytest.raises(NotFound):
        tried(plan_id, "R-9", "0" * 16, user)


def test_on_postgres_too(postgres_database):
    _, _, draft = try_first(remedy_week.ends_too_early, "later_deadline")
    assert is_sound(draft)
