"""The repair of a published week: the least change, published whole or not at all."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.bookings import edits
from scheduler.bookings.models import Booking, BookingAct
from scheduler.bookings.service import Duty
from scheduler.database import session, transaction
from scheduler.errors import Conflict, Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.outbox import OutboxMessage
from scheduler.people.models import Qualification
from scheduler.plans import queries, repairing, service
from scheduler.resources import service as resources
from scheduler.resources.models import Outage
from tests import centre
from tests.centre import at, span
from tests.plans.repair_world import BEFORE, WEEK_NAME, World, facts, needing_repair, overlaps
from tests.plans.week import WEEK, build


@pytest.fixture
def world(any_database, monkeypatch):
    return World(monkeypatch)


@pytest.fixture
def lite(sqlite_database, monkeypatch):
    return World(monkeypatch)


def test_an_outage_of_the_busiest_chamber_is_repaired_with_the_least_change(world):
    code, held = world.busiest()
    world.out(code, Interval(held[0].starts_at, held[2].ends_at))
    before, hit = facts(world.bookings()), set(needing_repair())
    assert len(hit) >= 3
    plan_id = world.found()
    assert facts(world.bookings()) == before, "finding changes nothing"

    lines = {line.booking_id: line for line in world.spoken(plan_id).lines}
    changed, released = world.publish(plan_id)

    after = facts(world.bookings())
    assert needing_repair() == []
    assert overlaps() == []
    assert released == set()
    assert changed == hit == lines.keys(), "nobody else has to move: there is room"
    assert all(line.why and line.told for line in lines.values())
    assert {key: after[key] for key in before.keys() - hit} == {
        key: before[key] for key in before.keys() - hit
    }
    assert queries.get_plan(plan_id).state == "published"


def test_an_absence_changes_the_people_and_leaves_the_places(world):
    hit = [each for each in world.bookings() if each.duties[0].person.code == "P-1"]
    world.away("P-1", WEEK)
    before = facts(world.bookings())
    plan_id = world.found()
    assert {line.kind for line in world.spoken(plan_id).lines} == {"reassigned"}
    changed, released = world.publish(plan_id)
    assert (changed, released) == ({each.id for each in hit}, set())
    after = facts(world.bookings())
    for booking_id in changed:
        assert after[booking_id][2:5] == before[booking_id][2:5]
        assert after[booking_id][5] != ("P-1",)
    assert needing_repair() == [] == overlaps()


def test_what_has_no_place_any_more_is_let_go_and_its_request_waits_again(world):
    world.out("TV-1", WEEK)
    world.out("TV-2", Interval(at(1, 0), at(7, 0)))
    plan_id = world.found()
    spoken = world.spoken(plan_id)
    assert spoken.counts["dropped"] == len(spoken.lines) - spoken.counts.get("moved", 0) >= 6
    assert spoken.lost_minutes == 240 * spoken.counts["dropped"]
    _, released = world.publish(plan_id)
    assert len(released) == spoken.counts["dropped"]
    assert needing_repair() == [] == overlaps()
    for booking in world.bookings():
        asked = booking.activity_request
        expected = ("cancelled", "approved") if booking.id in released else ("booked", "booked")
        assert (booking.state, asked.state) == expected
    assert session.get_one(Booking, min(released)).outcome == "lost its place in the repair of week 49"


def test_a_repair_of_facts_that_have_changed_is_refused_and_nothing_is_changed(world):
    code, held = world.busiest()
    world.out(code, held[0].run)
    plan_id = world.found()
    world.away("P-2", span(4, 8, 18))
    before = facts(world.bookings())
    assert repairing.is_stale(queries.get_plan(plan_id))
    with pytest.raises(Stale, match="Find the repair again"):
        world.publish(plan_id)
    assert facts(world.bookings()) == before
    assert queries.get_plan(plan_id).published_at is None


def test_a_booking_that_was_changed_meanwhile_is_not_overwritten(lite):
    code, held = lite.busiest()
    lite.out(code, held[0].run)
    plan_id = lite.found()
    with transaction():
        session.get_one(Booking, held[0].id).title = "Another name"
    before = facts(lite.bookings())
    with pytest.raises(Stale, match="changed while you looked"):
        lite.publish(plan_id)
    assert facts(lite.bookings()) == before


def test_a_repair_is_published_once(lite):
    code, held = lite.busiest()
    lite.out(code, held[0].run)
    plan_id = lite.found()
    lite.publish(plan_id)
    before = facts(lite.bookings())
    with pytest.raises(UserError, match="already published"):
        lite.publish(plan_id)
    assert facts(lite.bookings()) == before


def test_what_has_begun_or_is_checked_in_or_was_put_there_by_hand_never_moves(world):
    """Everything is in the way of two hit bookings, and only the rest may make room."""
    against_a_rule, checked_in = world.booking_of("R-7").id, world.booking_of("R-4").id
    with transaction():
        by_hand = world.book("By hand", span(2, 8, 18), "TV-1")
        session.get_one(Booking, against_a_rule).override_reason = "the launch waits"
        session.get_one(Booking, checked_in).actual_start_at = at(1, 7.9)
    begun = {each.id for each in world.bookings() if each.starts_at < at(1, 0)}
    stays = begun | {by_hand, against_a_rule, checked_in}
    for code in ("TV-1", "TV-2"):
        world.out(code, span(1, 8, 18))
        world.out(code, Interval(at(3, 0), at(7, 0)))
    before = facts(world.bookings())
    plan_id = world.found(Interval(at(0, 9), WEEK.end))
    changed, released = world.publish(plan_id)
    after = facts(world.bookings())
    movable = {against_a_rule}  # it needs repair itself, so it may move in spite of its rule
    assert (stays - movable).isdisjoint(changed | released)
    assert {key: after[key] for key in stays - movable} == {key: before[key] for key in stays - movable}
    assert changed
    assert overlaps() == []


def test_a_booking_in_order_that_was_put_there_against_a_rule_stays(lite):
    with transaction():
        for booking in lite.bookings():
            session.get_one(Booking, booking.id).override_reason = "the launch waits"
    code, held = lite.busiest()
    lite.out(code, held[0].run)
    assert lite.prepared().present.free == {held[0].activity_request.code}


def test_a_booking_by_hand_that_needs_repair_gets_another_time_and_the_same_kind_of_people(lite):
    with transaction():
        operator = session.scalars(select(Qualification)).one()
        duty = Duty(lite.person("P-3"), operator, "run")
        booking_id = lite.book("By hand", span(3, 9, 12), "TV-1", duties=(duty,), setup_minutes=30)
    lite.out("TV-1", span(3, 0, 24))
    lite.away("P-3", WEEK)
    changed, _ = lite.publish(lite.found())
    booking = session.get_one(Booking, booking_id)
    assert booking_id in changed
    assert (booking.state, [each.code for each in booking.resources]) == ("booked", ["TV-1"])
    assert booking.starts_at.date() != at(3, 0).date()
    assert (booking.starts_at - booking.occupied_from, booking.run.hours) == (timedelta(minutes=30), 3)
    assert [each.person.code for each in booking.duties] in (["P-1"], ["P-2"])


def test_what_nothing_stands_against_any_more_is_put_in_order(lite):
    _, held = lite.busiest()
    with transaction():
        session.get_one(Booking, held[0].id).state = "needs repair"
    plan_id = lite.found()
    assert [(line.booking_id, line.kind) for line in lite.spoken(plan_id).lines] == [(held[0].id, "in order")]
    assert lite.publish(plan_id) == ({held[0].id}, set())
    assert session.get_one(Booking, held[0].id).state == "booked"


def test_what_has_no_way_left_is_let_go_and_says_so(lite):
    booking = lite.booking_of("R-3")
    with transaction():
        asked = lite.request("R-3")
        (gone,) = (way for way in asked.alternatives if way.resources != booking.resources)
        asked.alternatives.remove(gone)
        resources.retire(booking.resources[0], lite.manager)
    plan_id = lite.found()
    line = next(line for line in lite.spoken(plan_id).lines if line.booking_id == booking.id)
    code = booking.resources[0].code
    assert (line.kind, line.after) == ("dropped", None)
    assert line.why == (f"{code} is retired.", f"{code} is retired, and it cannot do without.")
    assert booking.id in lite.publish(plan_id)[1]
    assert (lite.request("R-3").state, needing_repair()) == ("approved", [])


def test_everybody_concerned_gets_one_message(world):
    code, held = world.busiest()
    world.out(code, Interval(held[0].starts_at, held[2].ends_at))
    plan_id = world.found()
    changed, _ = world.publish(plan_id)
    rows = session.scalars(select(OutboxMessage).where(OutboxMessage.topic == "bookings.repaired")).all()
    told = [(row.body["person"], row.body["user"]) for row in rows]
    assert len(told) == len(set(told)) >= 2
    assert {booking_id for row in rows for booking_id in row.body["bookings"]} == changed
    (asker,) = [row.body for row in rows if row.body["user"] == world.asker.id]
    assert (set(asker["bookings"]), asker["cancelled"]) == (changed, [])
    assert {name for name, _ in world.spoken(plan_id).told} >= {"Researcher"}


def test_the_whole_repair_is_undone_at_once(lite):
    code, held = lite.busiest()
    outage = lite.out(code, held[0].run)
    before = {key: value[2:] for key, value in facts(lite.bookings()).items()}
    lite.publish(lite.found())
    assert {key: value[2:] for key, value in facts(lite.bookings()).items()} != before
    act = session.scalars(select(BookingAct)).one()
    assert (act.kind, act.words) == ("repair", "Week 49 repaired")
    with transaction(actor=lite.manager):
        resources.end_outage(session.get_one(Outage, outage), BEFORE, lite.manager)
        edits.undo(lite.manager, act.at)
    assert {key: value[2:] for key, value in facts(lite.bookings()).items()} == before


def test_a_repair_that_comes_too_late_is_refused(lite):
    code, held = lite.busiest()
    lite.out(code, held[0].run)
    plan_id = lite.found()
    with pytest.raises(Conflict, match="would have begun"):
        lite.publish(plan_id, now=held[0].occupied_from + timedelta(minutes=1))
    assert needing_repair() == [held[0].id]


def test_nothing_to_repair_is_said(lite):
    with pytest.raises(UserError, match="needs repair in week 49"):
        lite.prepared()


def test_a_week_that_is_over_is_refused(lite):
    for moment in (WEEK.end, WEEK.end - timedelta(minutes=30)):
        with pytest.raises(UserError, match="Week 49 is over"):
            repairing.span_of(lite.site, WEEK_NAME, moment)
    assert repairing.span_of(lite.site, WEEK_NAME, at(2, 9.5)) == Interval(at(2, 10), WEEK.end)


def test_only_a_manager_of_the_site_finds_and_publishes(lite):
    code, held = lite.busiest()
    lite.out(code, held[0].run)
    plan_id, task = lite.found(), lite.prepared()
    found = repairing.search(task, seconds=2)
    with transaction():
        elsewhere = centre.make_user("manager", "elsewhere@centre.example")
        elsewhere.roles[0].scope_kind, elsewhere.roles[0].scope_id = "site", lite.site_id + 1
        viewer = centre.make_user("viewer")
    before = facts(lite.bookings())
    for user in (elsewhere, viewer, lite.asker):
        user = session.merge(user)
        with pytest.raises(Forbidden):
            repairing.prepare(lite.site, WEEK_NAME, WEEK, user=user)
        with pytest.raises(Forbidden), transaction():
            repairing.keep(lite.site, task, found, user=user)
        with pytest.raises(Forbidden), transaction():
            repairing.publish(queries.get_plan(plan_id), user=user)
    assert facts(lite.bookings()) == before


def test_a_repair_is_no_ordinary_plan(world):
    code, held = world.busiest()
    world.out(code, held[0].run)
    ordinary = queries.latest_with_answer(world.site_id, drafts=True)
    plan_id = world.found()
    assert service.latest_draft(world.site) is None
    assert repairing.weeks_of_repairs(world.site_id) == {plan_id: WEEK_NAME}
    assert repairing.latest_of(world.site, WEEK_NAME).id == plan_id
    assert queries.latest_with_answer(world.site_id, drafts=True).id == ordinary.id
    before = facts(world.bookings())
    with pytest.raises(UserError, match="is a repair"), transaction():
        service.publish(queries.get_plan(plan_id), user=world.manager)
    assert facts(world.bookings()) == before
    with pytest.raises(UserError, match="is no repair"), transaction():
        repairing.publish(queries.get_plan(ordinary.id), user=world.manager)


def test_what_lost_its_place_is_placed_by_the_next_plan(lite):
    outage = lite.out("TV-1", WEEK)
    lite.out("TV-2", Interval(at(1, 0), at(7, 0)))
    _, released = lite.publish(lite.found())
    with transaction():
        resources.end_outage(session.get_one(Outage, outage), BEFORE, lite.manager)
    plan = build(lite.site)
    assert (plan.placed, plan.asked) == (len(released), len(released))
