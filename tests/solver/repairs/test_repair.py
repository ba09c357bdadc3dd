"""`repair`: what can stay stays, the rest takes least, and every change says why."""

import sys
from dataclasses import replace
from fractions import Fraction

import pytest

from solver.problem import Mode, Need, Person, Pin, PrecedenceLag, Qualification, Window
from solver.repairs.disturb import Added, Cancelled, Down, Moved, disturb
from solver.repairs.repair import Toll, repair, toll
from solver.solution import Blocker, Options, ProblemError
from solver.verification.verify import verify
from solver.weights import Weights
from tests.solver.plans import LAB, activity, put, week

OPTIONS = Options(time_limit=5, workers=1)
LAB_2 = replace(LAB, id="lab 2")
EITHER = (Mode("m", ("lab",)), Mode("n", ("lab 2",)))


def repaired(problem, *plan, **fields):
    found = repair(problem, plan, replace(OPTIONS, **fields))
    assert verify(problem, found.solution.assignments).violations == ()
    assert found.toll == toll(problem, plan, found.solution.assignments)
    return found


def kinds(found):
    return {change.activity: change.kind for change in found.changes}


# What is least


def test_a_plan_that_still_fits_stays_as_it_is():
    problem = week(activity("a"), activity("b"))
    found = repaired(problem, put("a", 3), put("b", 11))
    assert (found.changes, found.displaced, found.toll) == ((), (), Toll(0, Fraction(0), 0, 0, 0))


def test_what_is_hit_by_an_outage_moves_no_further_than_it_must():
    problem = disturb(week(activity("a")), [put("a", 6)], Down("lab", Window(6, 8)))
    found = repaired(problem, put("a", 6))
    assert [change.after[0].start for change in found.changes] == [8]
    assert found.toll == Toll(0, Fraction(0), 1, 2, 0)
    assert found.solution.status == "optimal"


def test_value_is_kept_before_bookings_are_left_alone():
    """To drop the one that is hit would be one change; to place it is two."""
    problem = week(activity("a", value=1), activity("b", deadline=9))
    plan = put("a", 0), put("b", 4)
    found = repaired(disturb(problem, plan, Down("lab", Window(7, 9))), *plan)
    assert kinds(found) == {"a": "moved", "b": "moved"}
    assert found.toll.lost == 0


def test_a_booking_of_more_value_takes_the_place_of_one_of_less():
    problem = week(
        activity("a", value=1), activity("b", value=5, modes=EITHER[1:]), resources=(LAB, LAB_2), horizon=4
    )
    plan = put("a", 0), put("b", 0, mode="n")
    problem = replace(
        problem, activities=(problem.activities[0], replace(problem.activities[1], modes=EITHER))
    )
    found = repaired(disturb(problem, plan, Down("lab 2", Window(0, 4))), *plan)
    assert kinds(found) == {"a": "dropped", "b": "moved"}
    assert found.toll == Toll(0, Fraction(1), 2, 0, 0)


@pytest.mark.parametrize(("costs", "moves"), [((1, 2), "a"), ((2, 1), "b")], ids=["a", "b"])
def test_the_one_that_costs_less_to_move_gives_way(costs, moves):
    rows = [activity(name, move_cost=cost) for name, cost in zip("ab", costs, strict=True)]
    problem = week(*rows, activity("urgent", deadline=8, mandatory=True))
    found = repaired(problem, put("a", 0), put("b", 4))
    assert kinds(found) == {moves: "moved", "urgent": "added"}
    assert found.toll.moved == 1


def test_fewer_moves_count_before_shorter_ones():
    """Its place for the urgent one is found by one long move, or by two short ones."""
    problem = week(
        activity("a"), activity("b"), activity("urgent", 4, release=0, deadline=4, mandatory=True), horizon=20
    )
    found = repaired(problem, put("a", 0), put("b", 4))
    assert kinds(found) == {"a": "moved", "urgent": "added"}
    assert found.toll == Toll(0, Fraction(0), 1, 8, 0)


def test_a_longer_run_than_before_makes_up_for_nothing():
    stretchy = activity("a", wish=8, least=2, value=8)
    problem = week(stretchy, activity("b", value=1))
    found = repaired(problem, put("a", 0, 4), put("b", 4))
    assert found.changes == ()


def test_requests_that_were_not_published_fill_in_but_move_nothing():
    problem = week(activity("a"), activity("new", value=100), activity("long", 18, value=1_000))
    found = repaired(problem, put("a", 6))
    assert kinds(found) == {"new": "added"}


def test_the_objective_of_the_problem_counts_from_what_is_free_not_from_where_it_was_put_first():
    """What is placed first is as late as it can be; taken out again, it no longer makes the whole late."""
    rows = [activity("a", 2, least=1), activity("b", 1), activity("c", 1)]
    urgent = activity("urgent", 2, least=1, mandatory=True)
    problem = week(*rows, urgent, horizon=7, weights=Weights(value=0.0, preference=0.5, makespan=0.5))
    found = repaired(problem)
    assert (found.solution.status, found.solution.objective) == ("optimal", -0.5)


