"""Looking for what would place what a draft leaves out: what is kept, what is left alone, when it stops."""

from copy import deepcopy
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.audit import Audit
from scheduler.database import session, transaction, utc_now
from scheduler.plans import queries, remedies, service
from scheduler.plans.stored import Stored
from solver import apply_remedy, verify
from tests.plans import remedy_week
from tests.plans.remedy_week import found, looked_for, made, never

CASES = {
    remedy_week.in_the_way: ("R-2", "move", "plan"),
    remedy_week.worth_less: ("R-2", "drop", "plan"),
    remedy_week.fixed_and_forced: ("R-2", "place_first", "plan"),
    remedy_week.ends_too_early: ("R-2", "later_deadline", "request"),
    remedy_week.begins_too_late: ("R-2", "earlier_release", "request"),
    remedy_week.with_a_narrow_window: ("R-2", "wider_window", "request"),
    remedy_week.where_another_chamber_is_free: ("R-2", "other_resource", "request"),
    remedy_week.an_hour_too_long: ("R-2", "shorter_run", "request"),
    remedy_week.in_two_pieces: ("R-2", "split", "request"),
    remedy_week.not_worth_it: ("R-2", "more_value", "request"),
    remedy_week.waits_for_another: ("R-3", "place_first", "request"),
    remedy_week.nobody_on_shift: ("R-2", "another_person", "centre"),
    remedy_week.closed: ("R-2", "longer_opening", "centre"),
    remedy_week.out_of_order: ("R-2", "shorter_outage", "centre"),
    remedy_week.without_power: ("R-2", "more_of_utility", "centre"),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_a_remedy_of_each_kind_is_found_and_leads_to_a_sound_plan(sqlite_database, case):
    code, kind, changes = CASES[case]
    _, plan_id = made(case)
    kept = next(each for each in looked_for(plan_id)[code].remedies if each.remedy.kind == kind)
    assert kept.changes == changes
    stored = Stored(queries.get_plan(plan_id))
    after = kept.assignments(stored.assignments)
    assert code in {part.activity for part in after}
    assert verify(apply_remedy(stored.problem, kept.remedy), after).violations == ()


def test_only_what_differs_is_kept(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way_among_many)
    plan = queries.get_plan(plan_id)
    assert len(Stored(plan).assignments) == 5
    kept = next(each for each in looked_for(plan_id)["R-2"].remedies if each.remedy.kind == "move")
    assert {part.activity for part in kept.changed} == {"R-1", "R-2"}
    assert (kept.gone, kept.remedy.assignments) == ((), ())


def test_at_most_five_are_kept_and_the_same_ones_bear_the_same_key(sqlite_database):
    _, plan_id = made(remedy_week.in_two_pieces)
    first = looked_for(plan_id)["R-2"].remedies
    assert 1 < len(first) <= remedies.MOST
    forget(plan_id)
    assert [each.key for each in looked_for(plan_id)["R-2"].remedies] == [each.key for each in first]
    assert len({each.key for each in first}) == len(first)


def test_a_search_is_announced_and_over(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    now = utc_now()
    assert not remedies.is_looking(queries.get_plan(plan_id), now)
    with transaction():
        assert remedies.announce(queries.get_plan(plan_id), now)
    assert remedies.is_looking(queries.get_plan(plan_id), now)
    assert not remedies.is_looking(queries.get_plan(plan_id), now + timedelta(minutes=2))
    assert remedies.look_for(plan_id, stop=never)
    session.rollback()
    assert not remedies.is_looking(queries.get_plan(plan_id), now)


def test_a_plan_that_places_all_has_nothing_to_look_for(sqlite_database):
    _, plan_id = made(remedy_week.with_a_place_for_all)
    with transaction():
        assert not remedies.announce(queries.get_plan(plan_id), utc_now())
    assert remedies.look_for(plan_id, stop=never)
    assert found(plan_id) == {}


def test_a_search_that_is_stopped_keeps_what_it_found_and_goes_on_later(sqlite_database, monkeypatch):
    _, plan_id = made(remedy_week.waits_for_another)
    monkeypatch.setattr(remedies, "KEEP_SECONDS", 0.0)
    assert not remedies.look_for(plan_id, stop=lambda: bool(found(plan_id)))
    assert set(found(plan_id)) == {"R-2"}
    assert remedies.look_for(plan_id, stop=never)
    assert set(found(plan_id)) == {"R-2", "R-3"}
    assert all(each.is_settled for each in found(plan_id).values())


def test_what_was_looked_into_is_not_looked_into_again(sqlite_database, monkeypatch):
    _, plan_id = made(remedy_week.in_the_way)
    looked_for(plan_id)
    monkeypatch.setattr(remedies, "explain", lambda *_args, **_values: pytest.fail("looked again"))
    assert remedies.look_for(plan_id, stop=never)


def test_where_the_time_was_up_first_it_says_so_and_may_be_asked_again(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    assert remedies.look_for(plan_id, stop=never, budget=1e-9)
    found_in_no_time = found(plan_id)["R-2"]
    assert (found_in_no_time.remedies, found_in_no_time.is_settled) == ((), False)
    assert looked_for(plan_id)["R-2"].remedies


@pytest.mark.parametrize("state", ["published", "stale", "superseded"])
def test_a_plan_that_is_no_draft_any_more_stays_as_it_is(sqlite_database, monkeypatch, state):
    _, plan_id = made(remedy_week.in_the_way)
    explain = remedies.explain

    def meanwhile(*args, **values):
        with transaction():
            queries.get_plan(plan_id).state = state
        return explain(*args, **values)

    monkeypatch.setattr(remedies, "explain", meanwhile)
    assert remedies.look_for(plan_id, stop=never)
    assert found(plan_id) == {}
    assert queries.get_plan(plan_id).state == state


def test_a_draft_with_another_answer_stays_as_it_is(sqlite_database, monkeypatch):
    _, plan_id = made(remedy_week.in_the_way)
    explain = remedies.explain

    def meanwhile(*args, **values):
        with transaction():
            plan = queries.get_plan(plan_id)
            plan.solution = plan.solution | {"answer": plan.solution["answer"] | {"seed": 7}}
        return explain(*args, **values)

    monkeypatch.setattr(remedies, "explain", meanwhile)
    assert remedies.look_for(plan_id, stop=never)
    assert found(plan_id) == {}


def test_what_is_found_is_kept_while_the_search_goes_on(sqlite_database, monkeypatch):
    _, plan_id = made(remedy_week.waits_for_another)
    monkeypatch.setattr(remedies, "KEEP_SECONDS", 0.0)
    seen = []
    keep = remedies._keep

    def look(*args, **values):
        kept = keep(*args, **values)
        seen.append(len(found(plan_id)))
        return kept

    monkeypatch.setattr(remedies, "_keep", look)
    assert remedies.look_for(plan_id, stop=never)
    assert seen == [1, 2, 2]


def test_no_transaction_is_open_while_the_solver_thinks(sqlite_database, monkeypatch):
    _, plan_id = made(remedy_week.in_the_way)
    explain, seen = remedies.explain, []

    def look(*args, **values):
        seen.append(session().in_transaction())
        return explain(*args, **values)

    monkeypatch.setattr(remedies, "explain", look)
    remedies.look_for(plan_id, stop=never)
    assert seen == [False]


def test_what_is_worked_out_is_no_change_of_the_plan_by_anybody(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    before = queries.get_plan(plan_id)
    facts = (before.version, before.updated_at)
    count = len(session.scalars(select(Audit)).all())
    looked_for(plan_id)
    plan = queries.get_plan(plan_id)
    assert (plan.version, plan.updated_at) == facts
    assert len(session.scalars(select(Audit)).all()) == count
    assert not service.is_stale(plan)


def test_remedies_of_another_version_are_passed_over(sqlite_database):
    _, plan_id = made(remedy_week.in_the_way)
    looked_for(plan_id)
    with transaction():
        plan = queries.get_plan(plan_id)
        solution = deepcopy(plan.solution)
        solution["remedies"]["found"]["R-2"]["remedies"][0]["remedy"]["kind"] = "wishful thinking"
        plan.solution = solution
    assert found(plan_id)["R-2"].remedies == ()


def test_on_postgres_too(postgres_database):
    _, plan_id = made(remedy_week.in_the_way)
    assert {each.remedy.kind for each in looked_for(plan_id)["R-2"].remedies} >= {"move"}


def forget(plan_id):
    with transaction():
        plan = queries.get_plan(plan_id)
        plan.solution = {name: kept for name, kept in plan.solution.items() if name != "remedies"}
