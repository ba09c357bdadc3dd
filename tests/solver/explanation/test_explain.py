"""What would help is found, verified, and costs others no more than it says."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings

from solver import Options, solve, verify
from solver.explanation.explain import explain, price, why, why_not_earlier
from solver.explanation.remedies import apply
from solver.problem import Draw, Mode, Need, PrecedenceLag, Resource, Window
from solver.solution import Assignment, Blocker
from solver.weights import Weights
from tests.solver.plans import activity, put, week
from tests.solver.rules import OPERATOR, POWER, X, _lab, pinned, staff
from tests.solver.strategies import problems

BUSY = pinned("b", 0, 20)


def explained(problem, *assignments, name="x"):
    (found,) = explain(problem, assignments, [name], budget=20)
    return found


def remedies_of(problem, *assignments, name="x"):
    return explained(problem, *assignments, name=name).remedies


def kinds_of(problem, *assignments, name="x"):
    return {remedy.kind for remedy in remedies_of(problem, *assignments, name=name)}


def remedy_of(kind, problem, *assignments, name="x"):
    found = [remedy for remedy in remedies_of(problem, *assignments, name=name) if remedy.kind == kind]
    assert found, f"no {kind}"
    return found[0]


def test_the_least_later_deadline_is_found():
    problem = week(replace(X, deadline=8), pinned("b", 0, 6))
    remedy = remedy_of("later_deadline", problem, put("b", 0, 6))
    assert (remedy.subject, remedy.ticks) == ("x", 2)
    assert put("x", 6) in remedy.assignments


def test_the_least_earlier_release_is_found():
    problem = week(replace(X, release=12), pinned("b", 14, 6))
    remedy = remedy_of("earlier_release", problem, put("b", 14, 6))
    assert (remedy.subject, remedy.ticks) == ("x", 2)


@pytest.mark.parametrize("binds", ["whole", "run"])
def test_a_window_is_widened_no_more_than_it_takes(binds):
    problem = week(replace(X, setup=1, windows=(Window(4, 7, binds),)))
    remedy = remedy_of("wider_window", problem)
    assert remedy.ticks == (2 if binds == "whole" else 1)


def test_a_resource_that_stands_in_for_its_own_is_proposed():
    spare = Resource("spare")
    either = activity("either", modes=(Mode("m", ("lab",)), Mode("spare", ("spare",))))
    problem = week(X, BUSY, either, resources=(*_lab(), spare))
    remedy = remedy_of("other_resource", problem, put("b", 0, 20), put("either", 0, mode="spare"))
    assert remedy.new_mode.resources == ("spare",)


def test_a_resource_of_another_sort_is_not_proposed():
    problem = week(X, BUSY, resources=(*_lab(), Resource("spare")))
    assert "other_resource" not in kinds_of(problem, put("b", 0, 20))


def test_a_shorter_run_is_no_shorter_than_it_has_to_be():
    problem = week(X, pinned("b", 3, 17))
    remedy = remedy_of("shorter_run", problem, put("b", 3, 17))
    assert remedy.ticks == 1
    assert put("x", 0, 3) in remedy.assignments


def test_a_run_of_less_than_half_is_not_proposed():
    assert "shorter_run" not in kinds_of(week(X, pinned("b", 1, 19)), put("b", 1, 19))


def test_two_parts_are_proposed_where_there_are_two_gaps():
    problem = week(X, pinned("b", 2, 16))
    remedy = remedy_of("split", problem, put("b", 2, 16))
    assert [(p.start, p.duration) for p in remedy.assignments if p.activity == "x"] == [(0, 2), (18, 2)]


def test_one_more_person_is_asked_for_only_while_on_duty():
    problem = week(replace(X, needs=(Need("operator", 2),)), people=(staff("ann", "operator"),))
    remedy = remedy_of("another_person", problem)
    assert remedy.subject == "operator"
    assert remedy.windows == (Window(0, 4),)
    (part,) = remedy.assignments
    assert set(part.people[0]) == {"ann", remedy.person}


def test_two_more_people_are_no_one_more_person():
    assert "another_person" not in kinds_of(week(replace(X, needs=(Need("operator", 2),))))


def test_the_least_longer_opening_is_found():
    problem = week(X, resources=_lab(open=(Window(2, 5),)))
    remedy = remedy_of("longer_opening", problem)
    assert (remedy.subject, remedy.ticks, remedy.windows) == ("lab", 1, (Window(1, 2),))


def test_an_outage_is_shortened_at_one_end():
    problem = week(X, resources=_lab(outages=(Window(3, 20),)))
    remedy = remedy_of("shorter_outage", problem)
    assert (remedy.subject, remedy.ticks, remedy.windows) == ("lab", 1, (Window(4, 20),))


def test_an_outage_that_lies_in_the_midst_of_it_goes():
    problem = week(replace(X, deadline=6), resources=_lab(outages=(Window(3, 4),)))
    remedy = remedy_of("without_outage", problem)
    assert remedy.before == Window(3, 4)


def test_what_lacks_of_a_utility_is_named_with_its_time():
    problem = week(replace(X, draws=(Draw("power", 4),)), utilities=(POWER,))
    remedy = remedy_of("more_of_utility", problem)
    assert (remedy.subject, remedy.amount, remedy.windows) == ("power", 1, (Window(0, 4),))


def test_one_that_is_placed_moves_by_as_little_as_it_can():
    problem = week(replace(X, deadline=5), activity("b", 4))
    remedy = remedy_of("move", problem, put("b", 2))
    assert (remedy.subject, remedy.ticks, remedy.mode) == ("b", 2, "")
    assert remedy.cost.moved == ("b",)
    assert remedy.cost.value_lost == 0


@pytest.mark.parametrize(("value", "offered"), [(5, True), (4, False)], ids=["worth more", "worth no more"])
def test_only_what_is_worth_less_is_dropped(value, offered):
    problem = week(replace(X, value=value, deadline=4), activity("b", 20, value=4))
    kinds = kinds_of(problem, put("b", 0, 20))
    assert ("drop" in kinds) == offered


def test_whoever_is_dropped_takes_its_followers_along():
    problem = week(
        replace(X, value=9, deadline=16),
        activity("b", 16, value=2),
        activity("c", 4, on="hall", value=3),
        precedences=(PrecedenceLag("b", "c"),),
    )
    remedy = remedy_of("drop", problem, put("b", 0, 16), put("c", 16))
    assert remedy.cost.dropped == ("b", "c")
    assert remedy.cost.value_lost == 5


def test_what_is_mandatory_is_not_dropped():
    problem = week(replace(X, value=9), activity("b", 20, value=1, mandatory=True))
    assert "drop" not in kinds_of(problem, put("b", 0, 20))


def test_the_line_is_followed_to_the_first():
    problem = week(
        replace(X, id="y", deadline=3),
        X,
        activity("z", 4, on="hall"),
        precedences=(PrecedenceLag("y", "x"), PrecedenceLag("x", "z")),
    )
    remedy = remedy_of("place_first", problem, name="z")
    assert (remedy.steps[0].kind, remedy.steps[0].subject) == ("later_deadline", "y")
    assert {part.activity for part in remedy.assignments} == {"x", "y", "z"}


def test_a_chain_is_placed_as_a_whole():
    problem = week(replace(X, deadline=3), activity("y", 4, on="hall"), chains=(("x", "y"),))
    remedy = remedy_of("place_first", problem, name="y")
    assert remedy.steps[0].subject == "x"
    assert {part.activity for part in remedy.assignments} == {"x", "y"}


def test_what_costs_more_than_it_is_worth_says_how_much_more_it_would_take():
    problem = week(replace(X, value=1, due=0), weights=Weights(lateness=1.0))
    remedy = remedy_of("more_value", problem)
    assert remedy.amount == 4
    assert remedy.gain > 0


def test_at_most_five_are_shown_and_those_that_cost_others_least_come_first():
    problem = week(replace(X, value=9, release=3, deadline=7), activity("b", 20, value=4))
    remedies = remedies_of(problem, put("b", 0, 20))
    costs = [(remedy.cost.value_lost, len(remedy.cost.moved)) for remedy in remedies]
    assert 0 < len(remedies) <= 5
    assert costs == sorted(costs)


def test_explanations_come_by_value_and_are_told_one_by_one():
    problem = week(X, replace(X, id="y", value=7), BUSY)
    told = []
    found = explain(problem, [put("b", 0, 20)], budget=20, on_explained=told.append)
    assert [each.activity for each in found] == ["y", "x"]
    assert told == list(found)


def test_reasons_are_given_even_when_stopped():
    (found,) = explain(week(X, BUSY), [put("b", 0, 20)], stop=lambda: True)
    assert found.reason.blockers == (Blocker("busy", ("lab",), ("b",)),)
    assert found.remedies == ()
    assert (found.price, found.has_place) == (None, None)


def test_what_has_no_place_at_all_is_told_apart_from_what_was_not_looked_into():
    problem = week(X, activity("b", 20), replace(X, id="never", deadline=3))
    found = {each.activity: each for each in explain(problem, [put("b", 0, 20)], budget=20)}
    assert (found["never"].price, found["never"].has_place) == (None, False)
    assert found["x"].has_place is True
    assert found["x"].price.cost.dropped == ("b",)


@pytest.mark.parametrize(
    "ask", [explain, why, partial(price, activity="x"), partial(why_not_earlier, activity="x")]
)
@pytest.mark.parametrize(
    ("part", "message"),
    [
        (Assignment("ghost", 1, "m", 0, 4), "places 'ghost'"),
        (Assignment("b", 1, "no mode", 0, 20), "'b' in mode 'no mode'"),
        (Assignment("b", 1, "m", 0, 20, (("ghost",),)), "puts 'ghost' on 'b'"),
    ],
    ids=["activity", "mode", "person"],
)
def test_a_plan_that_names_what_is_not_in_the_problem_is_refused(ask, part, message):
    with pytest.raises(ValueError, match=f"{message}.*solver.verify finds nothing wrong"):
        ask(week(X, BUSY), [part])


@pytest.mark.parametrize("budget", [0, -1.0])
def test_a_budget_that_is_not_positive_is_refused(budget):
    with pytest.raises(ValueError, match="positive"):
        explain(week(X), [], budget=budget)


def test_an_activity_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="'nobody'"):
        explain(week(X), [], ["nobody"])
    with pytest.raises(ValueError, match="'nobody'"):
        price(week(X), [], "nobody")
    with pytest.raises(ValueError, match="'nobody'"):
        why_not_earlier(week(X), [], "nobody")


EARLIER = {
    "its release": (week(replace(X, release=6)), 6, (Blocker("window"),)),
    "another activity": (week(X, pinned("b", 0, 6)), 6, (Blocker("busy", ("lab",), ("b",)),)),
    "what comes before it": (
        week(X, pinned("b", 0, 6, on="hall"), precedences=(PrecedenceLag("b", "x"),)),
        6,
        (Blocker("precedence", ("b",)),),
    ),
    "what comes after it": (
        week(X, pinned("b", 12, 6, on="hall"), precedences=(PrecedenceLag("x", "b", 0, 2),)),
        6,
        (Blocker("precedence", ("b",)),),
    ),
    "nothing": (week(X), 6, ()),
    "nothing earlier than the first tick": (week(X), 0, (Blocker("window"),)),
    "its worth": (
        week(replace(X, preferred=(Window(6, 10),)), weights=Weights(preference=1.0)),
        6,
        (Blocker("worth"),),
    ),
    "people": (
        week(replace(X, needs=OPERATOR), people=(staff("ann", "operator", shifts=(Window(6, 20),)),)),
        6,
        (Blocker("people", ("operator",)),),
    ),
}


@pytest.mark.parametrize(("problem", "start", "blockers"), EARLIER.values(), ids=EARLIER)
def test_why_it_does_not_start_earlier(problem, start, blockers):
    people = (("ann",),) if problem.people else ()
    plan = [put("x", start, people=people)]
    for each in problem.activities:
        if each.pin is not None:
            plan.append(put(each.id, each.pin.start, each.pin.duration))
    assert verify(problem, plan).violations == ()
    assert why_not_earlier(problem, plan, "x").blockers == blockers


def test_why_what_is_not_placed_is_not_earlier_is_not_asked():
    with pytest.raises(ValueError, match="not placed"):
        why_not_earlier(week(X), [], "x")


@settings(
    max_examples=60, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
@given(problems())
def test_every_remedy_shown_places_it_and_harms_nobody_else(problem):
    solution = solve(problem, Options(time_limit=2, workers=1, max_rounds=1))
    broken = {(v.rule, v.subject) for v in verify(problem, solution.assignments).violations}
    placed = {part.activity for part in solution.assignments}
    for each in explain(problem, solution.assignments, budget=20):
        for remedy in each.remedies:
            verdict = verify(apply(problem, remedy), remedy.assignments)
            assert {(v.rule, v.subject) for v in verdict.violations} <= broken
            now = {part.activity for part in remedy.assignments}
            assert each.activity in now
            assert placed - now == set(remedy.cost.dropped)
        if each.price is not None:
            verdict = verify(problem, each.price.assignments)
            assert {(v.rule, v.subject) for v in verdict.violations} <= broken
            now = {part.activity for part in each.price.assignments}
            assert each.activity in now
            assert placed - now == set(each.price.cost.dropped)