# How much may move

CROWD = [activity(f"a{i}", 2, release=2 * i, deadline=2 * i + 4) for i in range(10)]
CROWDED = [put(f"a{i}", 2 * i, 2) for i in range(10)]


def crowd_without_its_first_place(**fields):
    """Ten in a row, of which each could only make way by taking the place of the next."""
    rows = [replace(each, **fields) for each in CROWD]
    return disturb(week(*rows, horizon=22), CROWDED, Down("lab", Window(0, 2)))


@pytest.mark.parametrize(
    ("most_moved", "lost", "moved"),
    [(None, 0, 10), (0.9, 0, 10), (0.89, 1, 1), (0.05, 1, 1)],
    ids=["any number", "just enough", "one too few", "few"],
)
def test_no_more_bookings_are_moved_for_the_value_of_one_than_allowed(most_moved, lost, moved):
    problem = crowd_without_its_first_place()
    found = repair(problem, CROWDED, OPTIONS, most_moved=most_moved)
    assert verify(problem, found.solution.assignments).violations == ()
    assert (found.toll.lost, found.toll.moved) == (lost, moved)
    assert found.solution.status == "optimal"


def test_what_is_mandatory_moves_as_many_as_it_takes():
    found = repair(crowd_without_its_first_place(mandatory=True), CROWDED, OPTIONS, most_moved=0)
    assert (found.toll.left_out, found.toll.moved) == (0, 10)


def test_of_a_small_plan_some_may_always_be_moved():
    problem = week(activity("a", deadline=8), activity("b"), horizon=20)
    problem = disturb(problem, [put("a", 0), put("b", 4)], Down("lab", Window(0, 4)))
    found = repair(problem, [put("a", 0), put("b", 4)], OPTIONS, most_moved=0)
    assert kinds(found) == {"a": "moved", "b": "moved"}


@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        repair(week(activity("a")), [put("a", 0)], OPTIONS, most_moved=share)


def test_shares_of_value_that_have_no_common_step_are_kept_as_well():
    """So many lengths that no whole number of steps makes all of them whole."""
    primes = (37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83)
    rows = [activity(f"a{p}", p, least=2, value=p - 1, modes=EITHER[:1]) for p in primes]
    plan, start = [], 0
    for p in primes:
        plan.append(put(f"a{p}", start, p - 1))
        start += p - 1
    problem = week(*rows, horizon=start)
    problem = disturb(problem, plan, Down("lab", Window(5, 8)))
    found = repaired(problem, *plan, max_rounds=3)
    assert 0 < found.toll.lost < 36


# People


def test_somebody_who_was_on_it_stays_on_what_is_moved_by_hand():
    people = tuple(Person(name, (Qualification("op", 0, 20),)) for name in ("ann", "bob"))
    problem = week(activity("a", needs=(Need("op"),)), people=people)
    plan = (put("a", 0, people=(("bob",),)),)
    found = repaired(disturb(problem, plan, Moved("a", Pin(6, 4, "m"))), *plan)
    assert found.solution.assignments[0].people == (("bob",),)
    assert found.toll.reassigned == 0


def test_who_is_absent_is_replaced_and_the_booking_stays():
    operators = [Person(name, (Qualification("op", 0, 20),)) for name in ("ann", "bob")]
    operators[0] = replace(operators[0], absences=(Window(0, 9),))
    problem = week(activity("a", needs=(Need("op"),)), people=tuple(operators))
    found = repaired(problem, put("a", 3, people=(("ann",),)))
    (change,) = found.changes
    assert (change.kind, change.after[0].people) == ("reassigned", (("bob",),))
    assert change.why == (Blocker("people", ("ann",)),)
    assert found.displaced == ("a",)
    assert found.toll == Toll(0, Fraction(0), 0, 0, 1)


def test_nobody_is_taken_off_a_booking_for_another_whose_operator_is_absent():
    people = [Person(name, (Qualification("op", 0, 20),)) for name in ("ann", "bob", "cat")]
    people[0] = replace(people[0], absences=(Window(0, 20),))
    rows = [activity(name, needs=(Need("op"),), on="hall") for name in "ab"]
    found = repaired(
        week(*rows, people=tuple(people)), put("a", 3, people=(("ann",),)), put("b", 3, people=(("bob",),))
    )
    assert kinds(found) == {"a": "reassigned"}


# Why


def test_a_change_names_the_outage_and_who_it_makes_room_for():
    problem = week(activity("a"), activity("urgent", release=4, deadline=8, mandatory=True))
    (change, _) = repaired(problem, put("a", 4)).changes
    assert change.why == (Blocker("busy", ("lab",), ("urgent",)),)
    assert change.makes_room_for == ("urgent",)
    problem = disturb(week(activity("a")), [put("a", 4)], Down("lab", Window(5, 6)))
    (change,) = repaired(problem, put("a", 4)).changes
    assert (change.why, change.makes_room_for) == ((Blocker("outage", ("lab",)),), ())


