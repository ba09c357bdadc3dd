"""Moving, splitting, swapping, cancelling by hand, checking in, and taking it back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.bookings import edits
from scheduler.bookings.acts import proposal_of
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Duty, Proposal, Supply
from scheduler.bookings.verdict import Clash, Refused, check
from scheduler.database import session, transaction
from scheduler.errors import Conflict, Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.resources.models import Changeover
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_project,
    make_qualification,
    make_request,
    make_resource,
    make_site,
    make_user,
    make_utility,
    span,
)

NOW = at(-3, 12)


class Desk:
    """A site, two chambers, an operator, and a manager who books by hand."""

    def __init__(self):
        with transaction():
            self.site = make_site()
            self.tv1, self.tv2 = make_resource(self.site, "TV-1"), make_resource(self.site, "TV-2")
            self.operator = make_qualification(self.site)
            self.sana = make_person(self.site, holds=(self.operator,))
            self.manager, self.researcher = make_user("manager"), make_user("researcher")

    def proposal(self, run=None, *resources, title="Leak test", **values):
        return Proposal(
            site=self.site,
            title=title,
            resources=resources or (self.tv1,),
            run=run or span(0, 9, 12),
            **values,
        )

    def book(self, run=None, *resources, **values):
        with transaction(self.manager):
            (booking,) = edits.book_by_hand(
                [self.proposal(run, *resources, **values)], user=self.manager, now=NOW
            )
        return booking

    def do(self, work, *args, **values):
        values.setdefault("user", self.manager)
        with transaction(values["user"]):
            return work(*args, now=NOW, **values)

    def undo(self, user=None):
        with transaction(user or self.manager):
            return edits.undo(user or self.manager, NOW + timedelta(minutes=1))


@pytest.fixture
def desk(any_database, monkeypatch):
    monkeypatch.setattr("scheduler.bookings.acts.LASTS", timedelta(days=10_000))
    return Desk()


def test_a_move_keeps_the_booking_and_frees_where_it_was(desk):
    booking = desk.book(setup_minutes=30)
    desk.do(edits.move, booking, at(0, 14))
    assert (booking.starts_at, booking.ends_at) == (at(0, 14), at(0, 17))
    assert booking.original_start_at == at(0, 9)
    desk.book(span(0, 9, 12), title="Next")
    assert examine().is_healthy


def test_a_move_onto_another_is_refused_and_nothing_is_changed(desk):
    first, second = desk.book(), desk.book(span(0, 13, 15), title="Bakeout")
    with pytest.raises(Clash, match="TV-1 is held for Bakeout until Mon 30 Nov 15:00") as caught:
        desk.do(edits.move, first, at(0, 12))
    assert caught.value.clashes == (second.id,)
    assert session.get_one(Booking, first.id).starts_at == at(0, 9)
    assert examine().is_healthy


def test_a_move_over_its_own_old_time_is_no_clash(desk):
    booking = desk.book(duties=(Duty(desk.sana, desk.operator, "all"),))
    desk.do(edits.move, booking, at(0, 10))
    assert booking.starts_at == at(0, 10)
    assert examine().is_healthy


def test_a_move_to_another_place_and_person_writes_both_anew(desk):
    booking = desk.book(duties=(Duty(desk.sana, desk.operator, "all"),))
    with transaction():
        noor = make_person(desk.site, "P-2", "Noor Ahmed", holds=(desk.operator,))
    wanted = replace(proposal_of(booking), resources=(desk.tv2,), duties=(Duty(noor, desk.operator, "run"),))
    desk.do(edits.change, booking, wanted)
    assert [resource.code for resource in booking.resources] == ["TV-2"]
    assert [duty.person.name for duty in booking.duties] == ["Noor Ahmed"]
    assert examine().is_healthy


def test_who_saw_an_older_version_is_told(desk):
    booking = desk.book()
    seen = booking.version
    desk.do(edits.move, booking, at(0, 10))
    with pytest.raises(Stale, match="was changed while you looked"):
        desk.do(edits.move, booking, at(0, 11), version=seen)
    assert session.get_one(Booking, booking.id).starts_at == at(0, 10)


def test_only_a_manager_of_both_places_moves_it(desk):
    booking = desk.book()
    with pytest.raises(Forbidden, match="needs a manager"):
        desk.do(edits.move, booking, at(0, 10), user=desk.researcher)
    with transaction():
        narrow = make_user("manager", "narrow@centre.example")
        narrow.roles[0].scope_kind, narrow.roles[0].scope_id = "resource", desk.tv1.id
    desk.do(edits.move, booking, at(0, 10), user=narrow)
    with pytest.raises(Forbidden, match="TV-2"):
        desk.do(edits.change, booking, replace(proposal_of(booking), resources=(desk.tv2,)), user=narrow)


def test_a_resize_takes_no_more_than_is_free(desk):
    booking = desk.book()
    desk.book(span(0, 13, 15), title="Bakeout")
    desk.do(edits.resize, booking, span(0, 9, 13))
    assert booking.ends_at == at(0, 13)
    with pytest.raises(Conflict):
        desk.do(edits.resize, booking, span(0, 9, 13.25))


def test_a_split_leaves_two_that_hold_what_one_held(desk):
    booking = desk.book(setup_minutes=30, teardown_minutes=15)
    first, second = desk.do(edits.split, booking, at(0, 10))
    assert (first.id, first.run, second.run) == (booking.id, span(0, 9, 10), span(0, 10, 12))
    assert (first.occupied_from, second.occupied_until) == (at(0, 8.5), at(0, 12.25))
    assert examine().is_healthy
    for moment in (at(0, 9), at(0, 10)):
        with pytest.raises(UserError, match="not within its run"):
            desk.do(edits.split, first, moment)


def test_two_bookings_swap_and_the_database_lets_them(desk):
    first, second = desk.book(span(0, 9, 11)), desk.book(span(1, 9, 11), desk.tv2, title="Bakeout")
    desk.do(edits.swap, first, second)
    assert (first.run, [one.code for one in first.resources]) == (span(1, 9, 11), ["TV-2"])
    assert (second.run, [one.code for one in second.resources]) == (span(0, 9, 11), ["TV-1"])
    assert examine().is_healthy


def test_a_swap_of_neighbours_with_changeovers_writes_them_anew(desk):
    with transaction():
        desk.tv1.changeovers = [
            Changeover(from_configuration=one, to_configuration=other, minutes=60)
            for one, other in (("hot", "cold"), ("cold", "hot"))
        ]
    one = desk.book(span(0, 0, 2), configuration="hot")
    two = desk.book(span(0, 4, 6), configuration="cold", title="b")
    three = desk.book(span(0, 8, 10), configuration="cold", title="c")
    desk.do(edits.swap, one, two)
    assert {hold.kind for hold in three.holds} == {"use", "changeover"}
    assert examine().is_healthy


@pytest.mark.parametrize("deed", ["book", "move", "split", "swap", "cancel"])
def test_the_last_act_is_undone_by_the_same_door(desk, deed):
    first, second = desk.book(), desk.book(span(0, 13, 15), title="Bakeout")
    stood = {row.id: (row.run, row.state) for row in (first, second)}
    if deed == "book":
        stood[desk.book(span(1, 9, 10), title="New").id] = (span(1, 9, 10), "cancelled")
    elif deed == "move":
        desk.do(edits.move, first, at(2, 9))
    elif deed == "split":
        _, rest = desk.do(edits.split, first, at(0, 10))
        stood[rest.id] = (rest.run, "cancelled")
    elif deed == "swap":
        desk.do(edits.swap, first, second)
    else:
        with transaction(desk.manager):
            edits.cancel_by_hand([first], "no gas", user=desk.manager)
    desk.undo()
    for booking_id, (run, state) in stood.items():
        row = session.get_one(Booking, booking_id)
        assert (row.run, row.state) == (run, state)
    assert examine().is_healthy


def test_an_act_is_undone_once_and_only_while_nobody_changed_it_since(desk):
    booking = desk.book()
    desk.do(edits.move, booking, at(0, 14))
    with transaction():
        other = make_user("manager", "other@centre.example")
    with pytest.raises(UserError, match="nothing to undo"):
        desk.undo(other)
    desk.do(edits.move, booking, at(0, 16), user=other)
    with pytest.raises(Stale, match="was changed since"):
        desk.undo()
    desk.undo(other)
    assert session.get_one(Booking, booking.id).starts_at == at(0, 14)
    with pytest.raises(UserError, match="nothing to undo"):
        desk.undo(other)


def test_what_was_let_go_is_not_taken_back_from_whoever_has_it_now(desk):
    booking = desk.book()
    with transaction(desk.manager):
        edits.cancel_by_hand([booking], "no gas", user=desk.manager)
    with transaction():
        other = make_user("manager", "other@centre.example")
    with transaction(other):
        edits.book_by_hand([desk.proposal(title="Bakeout")], user=other, now=NOW)
    with pytest.raises(Conflict, match="held for Bakeout"):
        desk.undo()
    assert session.get_one(Booking, booking.id).state == "cancelled"


def test_a_cancelled_booking_needs_a_reason_and_somebody_who_may(desk):
    booking = desk.book()
    with transaction(), pytest.raises(UserError, match="Say why"):
        edits.cancel_by_hand([booking], " ", user=desk.manager)
    with transaction(), pytest.raises(Forbidden):
        edits.cancel_by_hand([booking], "mine now", user=desk.researcher)


def test_who_asked_may_cancel_but_not_move(desk):
    with transaction():
        project = make_project(desk.site)
        asked = make_request(project, desk.tv1, requester_id=desk.researcher.id, minutes=180)
    booking = desk.book(activity_request=asked, project=project, alternative=1)
    assert asked.state == "booked"
    with pytest.raises(Forbidden):
        desk.do(edits.move, booking, at(0, 10), user=desk.researcher)
    with transaction(desk.researcher):
        edits.cancel_by_hand([booking], "no article", user=desk.researcher)
    assert booking.state == "cancelled"


@pytest.mark.parametrize(
    ("minutes", "is_refused"), [(-31, True), (-30, False), (179, False), (180, True)],
    ids=["too early", "half an hour early", "in its last minute", "over"],
)  # fmt: skip
def test_checking_in_is_for_the_time_of_the_run(desk, minutes, is_refused):
    booking = desk.book()
    now = at(0, 9) + timedelta(minutes=minutes)
    if is_refused:
        with pytest.raises(UserError, match="is checked in from"), transaction():
            edits.check_in(booking, user=desk.manager, now=now)
    else:
        with transaction():
            edits.check_in(booking, user=desk.manager, now=now)
        assert booking.actual_start_at == now


def test_what_ends_early_frees_the_rest_at_once(desk):
    with transaction():
        power = make_utility(desk.site, "POWER", 5)
    booking = desk.book(
        duties=(Duty(desk.sana, desk.operator, "all"),),
        teardown_minutes=15,
        supplies=(Supply(power, 3, "run"),),
    )
    with transaction():
        edits.end(booking, user=desk.manager, now=at(0, 10) + timedelta(seconds=20), outcome="sealed")
    assert (booking.state, booking.outcome) == ("done", "sealed")
    assert booking.ends_at == at(0, 10) + timedelta(minutes=1)
    assert booking.occupied_until == booking.ends_at + timedelta(minutes=15)
    desk.book(span(0, 10.5, 12), title="Next", supplies=(Supply(power, 5, "run"),))
    assert examine().is_healthy
    with pytest.raises(UserError, match="is over"):
        desk.do(edits.move, booking, at(0, 14))


def test_a_no_show_waits_a_quarter_of_an_hour(desk):
    booking = desk.book()
    with pytest.raises(UserError, match="may still begin"), transaction():
        edits.note_no_show(booking, user=desk.manager, now=at(0, 9.2))
    with transaction():
        edits.note_no_show(booking, user=desk.manager, now=at(0, 9.25))
    assert (booking.state, booking.outcome) == ("done", "no show")
    desk.book(span(0, 9.5, 12), title="Next")
    assert examine().is_healthy


def test_somebody_else_does_not_check_in(desk):
    booking = desk.book()
    with pytest.raises(Forbidden), transaction():
        edits.check_in(booking, user=desk.researcher, now=at(0, 9))


def test_an_override_stays_visible_on_the_booking(desk):
    with transaction():
        desk.tv1.calendar = make_calendar(desk.site)
    late = desk.proposal(span(0, 17, 19))
    with pytest.raises(Refused) as caught:
        desk.do(edits.book_by_hand, [late])
    assert caught.value.verdict.override_role == "manager"
    assert caught.value.verdict.free[0] == at(1, 8)
    (booking,) = desk.do(edits.book_by_hand, [late], override_reason="launch campaign")
    assert (booking.override_reason, booking.overridden_by.name) == ("launch campaign", "Manager")
    desk.do(edits.move, booking, at(1, 9))
    assert booking.override_reason is None


def test_what_keeps_people_safe_only_an_administrator_sets_aside(desk):
    with transaction():
        desk.tv1.least_people = 2
        administrator = make_user("administrator")
    alone = desk.proposal(duties=(Duty(desk.sana, desk.operator, "all"),))
    with pytest.raises(Forbidden, match="Only an administrator"):
        desk.do(edits.book_by_hand, [alone], override_reason="it is quick")
    desk.do(edits.book_by_hand, [alone], user=administrator, override_reason="drill")


def test_what_is_past_is_refused_by_hand(desk):
    with pytest.raises(Refused, match="is past"):
        desk.do(edits.book_by_hand, [desk.proposal(span(-4, 9, 12))])


def test_a_check_says_what_booking_would_and_writes_nothing(desk):
    desk.book(title="Bakeout")
    with transaction():
        secret = make_project(desk.site, "QMR", is_confidential=True)
    desk.book(span(0, 13, 14), title="Night vision", project=secret)
    verdict = check(desk.proposal(span(0, 11, 14)), user=desk.researcher, now=NOW)
    assert [refusal.rule for refusal in verdict.refusals] == ["held"]
    assert "Night vision" not in " ".join(verdict.sentences)
    assert [booking.title for booking in verdict.in_the_way] == ["Bakeout", "Night vision"]
    assert verdict.free[0] == at(0, 14)
    assert check(desk.proposal(Interval(verdict.free[0], at(0, 17))), now=NOW).is_allowed
