"""The newer pages of the rule book, each on both sides of its edge."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.bookings.rules import (
    LagFacts,
    Neighbour,
    Stop,
    SupplyFacts,
    Taken,
    refusals,
)
from tests.bookings.test_rules import BASE, CHAMBER, SANA, WEEK, with_duty
from tests.centre import at, span

NOOR = replace(SANA, name="Noor Ahmed")


def rules_of(facts):
    return [refusal.rule for refusal in refusals(facts)]


def in_chamber(**values):
    return replace(BASE, resources=[replace(CHAMBER, **values)])


def days(*numbers):
    return [span(number, 9, 12) for number in numbers]


@pytest.mark.parametrize(
    ("duties", "is_refused"),
    [(days(-2, -1), False), (days(-3, -2, -1), True), (days(-1, 1, 2), True), (days(-2, 1, 2), False)],
    ids=["the third day", "the fourth day", "between two rows", "a day of rest on both sides"],
)
def test_days_in_a_row_count_what_lies_before_and_after(duties, is_refused):
    facts = with_duty(replace(SANA, most_days_in_a_row=3, duties=duties))
    assert ("days in a row" in rules_of(facts)) is is_refused


def test_a_duty_over_midnight_takes_both_days_and_one_until_midnight_only_its_own():
    over = replace(SANA, most_days_in_a_row=1, duties=[span(-1, 20, 25)])
    until = replace(SANA, most_days_in_a_row=1, duties=[span(-2, 20, 24)])
    assert rules_of(with_duty(over)) == ["days in a row"]
    assert rules_of(with_duty(until)) == []


@pytest.mark.parametrize(("least", "is_refused"), [(1, False), (2, True)])
def test_so_many_people_are_on_duty_during_the_whole_run(least, is_refused):
    facts = replace(with_duty(SANA), resources=[replace(CHAMBER, least_people=least)])
    assert bool(rules_of(facts)) is is_refused
    both = replace(facts, duties=[*facts.duties, replace(facts.duties[0], person=NOOR)])
    assert rules_of(both) == []
    short = replace(facts.duties[0], person=NOOR, interval=span(0, 9, 11))
    assert ("people" in rules_of(replace(facts, duties=[*facts.duties, short]))) is (least == 2)


def test_a_visitor_in_a_restricted_place_is_beside_somebody_of_the_staff():
    visitor, trainee = replace(SANA, kind="visitor", name="Wang Jing"), replace(NOOR, kind="trainee")
    alone = replace(in_chamber(is_restricted=True), participants=[visitor, trainee])
    assert rules_of(alone) == ["escort"]
    assert rules_of(replace(alone, participants=[visitor, NOOR])) == []
    assert rules_of(replace(alone, participants=[trainee])) == []
    assert rules_of(replace(alone, resources=[CHAMBER])) == []


@pytest.mark.parametrize(
    ("values", "now", "rule"),
    [
        ({}, at(0, 9), None),
        ({}, at(0, 9) + timedelta(seconds=1), "past"),
        ({}, None, None),
        ({"notice_minutes": 60}, at(0, 8), None),
        ({"notice_minutes": 60}, at(0, 8) + timedelta(minutes=1), "notice"),
        ({"notice_minutes": 60}, None, None),
        ({"horizon_days": 2}, at(-2, 9), None),
        ({"horizon_days": 2}, at(-2, 8), "horizon"),
        ({"horizon_days": 2}, None, None),
        ({"shortest_minutes": 180}, None, None),
        ({"shortest_minutes": 181}, None, "length"),
        ({"longest_minutes": 180}, None, None),
        ({"longest_minutes": 179}, None, "length"),
        ({"calibrated_until": at(0, 13)}, None, None),
        ({"calibrated_until": at(0, 12.75)}, None, "calibration"),
    ],
)
def test_time_and_length_are_kept_to_the_minute(values, now, rule):
    assert rules_of(replace(in_chamber(**values), now=now)) == ([rule] if rule else [])


def taken(start, end, booking_id=7):
    return Taken(span(0, start, end), booking_id, "Bakeout")


@pytest.mark.parametrize(
    ("capacity", "seats", "there", "is_refused"),
    [
        (1, 1, [taken(13, 14)], False),
        (1, 1, [taken(12.75, 14)], True),
        (2, 1, [taken(8, 13)], False),
        (2, 1, [taken(8, 10), taken(10, 13)], False),
        (2, 1, [taken(8, 11), taken(10, 13)], True),
        (3, 3, [], False),
        (3, 3, [taken(12, 13)], True),
    ],
    ids=[
        "right after", "within", "one of two", "one after the other", "both at ten", "all of a zone",
        "hazardous beside somebody",
    ],
)  # fmt: skip
def test_places_are_counted_at_every_moment(capacity, seats, there, is_refused):
    found = refusals(in_chamber(capacity=capacity, seats=seats, taken=there))
    assert bool(found) is is_refused
    if found:
        assert found[0].in_the_way == (7,)
        assert found[0].override_role is None


@pytest.mark.parametrize(("minutes", "is_refused"), [(60, False), (61, True)])
def test_a_changeover_needs_its_room_on_both_sides(minutes, is_refused):
    before = Neighbour(taken(5, 7), minutes)
    after = Neighbour(taken(14, 16), minutes)
    assert ("changeover" in rules_of(in_chamber(before=before))) is is_refused
    assert ("changeover" in rules_of(in_chamber(after=after))) is is_refused


def test_people_and_groups_are_at_one_place():
    busy = with_duty(replace(SANA, taken=[taken(11, 14)]))
    assert rules_of(busy) == ["held"]
    assert rules_of(with_duty(replace(SANA, taken=[taken(12, 14)]))) == []
    assert rules_of(replace(BASE, group_code="CREW", group_taken=[taken(11, 14)])) == ["held"]
    twice = replace(with_duty(SANA), participants=[SANA])
    assert rules_of(replace(twice, participants=[twice.duties[0].person])) == ["named twice"]


@pytest.mark.parametrize(
    ("amount", "levels", "is_daily", "is_refused"),
    [
        (3, [], False, False),
        (4, [], False, True),
        (3, [(span(0, 11, 12), 6)], False, False),
        (3, [(span(0, 10, 11), 5)], False, True),
        (3, [], True, True),
        (1, [], True, False),
    ],
    ids=["just", "one too many", "less while nobody else draws", "less", "of the day", "the last of the day"],
)
def test_a_utility_is_drawn_within_what_is_left(amount, levels, is_daily, is_refused):
    others = [(taken(8, 10.5), 4), (taken(11, 14), 3), (taken(15, 16), 2)]
    if not is_daily:
        others = others[:2]
    supply = SupplyFacts("POWER", "kW", amount, BASE.run, 7 if not is_daily else 10, is_daily, levels, others)
    assert ("utility" in rules_of(replace(BASE, supplies=[supply]))) is is_refused


def test_what_follows_waits_for_what_comes_before():
    lag = LagFacts([span(0, 5, 7)], [], True, ("Bakeout", "Leak test"), 60, 120)
    assert rules_of(replace(BASE, lags=[lag])) == []
    assert rules_of(replace(BASE, lags=[replace(lag, min_lag_minutes=61)])) == ["lag"]
    assert rules_of(replace(BASE, lags=[replace(lag, before=[])])) == ["lag"]
    assert rules_of(replace(BASE, lags=[replace(lag, before=[], is_after=False)])) == []


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        (in_chamber(is_retired=True), None),
        (in_chamber(outages=[Stop(WEEK[0], "pump")]), "administrator"),
        (in_chamber(open=[]), "manager"),
        (replace(BASE, now=at(1, 0)), "administrator"),
    ],
    ids=["nobody", "what is out of order", "opening hours", "the past"],
)
def test_each_rule_says_who_may_set_it_aside(facts, role):
    (refusal,) = refusals(facts)
    assert refusal.override_role == role
    assert refusal.sentence.endswith(".")