def test_what_only_makes_room_is_not_displaced_by_the_disturbance():
    problem = week(activity("a"), activity("b"))
    plan = put("a", 0), put("b", 8)
    found = repaired(disturb(problem, plan, Moved("b", Pin(0, 4, "m"))), *plan)
    assert found.displaced == ("a",)
    problem = disturb(problem, plan, Added(activity("urgent", release=0, deadline=4)))
    assert repaired(problem, *plan).displaced == ()


def test_a_follower_says_what_it_waits_for():
    problem = week(activity("a"), activity("b"), precedences=(PrecedenceLag("a", "b"),))
    plan = put("a", 0), put("b", 4)
    found = repaired(disturb(problem, plan, Moved("a", Pin(6, 4, "m"))), *plan)
    (change,) = (change for change in found.changes if change.activity == "b")
    assert Blocker("precedence", ("a",)) in change.why


def test_what_is_cancelled_is_a_change_and_costs_nothing():
    plan = put("a", 0), put("b", 4)
    found = repaired(disturb(week(activity("a"), activity("b")), plan, Cancelled("b")), *plan)
    assert kinds(found) == {"b": "cancelled"}
    assert found.toll == Toll(0, Fraction(0), 0, 0, 0)


# Disturbances, and refusals


def test_a_pin_on_a_resource_that_fails_is_none_any_more_but_has_to_be_placed():
    plan = [put("a", 4)]
    problem = disturb(week(activity("a", pin=Pin(4, 4, "m"))), plan, Down("lab", Window(7, 9)))
    assert (problem.activities[0].pin, problem.activities[0].mandatory) == (None, True)
    beside = disturb(week(activity("a", pin=Pin(4, 4, "m"))), plan, Down("lab", Window(8, 9)))
    assert beside.activities[0].pin is not None


@pytest.mark.parametrize(
    ("disturbance", "message"),
    [
        (Added(activity("a")), "already"),
        (Moved("z", Pin(0, 4, "m")), "no activity 'z'"),
        (Cancelled("z"), "no activity 'z'"),
        (Down("z", Window(0, 4)), "no resource 'z'"),
    ],
    ids=["added twice", "moved", "cancelled", "down"],
)
def test_a_disturbance_of_what_is_not_there_is_refused(disturbance, message):
    with pytest.raises(ValueError, match=message):
        disturb(week(activity("a")), [], disturbance)


def test_a_cancelled_one_leaves_its_chain_and_its_order():
    problem = week(
        *(activity(name) for name in "abc"), precedences=(PrecedenceLag("a", "b"),), chains=(("a", "b", "c"),)
    )
    problem = disturb(problem, [], Cancelled("a"))
    assert (problem.precedences, problem.chains) == ((), (("b", "c"),))
    assert disturb(problem, [], Cancelled("b")).chains == ()


def test_a_faulty_problem_is_refused_before_anything_is_searched():
    problem = replace(week(activity("a")), resources=())
    with pytest.raises(ProblemError, match="no resource 'lab'"):
        repair(problem, [put("a", 0)], OPTIONS)


def test_stop_gives_a_plan_without_faults_at_once():
    problem = disturb(week(activity("a"), activity("b")), [], Down("lab", Window(3, 4)))
    plan = put("a", 0), put("b", 4)
    found = repair(problem, plan, OPTIONS, stop=lambda: True)
    assert found.solution.status == "stopped"
    assert verify(problem, found.solution.assignments).violations == ()
    assert "b" not in kinds(found)


def test_progress_is_told_while_nothing_better_is_found(monkeypatch):
    monkeypatch.setattr(sys.modules["solver.repairs.repair"], "_REPORT_SECONDS", 0.0)
    told = []
    rows = [activity(f"a{i}", 3, value=i + 1, modes=EITHER) for i in range(8)]
    plan = [put(f"a{i}", 3 * (i // 2), 3, mode="mn"[i % 2]) for i in range(8)]
    problem = week(*rows, horizon=24, resources=(LAB, LAB_2))
    problem = disturb(problem, plan, Down("lab 2", Window(0, 14)))
    found = repair(problem, plan, OPTIONS, on_progress=lambda progress, parts: told.append((progress, parts)))
    assert len(told) > len(found.solution.history) > 0
    assert [each.seconds for each, _ in told] == sorted(each.seconds for each, _ in told)
    assert all(verify(problem, parts).violations == () for _, parts in told)
    assert told[-1][0].objective == found.solution.objective


def test_one_worker_and_a_limit_of_rounds_give_the_same_answer_each_time():
    rows = [activity(f"a{i}", 3, value=i + 1, modes=EITHER) for i in range(8)]
    problem = week(*rows, horizon=24, resources=(LAB, LAB_2))
    plan = [put(f"a{i}", 3 * (i // 2), 3, mode="mn"[i % 2]) for i in range(8)]
    problem = disturb(problem, plan, Down("lab 2", Window(0, 14)))
    found = [repaired(problem, *plan, max_rounds=4) for _ in range(2)]
    assert found[0].solution.assignments == found[1].solution.assignments
    assert found[0].changes == found[1].changes
