"""Free slots: whatever is offered is booked at once, on random centres with a little of every rule."""

import random
from dataclasses import replace

import pytest

from scheduler.bookings.doctor import examine
from scheduler.bookings.free import next_free
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.bookings.service import book
from scheduler.bookings.verdict import check
from scheduler.database import transaction
from scheduler.errors import UserError
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup
from scheduler.resources.models import Changeover
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_qualification,
    make_resource,
    make_site,
    make_utility,
    on,
    span,
)

NOW = at(0, 6)


class Random:
    def __init__(self, seed):
        dice = self.dice = random.Random(seed)
        with transaction():
            self.site = make_site()
            day = make_calendar(self.site)
            hall = make_resource(self.site, "HALL", 2)
            self.resources = [
                make_resource(self.site, "TV-1", calendar=day, notice_minutes=120, longest_minutes=240),
                make_resource(self.site, "TV-2", zone=hall, is_hazardous=True, calibration_due_on=on(4)),
                make_resource(self.site, "TV-3", zone=hall, least_people=dice.choice([0, 1])),
            ]
            self.resources[0].changeovers = [
                Changeover(from_configuration=one, to_configuration=other, minutes=60)
                for one, other in (("hot", "cold"), ("cold", "hot"))
            ]
            self.operator = make_qualification(self.site)
            self.people = [
                make_person(
                    self.site, f"P-{number}", f"Person {number}", holds=(self.operator,),
                    calendar=dice.choice([None, day]), most_minutes_day=480, least_rest_minutes=660,
                    most_days_in_a_row=dice.choice([None, 2]),
                )
                for number in range(2)
            ]  # fmt: skip
            self.power = make_utility(self.site, "POWER", 5)
            self.group = ExclusionGroup(site_id=self.site.id, code="CREW")

    def proposal(self):
        dice = self.dice
        start = dice.randrange(0, 96)
        person = dice.choice(self.people)
        return Proposal(
            site=self.site,
            title=f"Run {start}",
            resources=(dice.choice(self.resources),),
            run=span(0, start, start + dice.randint(1, 5)),
            setup_minutes=dice.choice([0, 30]),
            configuration=dice.choice([None, "hot", "cold"]),
            duties=(Duty(person, self.operator, "run"),) if dice.random() < 0.7 else (),
            supplies=(Supply(self.power, dice.randint(1, 4), "run"),) if dice.random() < 0.5 else (),
        )


@pytest.mark.parametrize("seed", range(2))
def test_what_is_offered_is_booked_and_what_is_checked_comes_true(sqlite_database, seed):
    centre = Random(seed)
    offered = 0
    for _ in range(20):
        wanted = centre.proposal()
        verdict = check(wanted, now=NOW, most_free=0)
        try:
            with transaction():
                book(wanted, now=NOW)
        except UserError as error:
            assert not verdict.is_allowed, error.message
        else:
            assert verdict.is_allowed, verdict.sentences
            continue
        for start in next_free(wanted, 1, now=NOW):
            moved = replace(wanted, run=Interval.lasting(start, wanted.run.minutes))
            with transaction():
                book(moved, now=NOW)
            offered += 1
    assert offered >= 2
    assert examine().is_healthy
