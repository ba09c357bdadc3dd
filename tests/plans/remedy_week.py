"""Drafts that leave something out for one reason, and what was found that would place it."""

from scheduler.database import session, transaction, utc_now
from scheduler.people.models import Person
from scheduler.plans import queries, remedies, remedy_drafts, service
from scheduler.requests.models import Precedence, RequestDraw, RequestNeed, RequestWindow
from scheduler.resources.models import Outage
from solver import Assignment, Solution, problem_from_json, solution_to_json, verify, why
from tests.centre import (
    at,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_utility,
)
from tests.plans.week import WEEK, Centre

MORNING = {"earliest_at": at(0, 8), "latest_at": at(0, 12)}
"""Monday from 8 to 12: four hours in the chamber."""


def never():
    return False


def draft_of(site, placed, span=WEEK):
    """A draft that places activities where `placed` says: (code, mode, day, hour, hours[, people])."""
    with transaction():
        plan = service.order_build(site, span).plan
        problem = problem_from_json(plan.problem)
        ticks = 3600 // problem.tick_seconds
        parts = tuple(
            Assignment(code, 1, mode, (day * 24 + hour) * ticks, hours * ticks, *people)
            for code, mode, day, hour, hours, *people in placed
        )
        verdict = verify(problem, parts)
        assert verdict.violations == ()
        most = float(sum(activity.value for activity in problem.activities))
        answer = Solution(parts, why(problem, parts), "feasible", verdict.objective, most, (), 1.0, 1)
        plan.solution = {"answer": solution_to_json(answer), "left_out": []}
        plan.objective, plan.bound, plan.placed = answer.objective, answer.bound, len(placed)
        plan.runs[0].state = "done"
        plan.state = "draft"
        return plan.id


def looked_for(plan_id):
    """What a search finds for the requests of a draft."""
    with transaction():
        remedies.announce(queries.get_plan(plan_id), utc_now())
    assert remedies.look_for(plan_id, stop=never)
    return found(plan_id)


def found(plan_id):
    session.rollback()
    return remedies.found_of(queries.get_plan(plan_id))


def first_of(plan_id, code, kind):
    """The first remedy of a kind for a request; also one whose first step is of it."""
    kept = found(plan_id)[code].remedies
    kinds = [[each.remedy.kind, *(step.kind for step in each.steps)] for each in kept]
    return next(each for each, of in zip(kept, kinds, strict=True) if kind in of), kinds


def tried(plan_id, code, key, user=None):
    """The id of the draft that a remedy leads to."""
    with transaction(actor=user, reason="tried"):
        return remedy_drafts.try_remedy(queries.get_plan(plan_id), code, key, user=user).id


def on_monday_morning(centre, code="R-2", minutes=240, **values):
    return make_request(centre.project, centre.chamber, code=code, minutes=minutes, **MORNING | values)


def in_the_way(centre, **values):
    """One that may lie anywhere in the week, and lies on Monday morning; and R-2, which has to."""
    make_request(centre.project, centre.chamber, code="R-1", minutes=240, **values)
    on_monday_morning(centre)
    return [("R-1", "1", 0, 8, 4)]


def in_the_way_of_a_known_one(centre):
    """As above, but what is in the way is confidential."""
    secret = make_project(centre.site, "SEC", is_confidential=True)
    make_request(secret, centre.chamber, code="S-1", minutes=240, title="Hush")
    on_monday_morning(centre)
    return [("S-1", "1", 0, 8, 4)]


def in_the_way_of_a_hidden_one(centre):
    """As above, but what has no place is confidential."""
    secret = make_project(centre.site, "SEC", is_confidential=True)
    make_request(centre.project, centre.chamber, code="R-1", minutes=240)
    make_request(secret, centre.chamber, code="R-2", minutes=240, title="Hush", **MORNING)
    return [("R-1", "1", 0, 8, 4)]


def too_long_for_any_day(centre):
    make_request(centre.project, centre.chamber, code="R-2", minutes=90 * 60)
    return []


def worth_less(centre):
    on_monday_morning(centre, code="R-1", value=10)
    on_monday_morning(centre)
    return [("R-1", "1", 0, 8, 4)]


def fixed(centre):
    """Monday morning is taken by one that can be nowhere else and is worth more."""
    on_monday_morning(centre, code="R-1", value=1000)
    return [("R-1", "1", 0, 8, 4)]


def ends_too_early(centre):
    placed = fixed(centre)
    on_monday_morning(centre)
    return placed


