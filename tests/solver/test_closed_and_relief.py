"""Runs that wait or go on while closed, and people who relieve each other, from problem to answer."""

from dataclasses import replace

import pytest

from solver import (
    Down,
    Draw,
    Mode,
    Need,
    Options,
    PrecedenceLag,
    Resource,
    Utility,
    Window,
    disturb,
    explain,
    repair,
    solve,
    verify,
    why,
    why_not_earlier,
)
from solver.bounds.relaxation import Relaxation
from solver.problem import Level
from solver.state.index import Index
from solver.weights import Weights
from tests.solver.plans import HALL, LAB, activity, put, week
from tests.solver.rules import pinned, staff

OPTIONS = Options(time_limit=5, workers=1, seed=1)
BY_DAY = replace(LAB, open=(Window(0, 6), Window(9, 14)))
TWO = (staff("ann", "operator"), staff("bob", "operator"))


def places(solution):
    return {part.activity: (part.start, part.duration) for part in solution.assignments}


def by_day(*activities, **fields):
    return week(*activities, **{"resources": (BY_DAY, HALL), "horizon": 14, **fields})


def test_what_waits_fits_where_nothing_else_does():
    x = activity("x", 8, value=8)
    assert solve(by_day(x), OPTIONS).assignments == ()
    for closed, place in (("pause", (0, 11)), ("run", (0, 8))):
        solution = solve(by_day(replace(x, closed=closed)), OPTIONS)
        assert (places(solution), solution.status) == ({"x": place}, "optimal")
        assert solution.objective == 8, "pauses are neither paid nor taken off"


def test_what_comes_after_waits_for_the_end_of_the_pauses_too():
    problem = by_day(
        activity("x", 8, closed="pause"),
        activity("after", 2, on="hall"),
        precedences=(PrecedenceLag("x", "after"),),
    )
    assert places(solve(problem, OPTIONS))["after"][0] >= 11


def test_the_end_is_what_counts_for_a_makespan():
    problem = by_day(
        activity("x", 4, closed="pause", mandatory=True),
        activity("y", 5, closed="pause", mandatory=True),
        weights=Weights(makespan=1.0),
    )
    solution = solve(problem, OPTIONS)
    assert (solution.status, solution.objective) == ("optimal", 2 - 12)
    assert max(start + duration for start, duration in places(solution).values()) == 12


def test_two_modes_wait_for_their_own_hours():
    modes = (Mode("l", ("lab",)), Mode("p", ("pit",)))
    pit = Resource("pit", open=(Window(0, 3), Window(4, 7)))
    problem = by_day(activity("x", 5, modes=modes, closed="pause", deadline=6), resources=(BY_DAY, pit))
    part = solve(problem, OPTIONS).assignments[0]
    assert (part.mode, part.start, part.duration) in (("l", 0, 5), ("l", 1, 5), ("p", 0, 6))
    problem = replace(problem, activities=(replace(problem.activities[0], modes=modes[1:]),))
    assert places(solve(problem, OPTIONS)) == {"x": (0, 6)}


def test_what_draws_while_the_other_waits_fits_beside_it():
    power = Utility("power", (Level(0, 14, 2),))
    heat = (Draw("power", 2),)
    problem = by_day(
        activity("x", 8, closed="pause", draws=heat),
        activity("y", 3, on="hall", draws=heat, release=4, deadline=11),
        utilities=(power,),
    )
    solution = solve(problem, OPTIONS)
    assert places(solution)["y"] == (6, 3)
    assert solution.status == "optimal"


def test_nobody_is_kept_while_it_waits():
    problem = by_day(
        activity("x", 8, closed="pause", needs=(Need("operator"),)),
        activity("y", 3, on="hall", needs=(Need("operator"),), release=4, deadline=11),
        people=TWO[:1],
    )
    solution = solve(problem, OPTIONS)
    assert (len(solution.assignments), solution.status) == (2, "optimal")
    assert places(solution)["y"] == (6, 3)


def test_people_of_a_need_are_named_duty_by_duty():
    need = Need("operator", 2, longest=3)
    people = (*TWO, staff("chen", "operator"), staff("dana", "operator"))
    solution = solve(week(activity("x", 7, needs=(need,)), people=people), OPTIONS)
    (names,) = solution.assignments[0].people
    rows = [set(names[n : n + 2]) for n in (0, 2, 4)]
    assert [len(row) for row in rows] == [2, 2, 2]
    assert not rows[0] & rows[1]
    assert not rows[1] & rows[2]


@pytest.mark.parametrize(
    "fields", [{"least": 3}, {"least": 3, "most_parts": 2, "least_part": 2}], ids=["elastic", "in parts"]
)
def test_relief_on_a_run_of_any_length(fields):
    """How many duties there are hangs on the length that is chosen."""
    x = activity("x", wish=9, value=9, needs=(Need("operator", longest=2),), **fields)
    problem = week(x, people=TWO, horizon=10)
    solution = solve(problem, OPTIONS)
    assert solution.objective == 9
    assert sum(len(part.people[0]) for part in solution.assignments) >= 5
    assert verify(problem, solution.assignments).violations == ()


def test_nobody_relieves_oneself_so_that_there_is_no_place():
    problem = week(activity("x", 7, needs=(Need("operator", longest=4),)), people=TWO[:1])
    solution = solve(problem, OPTIONS)
    assert [[b.rule for b in each.reason.blockers] for each in solution.unplaced] == [["people"]]
    (explanation,) = explain(problem, (), budget=5)
    remedy = next(each for each in explanation.remedies if each.kind == "another_person")
    assert len(set(remedy.assignments[0].people[0])) == 2


