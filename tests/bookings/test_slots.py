"""The best free times: the soonest that every rule allows, who would come, and why there is none."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.bookings import slot_picture, slots
from scheduler.bookings.service import book
from scheduler.bookings.slot_words import cards, why_not
from scheduler.bookings.slots import find_slots, slot_at
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction
from scheduler.people.models import Absence
from scheduler.requests.sketch import sketch
from scheduler.requests.values import NeedValue, Way, WindowValue
from scheduler.resources.models import Outage
from tests.bookings.asked import NOW, Asked
from tests.centre import at, make_person, make_resource, span


@pytest.fixture
def centre(sqlite_database):
    return Asked()


def runs(found):
    return [slot.run for slot in found.slots]


def test_the_three_soonest_on_three_days_with_somebody_qualified(centre):
    found = centre.find()
    assert runs(found) == [span(0, 9, 13), span(1, 9, 13), span(2, 9, 13)]
    assert {duty.person.name for slot in found.slots for duty in slot.proposal.duties} <= {
        "Sana Mirza",
        "Noor Ahmed",
    }


def test_what_is_held_is_not_offered(centre):
    centre.hold(span(0, 8, 18))
    centre.hold(span(1, 8, 12))
    assert runs(centre.find()) == [span(1, 13, 17), span(2, 9, 13), span(3, 9, 13)]


def test_nothing_lies_before_now_nor_after_the_last_end(centre):
    found = centre.find(earliest_at=at(-10, 0), latest_at=at(0, 13))
    assert runs(found) == [span(-3, 13, 17), span(0, 9, 13)]


def test_it_has_to_fit_with_its_setup(centre):
    assert runs(centre.find(latest_at=at(0, 13))) == [span(0, 9, 13)]
    assert runs(centre.find(latest_at=at(0, 12.9))) == []


def test_windows_hold_for_the_run_or_for_the_whole(centre):
    assert runs(centre.find(windows=(WindowValue(at(1, 10), at(1, 15)),)))[0] == span(1, 10, 14)
    assert runs(centre.find(windows=(WindowValue(at(1, 10), at(1, 15), "whole"),)))[0] == span(1, 11, 15)


def test_an_outage_and_an_absence_are_kept_clear_of(centre):
    with transaction():
        session.add(Outage(resource_id=centre.tv1.id, starts_at=at(0, 0), ends_at=at(1, 0), reason="leak"))
        for person in (centre.sana, centre.noor):
            session.add(Absence(person_id=person.id, starts_at=at(1, 0), ends_at=at(2, 0)))
    assert runs(centre.find())[0] == span(2, 9, 13)


def test_two_are_needed_where_two_are_asked_for(centre):
    found = centre.find(needs=(NeedValue(centre.operator.id, 2),))
    assert {duty.person.name for duty in found.slots[0].proposal.duties} == {"Sana Mirza", "Noor Ahmed"}
    found = centre.find(needs=(NeedValue(centre.operator.id, 3),))
    assert found.slots == ()
    assert found.lacking == "vacuum operator"


def test_the_less_busy_one_comes_first(centre):
    centre.hold(span(1, 9, 16), centre.tv2, people=(centre.noor,))
    assert centre.find().slots[0].proposal.duties[0].person.name == "Sana Mirza"


def test_whoever_is_at_a_limit_is_passed_over(centre):
    with transaction():
        centre.noor.most_minutes_day = 60
    assert {slot.proposal.duties[0].person.name for slot in centre.find().slots} == {"Sana Mirza"}


def test_liked_times_come_first_and_the_rest_is_told_apart(centre):
    found = centre.find(preferred="afternoon; Thu", ways=(Way((centre.tv2.id,)),))
    zone = zone_of(centre.site)
    shown = cards(found, zone, None)
    assert found.slots[0].run == span(3, 12, 16)
    assert shown[0].differs.startswith("As you prefer.")
    assert shown[0].tag == ("ok", "check", "best")
    assert "Not an afternoon." in shown[1].differs
    assert shown[0].is_on


def test_the_second_choice_says_instead_of_what(centre):
    centre.hold(span(0, 8, 18))
    found = centre.find(ways=(Way((centre.tv1.id,)), Way((centre.tv2.id,), 10)), latest_at=at(1, 0))
    (card,) = cards(found, zone_of(centre.site), None)
    assert card.place == "TV-2"
    assert "Instead of TV-1." in card.differs


def test_a_shorter_one_is_offered_where_the_wish_does_not_fit(centre):
    found = centre.find(wish_minutes=900, least_minutes=300)
    assert found.slots[0].run.minutes == 300
    shown = cards(found, zone_of(centre.site), None)
    assert shown[0].tag == ("warn", "warn", "shorter")
    assert "5 h of the 15 h" in shown[0].differs


def test_why_it_does_not_fit_names_the_longest_free_time(centre):
    found = centre.find(wish_minutes=660, least_minutes=660)
    said = why_not(found, None, zone_of(centre.site))
    assert "TV-1 is not free for 11 h and its setup in one go" in said.reason
    assert "The longest free time is 10 h, Mon 30 Nov 08:00–18:00." in said.reason


def test_why_it_does_not_fit_names_who_is_lacking(centre):
    found = centre.find(needs=(NeedValue(centre.operator.id, 3),))
    assert (
        "not enough people for vacuum operator at any time when TV-1 is free"
        in why_not(found, None, zone_of(centre.site)).reason
    )


def test_why_it_does_not_fit_repeats_the_rule_that_refuses(centre):
    with transaction():
        centre.project.quota_minutes = 60
    found = centre.find()
    assert found.refused is not None
    assert found.refused.rule == "quota"


def test_a_later_end_that_would_do_is_told_and_does_it(centre):
    found = centre.find(latest_at=at(0, 12))
    later = centre.find(latest_at=None, most=1).slots[0]
    said = why_not(found, later, zone_of(centre.site))
    assert said.latest == "2026-11-30 13:00"
    assert centre.find(latest_at=at(0, 13)).slots


def test_a_sketch_is_never_written(centre):
    centre.find()
    assert not session.new
    assert not session.dirty


def test_the_picture_shows_the_slots_where_they_lie(centre):
    centre.hold(span(0, 8, 18))
    picture = slot_picture.draw(centre.find(), centre.site)
    assert picture is not None
    assert [row.name for row in picture.rows] == ["TV-1", "vacuum operator"]
    assert [part.label for part in picture.rows[0].parts if part.look == "slot"] == ["1", "2", "3"]
    for row in picture.rows:
        assert all(part.x >= 0 and part.x + part.width <= 100.1 for part in row.parts)


def test_each_slot_that_is_offered_can_be_booked(any_database):
    """The promise of the cards, on a centre at random: what is shown, the one door takes."""
    chance = random.Random(11)
    centre = Asked()
    with transaction():
        site = centre.site
        third = make_resource(site, "TV-3", 2, teardown_minutes=30)
        make_person(site, "P-3", "Omar Latif", holds=(centre.operator,), most_minutes_day=300)
        third_id = third.id
    for _ in range(12):
        ids = [centre.tv1.id, centre.tv2.id, third_id]
        ways = tuple(Way((i,)) for i in chance.sample(ids, chance.randint(1, 3)))
        changes = {
            "ways": ways,
            "wish_minutes": (wish := chance.choice([60, 150, 240, 480])),
            "least_minutes": chance.choice([60, wish]),
            "needs": (NeedValue(centre.operator.id, chance.randint(1, 2), chance.choice(["run", "all"])),),
            "setup_minutes": chance.choice([None, 0, 45]),
        }
        found = centre.find(**changes)
        if not found.slots:
            continue
        slot = chance.choice(found.slots)
        with transaction():
            again = slot_at(
                sketch(centre.values(**changes), centre.site), centre.site, slot.run, user=None, now=NOW
            )
            booking = book(_plain(again), now=NOW)
            assert booking.run == slot.run


def _plain(proposal):
    return replace(proposal, activity_request=None)


def test_a_search_asks_a_bounded_number_of_times(centre, monkeypatch):
    asked = []
    real = slots.refusals
    monkeypatch.setattr(slots, "refusals", lambda facts: asked.append(1) or real(facts))
    with transaction():
        centre.project.quota_minutes = 60
    find_slots(
        sketch(centre.values(latest_at=at(0, 0) + timedelta(days=200)), centre.site),
        centre.site,
        user=None,
        now=NOW,
    )
    assert len(asked) <= slots.MOST_TRIES
