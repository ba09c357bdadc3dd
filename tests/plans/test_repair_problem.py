"""What of a week may move, what has to, and what each booking means to the solver."""

from datetime import timedelta

import pytest

from scheduler.bookings.models import Booking
from scheduler.bookings.service import Duty, Proposal, book, cancel
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import ExclusionGroup
from scheduler.plans import repair_problem
from scheduler.plans.repair_problem import may_be_repaired
from scheduler.requests.models import Precedence, RequestNeed
from solver import Mode, Pin, PrecedenceLag, check, verify
from tests import centre
from tests.centre import MONDAY, at, span
from tests.plans.week import WEEK, Centre, activity


class World(Centre):
    """The chamber of `Centre`, another one, an operator, and short ways to book for a request."""

    def __init__(self):
        super().__init__()
        self.other = centre.make_resource(self.site, "TV-2", calendar=self.day)
        self.operator = centre.make_qualification(self.site)
        self.person = centre.make_person(self.site, "P-1", holds=(self.operator,))
        self.stand_in = centre.make_person(self.site, "P-2", "Li Wen", (self.operator,))

    def request(self, code="R-1", minutes=120, **values):
        asked = centre.make_request(
            self.project, self.chamber, self.other, code=code, minutes=minutes, **{"state": "booked"} | values
        )
        asked.needs.append(RequestNeed(qualification=self.operator, count=1, phase="run"))
        session.flush()
        return asked

    def book(self, asked, run, **values):
        """In the chamber, for a request, or by hand without one."""
        if asked is not None:
            values = {"activity_request": asked, "project": asked.project, "alternative": 1} | values
        duty = Duty(self.person, self.operator, "run")
        return book(Proposal(self.site, "Leak test", (self.chamber,), run, duties=(duty,), **values))

    def present(self, within=WEEK):
        session.flush()
        return repair_problem.translate(self.site, within)


@pytest.fixture
def world(sqlite_database):
    with transaction():
        yield World()


def broken(booking):
    booking.state = "needs repair"
    return booking


def test_a_booking_may_lie_wherever_its_request_allows_it(world):
    asked = world.request(latest_at=at(3, 0), earliest_at=at(0, 0))
    world.book(asked, span(1, 9, 11), setup_minutes=30)
    present = world.present()
    found = activity(present.problem, "R-1")
    assert (present.free, present.hit, present.lost) == ({"R-1"}, set(), ())
    assert found.pin is None
    ticks = present.timeline
    assert found.previous == (Pin(ticks.floor(at(1, 8.5)), ticks.ticks(120), "1", (("P-1",),)),)
    assert {mode.resources for mode in found.modes} == {("TV-1",), ("TV-2",)}
    assert [ticks.minutes(each) for each in (found.setup, found.wish, found.least)] == [30, 120, 120]
    assert (found.deadline, found.value) == (ticks.floor(at(3, 0)), 120)
    assert verify(present.problem, present.plan).violations == ()
    assert check(present.problem) == ()


@pytest.mark.parametrize(
    "why", ["begun", "beyond the span", "checked in", "by hand", "against a rule", "changed request", "over"]
)
def test_what_is_in_order_and_not_for_us_to_move_stays(world, why):
    asked = world.request()
    booking = world.book(None if why == "by hand" else asked, span(1, 9, 11))
    within = WEEK
    if why == "begun":
        within = Interval(at(1, 9.5), WEEK.end)
    elif why == "beyond the span":
        within = Interval(WEEK.start, at(1, 10))
    elif why == "checked in":
        booking.actual_start_at = at(1, 8.9)
    elif why == "against a rule":
        booking.override_reason = "the launch waits"
    elif why == "changed request":
        asked.revision += 1
    elif why == "over":
        booking.state = "done"
    present = world.present(within)
    assert present.free == set()
    assert all(each.pin is not None for each in present.problem.activities)


@pytest.mark.parametrize(
    ("why", "expected"),
    [("begun", False), ("checked in", False), ("by hand", True), ("against a rule", True), ("changed", True)],
)
def test_what_needs_repair_may_move_unless_it_has_begun(world, why, expected):
    asked = world.request()
    booking = broken(world.book(None if why == "by hand" else asked, span(1, 9, 11)))
    within = Interval(at(1, 9.5), WEEK.end) if why == "begun" else WEEK
    if why == "checked in":
        booking.actual_start_at = at(1, 9)
    elif why == "against a rule":
        booking.override_reason = "the launch waits"
    elif why == "changed":
        asked.revision += 1
        asked.wish_minutes = asked.least_minutes = 180
    present = world.present(within)
    assert bool(present.hit) == may_be_repaired(booking, within) == expected
    assert bool(present.free) == expected
    if why == "changed":
        (found,) = present.problem.activities
        assert present.timeline.minutes(found.wish) == 180, "placed as its request says now"