def test_a_pin_that_waits_holds_its_people_while_it_works():
    fixed = pinned("b", 4, 7, closed="pause", wish=4, needs=(Need("operator"),), people=(("ann",),))
    problem = by_day(
        fixed, activity("x", 3, on="hall", needs=(Need("operator"),), deadline=10), people=TWO[:1]
    )
    solution = solve(problem, OPTIONS)
    assert places(solution)["x"][0] in (0, 1, 6)
    late = replace(problem, activities=(fixed, replace(problem.activities[1], release=7)))
    assert {each.activity for each in solve(late, OPTIONS).unplaced} == {"x"}


def test_a_pin_earns_by_the_ticks_that_it_works():
    fixed = pinned("b", 4, 5, closed="pause", wish=4, value=8)
    problem = by_day(fixed)
    solution = solve(problem, OPTIONS)
    assert (solution.objective, solution.status) == (4, "optimal"), "of [4, 9) the lab is open in [4, 6)"


def test_what_waits_says_what_is_closed():
    problem = by_day(activity("x", 12, closed="pause"))
    solution = solve(problem, OPTIONS)
    (reason,) = (each.reason for each in solution.unplaced)
    assert [(b.rule, b.subjects) for b in reason.blockers] == [("calendar", ("lab",))]
    assert why(problem, ()) == solution.unplaced


def test_what_waits_has_a_shorter_pause_as_remedy_and_no_parts():
    problem = by_day(activity("x", 12, closed="pause"))
    (explanation,) = explain(problem, (), budget=5)
    kinds = {remedy.kind for remedy in explanation.remedies}
    assert "longer_opening" in kinds
    assert "split" not in kinds


def test_why_what_waits_is_not_earlier():
    problem = by_day(activity("x", 4, closed="pause"), pinned("b", 0, 4))
    assert [b.rule for b in why_not_earlier(problem, (put("b", 0), put("x", 9)), "x").blockers] == []
    problem = by_day(activity("x", 4, closed="pause"), pinned("b", 0, 6))
    plan = (put("b", 0, 6), put("x", 9))
    assert [b.rule for b in why_not_earlier(problem, plan, "x").blockers] == ["calendar", "busy"]


def test_what_waits_stays_where_it_is_in_a_repair():
    problem = by_day(activity("x", 8, closed="pause", value=8), activity("y", 2, value=1))
    plan = solve(problem, OPTIONS).assignments
    assert repair(problem, plan, OPTIONS).changes == ()


def test_an_outage_in_the_pause_moves_what_waits():
    problem = by_day(activity("x", 4, closed="pause"))
    plan = (put("x", 4, 7),)
    repaired = repair(disturb(problem, plan, Down("lab", Window(7, 8))), plan, OPTIONS)
    (change,) = repaired.changes
    assert (change.kind, [blocker.rule for blocker in change.why]) == ("moved", ["outage"])
    assert (change.after[0].start, change.after[0].duration) == (2, 4)
    assert repaired.toll.lost == 0
    assert repaired.solution.status == "optimal"


def test_other_hours_move_what_waits():
    problem = by_day(activity("x", 4, closed="pause"))
    plan = (put("x", 4, 7),)
    now = replace(problem, resources=(replace(BY_DAY, open=(Window(0, 6), Window(8, 14))), HALL))
    (change,) = repair(now, plan, OPTIONS).changes
    assert [(blocker.rule, blocker.subjects) for blocker in change.why] == [("calendar", ("lab",))]
    assert (change.after[0].start, change.after[0].duration) == (4, 6)


def test_who_is_gone_is_replaced_in_the_duties_that_were_theirs():
    need = Need("operator", longest=2)
    people = (*TWO, staff("chen", "operator"))
    problem = week(activity("x", 4, needs=(need,)), people=people)
    plan = (put("x", 3, 4, people=(("ann", "bob"),)),)
    gone = replace(people[1], absences=(Window(3, 7),))
    (change,) = repair(replace(problem, people=(people[0], gone, people[2])), plan, OPTIONS).changes
    assert change.kind == "reassigned"
    assert set(change.after[0].people[0]) == {"ann", "chen"}
    assert [(blocker.rule, blocker.subjects) for blocker in change.why] == [("people", ("bob",))]
    late = replace(people[1], absences=(Window(6, 7),))
    (change,) = repair(replace(problem, people=(people[0], late, people[2])), plan, OPTIONS).changes
    assert (change.kind, change.after[0].people) == ("reassigned", (("bob", "ann"),)), "who is on when counts"
    still = replace(people[1], absences=(Window(3, 5),))
    assert repair(replace(problem, people=(people[0], still, people[2])), plan, OPTIONS).changes == ()


def test_an_earlier_schedule_is_taken_up():
    problem = by_day(activity("x", 8, closed="pause"))
    solution = solve(problem, replace(OPTIONS, max_rounds=0), start=(put("x", 2, 11),))
    assert places(solution) == {"x": (2, 11)}


def test_a_participant_is_not_bound_by_the_relaxation_while_it_waits():
    """As a group that is held through the pause it would be a bound that is too low."""
    problem = by_day(
        activity("x", 8, closed="pause", participants=("ann",)),
        activity("y", 3, on="hall", participants=("ann",), deadline=9, release=6),
        people=TWO,
    )
    relaxation = Relaxation(Index(problem))
    relaxation.run(5.0)
    assert relaxation.bound >= solve(problem, OPTIONS).objective == 2