def fixed_and_forced(centre):
    return ends_too_early(centre)


def with_a_place_for_all(centre):
    make_request(centre.project, centre.chamber, code="R-1", minutes=240)
    return [("R-1", "1", 0, 8, 4)]


def in_the_way_among_many(centre):
    placed = in_the_way(centre)
    for day in range(1, 5):
        make_request(centre.project, centre.chamber, code=f"R-{day}0", minutes=240)
        placed.append((f"R-{day}0", "1", day, 8, 4))
    return placed


def begins_too_late(centre):
    make_request(centre.project, centre.chamber, code="R-1", minutes=600, value=9000,
                 earliest_at=at(1, 8), latest_at=at(1, 18))  # fmt: skip
    make_request(centre.project, centre.chamber, minutes=240, code="R-2", earliest_at=at(1, 0),
                 latest_at=at(1, 18))  # fmt: skip
    return [("R-1", "1", 1, 8, 10)]


def with_a_narrow_window(centre):
    placed = fixed(centre)
    asked = make_request(centre.project, centre.chamber, code="R-2", minutes=240)
    asked.windows.append(RequestWindow(starts_at=at(0, 8), ends_at=at(0, 12)))
    return placed


def with_a_narrow_window_of_a_way(centre):
    placed = fixed(centre)
    asked = make_request(centre.project, centre.chamber, code="R-2", minutes=240)
    window = RequestWindow(starts_at=at(0, 8), ends_at=at(0, 12), alternative=asked.alternatives[0])
    asked.windows.append(window)
    return placed


def where_another_chamber_is_free(centre):
    other = make_resource(centre.site, "TV-2", calendar=centre.day)
    make_request(centre.project, centre.chamber, other, code="R-1", minutes=240, value=1000, **MORNING)
    on_monday_morning(centre)
    return [("R-1", "1", 0, 8, 4)]


def an_hour_too_long(centre):
    on_monday_morning(centre, code="R-1", minutes=60, value=1000, latest_at=at(0, 9))
    on_monday_morning(centre)
    return [("R-1", "1", 0, 8, 1)]


def in_two_pieces(centre):
    on_monday_morning(centre, code="R-1", minutes=120, value=1000, earliest_at=at(0, 10))
    on_monday_morning(centre, latest_at=at(0, 14))
    return [("R-1", "1", 0, 10, 2)]


def not_worth_it(centre):
    asked = make_request(centre.project, centre.chamber, code="R-2", minutes=240, value=10)
    asked.alternatives[0].penalty = 25
    return []


def waits_for_another(centre):
    placed = in_the_way(centre)
    after = make_request(centre.project, centre.chamber, code="R-3", minutes=60)
    before = session.scalars(session.query(type(after)).filter_by(code="R-2").statement).one()
    session.add(Precedence(before_id=before.id, after_id=after.id))
    return placed


def nobody_on_shift(centre):
    skill = make_qualification(centre.site)
    make_person(centre.site, holds=(skill,), calendar=centre.day)
    person = session.scalars(session.query(Person).statement).one()
    busy = make_resource(centre.site, "B-1", calendar=centre.day)
    taken = make_request(centre.project, busy, code="R-1", minutes=240, value=1000, **MORNING)
    asked = on_monday_morning(centre)
    for each in (taken, asked):
        each.needs.append(RequestNeed(qualification=skill))
    return [("R-1", "1", 0, 8, 4, ((person.code,),))]


def closed(centre):
    make_request(centre.project, centre.chamber, code="R-2", minutes=240, earliest_at=at(5, 8),
                 latest_at=at(5, 12))  # fmt: skip
    return []


def out_of_order(centre):
    on_monday_morning(centre)
    session.add(Outage(resource_id=centre.chamber.id, starts_at=at(0, 6), ends_at=at(0, 9), reason="pump"))
    return []


def without_power(centre):
    power = make_utility(centre.site, "POWER", capacity=5, unit="kW")
    other = make_resource(centre.site, "TV-2", calendar=centre.day)
    first = make_request(centre.project, other, code="R-1", minutes=240, value=1000, **MORNING)
    second = on_monday_morning(centre)
    for each in (first, second):
        each.draws.append(RequestDraw(utility=power, amount=4))
    return [("R-1", "1", 0, 8, 4)]


def made(case):
    """A centre as the case says, and its draft; the request that has no place is R-2."""
    with transaction():
        centre = Centre()
        placed = case(centre)
        site = centre.site
    return centre, draft_of(site, placed)
