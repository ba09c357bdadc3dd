"""Small centres at random, with a little of every rule, and short ways to plan them and to ask of a slot."""

import random
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from scheduler.bookings.proposal import all_held
from scheduler.bookings.service import Duty, Proposal, book
from scheduler.bookings.slots import Slot
from scheduler.calendars.rules import local_midnight
from scheduler.calendars.service import zone_of
from scheduler.database import Base, session, transaction
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import Absence, ExclusionGroup, Person
from scheduler.plans import service
from scheduler.plans.models import Plan, SolveRun
from scheduler.plans.problem import Translation, translate
from scheduler.requests.models import (
    ActivityRequest,
    Participant,
    Precedence,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)
from scheduler.resources.models import Changeover, Outage, Resource, UtilityLevel
from solver import Options, Problem, problem_from_json, solution_to_json, solve
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_utility,
    on,
)

DAYS = 3
SPAN = Interval(at(0, 0), at(DAYS, 0))
ZONES = ("UTC", "Asia/Karachi", "Europe/Berlin")
PHASES = ("setup", "run", "run", "teardown", "all")
CODES = ("TV-1", "TV-2", "LAB", "HALL", "BAY", "TANK", "RIG")


def empty() -> None:
    with transaction():
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    session.expunge_all()


class RandomProblem:
    """Three days, six people, seven places, a dozen wishes; `seed` says which.

    `counts_days`: somebody works only so many days in a row. The engine knows no such rule: it is told
    of days off instead, which is stricter.
    """

    def __init__(self, seed: int, *, counts_days: bool = False) -> None:
        self.dice = dice = random.Random(seed)
        self.counts_days = counts_days
        self.site = make_site(time_zone=dice.choice(ZONES))
        self.calendars = [
            None,
            make_calendar(self.site, "DAY", range(7), (6, 20)),
            make_calendar(self.site, "LATE", range(7), (12, 24)),
        ]
        self.skills = [make_qualification(self.site, code) for code in ("operator", "safety")]
        self.places = {code: self._place(code) for code in CODES}
        self.places["BAY"].whole = self.places["HALL"]
        self.places["TANK"].zone = self.places["RIG"].zone = make_resource(self.site, "YARD", 2)
        self.places["TANK"].is_hazardous = True
        session.flush()
        session.expire(self.places["HALL"], ["parts"])
        self.people = [self._person(number) for number in range(6)]
        self.utilities = [
            make_utility(self.site, "POWER", capacity=8),
            make_utility(self.site, "LN2", capacity=5, per="day"),
        ]
        for utility in self.utilities:
            dip = self._time(6)
            if utility.per == "day":
                # Of a day that has two budgets the engine takes the less, the guard that at the start.
                first = self.dice.randrange(DAYS)
                days = [local_midnight(on(day), zone_of(self.site)) for day in (first, first + 1)]
                dip = Interval(*days)
            session.add(
                UtilityLevel(
                    utility=utility, starts_at=dip.start, ends_at=dip.end, capacity=dice.randint(2, 4)
                )
            )
        self.groups = [ExclusionGroup(site_id=self.site.id, code="CREW", name="Crew")]
        session.add_all(self.groups)
        self.projects = [
            make_project(self.site, "FREE"),
            make_project(self.site, "TIGHT", quota_minutes=dice.choice([240, 480, 600])),
        ]
        self._stands()
        requests = [self._request(number) for number in range(12)]
        for before, after in ((0, 1), (2, 3)):
            least = dice.choice([0, 30, 120])
            most = dice.choice([None, least + 600])
            session.add(
                Precedence(
                    before=requests[before], after=requests[after],
                    min_lag_minutes=least, max_lag_minutes=most,
                )
            )  # fmt: skip
        session.flush()

    def _time(self, hours: float) -> Interval:
        start = at(0, self.dice.randrange(int(24 * DAYS - hours)))
        return Interval(start, start + timedelta(hours=hours))

    def _place(self, code: str) -> Resource:
        dice = self.dice
        place = make_resource(
            self.site,
            code,
            capacity=2 if code == "LAB" else 1,
            calendar=dice.choice(self.calendars),
            least_people=2 if code == "RIG" and dice.random() < 0.5 else 0,
            is_restricted=code in ("LAB", "TANK") and dice.random() < 0.5,
            longest_minutes=240 if code == "TV-2" and dice.random() < 0.5 else None,
            shortest_minutes=60 if code == "TV-2" and dice.random() < 0.5 else None,
            calibration_due_on=on(dice.randrange(DAYS)) if dice.random() < 0.15 else None,
        )
        if code == "TV-1":
            place.configuration = dice.choice([None, "hot", "cold"])
            place.changeovers = [
                Changeover(from_configuration="hot", to_configuration="cold", minutes=90),
                Changeover(from_configuration="cold", to_configuration="hot", minutes=45),
            ]
        if dice.random() < 0.4:
            out = self._time(dice.choice([2, 5]))
            place.outages.append(Outage(starts_at=out.start, ends_at=out.end, reason="service"))
        return place

    def _person(self, number: int) -> Person:
        dice = self.dice
        lapses = dice.choice([None, None, on(dice.randrange(DAYS))])
        kind = ("staff", "staff", "staff", "staff", "trainee", "visitor")[number]
        share = 0.2 if kind == "visitor" else 0.7
        skills = [held for held in self.skills if dice.random() < share]
        person = make_person(
            self.site,
            f"P-{number}",
            f"Person {number}",
            holds=tuple((held, None, lapses) for held in skills),
            kind=kind,
            calendar=dice.choice(self.calendars),
            most_minutes_day=dice.choice([None, 240, 480]),
            most_minutes_week=dice.choice([None, 600]),
            least_rest_minutes=dice.choice([None, 660]),
            most_days_in_a_row=dice.choice([None, 2]) if self.counts_days else None,
        )
        if dice.random() < 0.4:
            away = self._time(8)
            person.absences.append(Absence(starts_at=away.start, ends_at=away.end, reason="leave"))
        return person

    def _stands(self) -> None:
        """Some of it is booked by hand already, within the span and around it."""
        for number in range(5):
            start = at(-1, 12) + timedelta(hours=self.dice.randrange(24 * (DAYS + 1)))
            person = self.dice.choice(self.people)
            skill = self.dice.choice(self.skills)
            duties = (Duty(person, skill, "all"),) if self.dice.random() < 0.5 else ()
            proposal = Proposal(
                self.site, f"stands {number}", (self.places[self.dice.choice(CODES)],),
                Interval.lasting(start, self.dice.choice((60, 120, 180))),
                setup_minutes=self.dice.choice((0, 30)), duties=duties,
                configuration=self.dice.choice((None, "hot", "cold")),
            )  # fmt: skip
            try:
                with session.begin_nested():
                    book(proposal)
            except UserError:
                pass

    def _request(self, number: int) -> ActivityRequest:
        dice = self.dice
        wish = dice.choice([60, 90, 120, 240, 360])
        parts = dice.choice([1, 1, 1, 1, 2])
        codes = [dice.choice(CODES) for _ in range(dice.choice([1, 1, 2]))]
        ways = [(self.places[code],) for code in dict.fromkeys(codes)]
        if dice.random() < 0.2:
            ways = [(self.places["TV-1"], self.places["LAB"])]
        asked = make_request(
            dice.choice(self.projects),
            *ways,
            code=f"Q-{number:02d}",
            minutes=wish,
            least_minutes=dice.choice([wish, wish, max(30, wish // 2)]),
            setup_minutes=dice.choice([0, 30, 60]),
            teardown_minutes=dice.choice([0, 15]),
            most_parts=parts,
            least_part_minutes=30 if parts > 1 else None,
            earliest_at=dice.choice([None, at(dice.randrange(DAYS), 0)]),
            latest_at=dice.choice([None, SPAN.end]),
            configuration=dice.choice([None, "hot", "cold"]),
            exclusion_group=dice.choice([None, None, *self.groups]),
            value=dice.randint(1, 20),
        )
        for need in dice.choice([(), (0,), (1,), (0, 1)]):
            count, phase = dice.choice([1, 1, 2]), dice.choice(PHASES)
            asked.needs.append(RequestNeed(qualification=self.skills[need], count=count, phase=phase))
        if dice.random() < 0.4:
            utility = dice.choice(self.utilities)
            asked.draws.append(RequestDraw(utility=utility, amount=dice.randint(1, 4), phase="run"))
        for person in dice.sample(self.people, dice.choice([0, 0, 1, 2])):
            asked.participants.append(Participant(person=person))
        if dice.random() < 0.3:
            window = self._time(dice.choice([8, 20]))
            asked.windows.append(
                RequestWindow(starts_at=window.start, ends_at=window.end, binds=dice.choice(["run", "whole"]))
            )
        return asked


def draft(site, seed: int) -> Plan | None:
    """A plan as a worker makes it, solved here and for a moment only; None where nothing is asked for."""
    with transaction():
        try:
            plan = service.order_build(site, SPAN, time_limit_seconds=1, workers=1, seed=seed).plan
        except UserError:
            return None
        options = Options(time_limit=20, workers=1, seed=seed, max_rounds=3)
        solution = solve(problem_from_json(plan.problem), options)
        plan.solution = {"answer": solution_to_json(solution), "left_out": []}
        plan.state, plan.placed = "draft", len(solution.assignments)
        session.query(SolveRun).filter_by(plan_id=plan.id).update({"state": "done"})
        return plan


def refused_by_engine(site, asked: ActivityRequest, slots: list[Slot]) -> list[Slot]:
    """Slots at which the engine finds no place for a request, when nothing else is wished for."""
    with transaction(), session.begin_nested() as only_tried:
        for other in session.scalars(select(ActivityRequest).where(ActivityRequest.id != asked.id)):
            other.state = "submitted" if other.state == "approved" else other.state
        session.flush()
        translation = translate(site, SPAN)
        refused = [slot for slot in slots if not _places(translation, asked.code, slot)]
        only_tried.rollback()
    return [slot for slot in refused if not _lacks_an_escort_that_the_engine_takes(asked, slot.proposal)]


def _lacks_an_escort_that_the_engine_takes(asked: ActivityRequest, proposal: Proposal) -> bool:
    """Where a visitor could be on duty in a restricted place the engine takes one of the staff for the first
    need that lasts the run; the rule book asks for one of the staff only where a visitor is, for any need.
    """
    first = next((need for need in asked.needs if need.phase in ("run", "all")), None)
    places = (one for way in asked.alternatives for one in all_held(way.resources))
    if first is None or not any(one.is_restricted for one in places):
        return False
    own = [duty.person for duty in proposal.duties if duty.qualification.id == first.qualification_id]
    return all(person.kind != "staff" for person in [*own, *proposal.participants])


def _places(translation: Translation, code: str, slot: Slot) -> bool:
    """Whether it is placed where its release, deadline and length leave no choice."""
    if code not in translation.requests:
        return False
    problem, timeline = translation.problem, translation.timeline
    whole = next(each for each in problem.activities if each.id == code)
    minutes = timeline.ticks(int(slot.run.minutes))
    modes = tuple(
        replace(mode, wish=minutes, least=minutes) for mode in whole.modes if mode.id == str(slot.number)
    )
    if not modes:
        return False
    occupied = slot.proposal.occupied
    start, end = timeline.floor(occupied.start), timeline.ceil(occupied.end)
    there = replace(
        whole, modes=modes, wish=minutes, least=minutes, most_parts=1, least_part=1,
        release=max(start, whole.release or 0),
        deadline=min(end, problem.horizon if whole.deadline is None else whole.deadline),
    )  # fmt: skip
    solution = solve(_alone(problem, there), Options(time_limit=20, workers=1, max_rounds=2))
    return any(part.activity == code for part in solution.assignments)


def _alone(problem: Problem, activity) -> Problem:
    """The problem with what stands, and one wish."""
    kept = (*(each for each in problem.activities if each.pin is not None), activity)
    names = {each.id for each in kept}
    return replace(
        problem,
        activities=kept,
        precedences=tuple(lag for lag in problem.precedences if {lag.before, lag.after} <= names),
        chains=(),
    )