def test_what_is_in_order_but_not_where_its_request_would_have_it_stays(world):
    """Somebody moved it by hand to a place that the request does not name; nobody asked to move it back."""
    asked = world.request()
    third = centre.make_resource(world.site, "TV-3")
    booking = world.book(asked, span(1, 9, 11))
    booking.uses[0].resource = third
    booking.holds[0].holdable_id = third.holdable_id
    present = world.present()
    assert present.free == set()
    broken(booking)
    assert world.present().free == {"R-1"}


def test_what_was_shortened_may_become_neither_longer_nor_shorter_than_asked(world):
    asked = world.request(minutes=240, least_minutes=120)
    world.book(asked, span(1, 9, 12))
    present = world.present()
    found = activity(present.problem, "R-1")
    assert (present.timeline.minutes(found.wish), present.timeline.minutes(found.least)) == (180, 120)
    assert found.value == 240 * 180 // 240


def test_parts_of_a_request_keep_their_length_and_never_run_at_once(world):
    asked = world.request(minutes=240, least_minutes=240, most_parts=2)
    world.book(asked, span(1, 9, 11), part_no=1)
    world.book(asked, span(2, 9, 11), part_no=2)
    problem = world.present().problem
    first, second = activity(problem, "R-1#1"), activity(problem, "R-1#2")
    for part in (first, second):
        assert (part.most_parts, part.wish, part.least) == (1, part.least, part.wish)
        assert part.groups == ("R-1;parts",)
    assert [group.id for group in problem.groups] == ["R-1;parts"]


def test_a_part_that_has_begun_leaves_the_other_free(world):
    asked = world.request(minutes=240, least_minutes=240, most_parts=2)
    world.book(asked, span(0, 9, 11), part_no=1)
    world.book(asked, span(2, 9, 11), part_no=2)
    present = world.present(Interval(at(1, 0), WEEK.end))
    assert present.free == {"R-1#2"}
    assert activity(present.problem, "R-1#1").groups == ("R-1;parts",)


def test_what_follows_keeps_its_distance_to_what_may_move(world):
    first, second = world.request("R-1"), world.request("R-2")
    world.book(first, span(1, 9, 11))
    world.book(second, span(2, 9, 11))
    session.add(Precedence(before=first, after=second, min_lag_minutes=60))
    present = world.present()
    assert present.problem.precedences == (PrecedenceLag("R-1", "R-2", min_lag=present.timeline.ticks(60)),)


def test_a_chain_moves_together_or_not_at_all(world):
    for number in (1, 2):
        world.book(world.request(f"R-{number}", chain="Campaign"), span(number, 9, 11))
    assert world.present().problem.chains == (("R-1", "R-2"),)


def test_a_request_without_a_way_is_lost_if_it_needs_repair_and_stays_if_not(world):
    asked = world.request()
    booking = world.book(asked, span(1, 9, 11))
    world.chamber.retired_at = world.other.retired_at = MONDAY - timedelta(days=1)
    assert (world.present().free, world.present().lost) == (set(), ())
    broken(booking)
    present = world.present()
    (lost,) = present.lost
    assert (lost.code, lost.rule) == ("R-1", "retired")
    assert present.problem.activities == ()


def test_a_booking_by_hand_keeps_its_place_and_may_change_its_people(world):
    group = ExclusionGroup(site_id=world.site.id, code="CREW", name="Crew")
    session.add(group)
    booking = broken(world.book(None, span(1, 9, 11), exclusion_group=group, configuration="hot"))
    found = activity(world.present().problem, f"booking:{booking.id}")
    assert found.modes == (Mode("booked", ("TV-1",)),)
    assert (found.groups, found.configuration, found.value) == (("CREW",), "hot", 360)
    assert found.previous[0].people == (("P-1",),)


def test_other_facts_are_another_fingerprint_and_the_same_the_same(world):
    booking = world.book(world.request(), span(1, 9, 11))
    before = world.present().fingerprint
    assert world.present().fingerprint == before
    booking.state = "needs repair"
    hit = world.present().fingerprint
    world.stand_in.retired_at = MONDAY
    gone = world.present().fingerprint
    assert len({before, hit, gone}) == 3


def test_what_was_cancelled_is_no_part_of_it(world):
    booking = world.book(world.request(), span(1, 9, 11))
    cancel(booking, "not needed")
    assert world.present().problem.activities == ()
    assert session.get_one(Booking, booking.id).state == "cancelled"
