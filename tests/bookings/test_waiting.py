"""The waiting list: who is offered what came free, who may take it, and what becomes of an offer."""

import threading
from datetime import timedelta

import pytest

from scheduler.accounts.models import User
from scheduler.bookings import waiting
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.bookings.offer import FreedSlot, Offer
from scheduler.bookings.service import cancel
from scheduler.bookings.verdict import Clash
from scheduler.database import session, transaction
from scheduler.errors import Conflict, Forbidden, NotFound, UserError
from scheduler.outbox import OutboxMessage
from scheduler.requests import service
from scheduler.requests.models import ActivityRequest
from tests.bookings.asked import NOW, Asked
from tests.centre import at, span

SOON = timedelta(minutes=5)


@pytest.fixture
def centre(any_database):
    waiting.listen()
    made = Asked()
    # All but one hour of the only week in which anything is asked for.
    made.blocker = made.hold(span(0, 8, 18), made.tv1)
    return made


def waits(centre, **changes):
    request_id = centre.ask(latest_at=at(0, 18), **changes)
    with transaction():
        service.wait(session.get_one(ActivityRequest, request_id), centre.manager)
    return request_id


def free(centre):
    with transaction():
        cancel(session.get_one(Booking, centre.blocker), "not needed")


def offers(state=None):
    session.rollback()
    query = session.query(Offer).order_by(Offer.id)
    return query.filter_by(state=state).all() if state else query.all()


def accept(offer_id, user, now=NOW + SOON):
    with transaction(actor=user):
        return waiting.accept(waiting.get_offer(offer_id, user), user, now).id


def test_nothing_is_offered_while_nothing_is_free(centre):
    waits(centre)
    assert waiting.look_after(NOW) == []


def test_what_comes_free_is_offered_to_who_waits(centre):
    request_id = waits(centre)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    (offer,) = offers()
    assert (offer.id, offer.request_id, offer.state) == (offer_id, request_id, "open")
    assert waiting.run_of(offer) == span(0, 9, 13)
    assert waiting.resources_of(offer) == ["TV-1"]
    assert waiting.people_of(offer)
    assert session.query(FreedSlot).count() == 0
    assert [one.body["request_id"] for one in session.query(OutboxMessage).filter_by(topic="offer.made")] == [
        request_id
    ]


def test_nobody_waits_nothing_is_noted(centre):
    centre.ask(latest_at=at(0, 18))
    free(centre)
    assert session.query(FreedSlot).count() == 0


def test_the_most_urgent_is_first_and_of_equals_who_waits_longest(centre):
    late = waits(centre)
    urgent = waits(centre, priority=1)
    free(centre)
    waiting.look_after(NOW)
    assert [offer.request_id for offer in offers()] == [urgent]
    assert late != urgent


def test_who_does_not_fit_is_passed_over(centre):
    waits(centre, wish_minutes=700, least_minutes=700, priority=1)
    fits = waits(centre)
    free(centre)
    waiting.look_after(NOW)
    assert [offer.request_id for offer in offers()] == [fits]


def test_taking_it_books_it_and_the_waiting_ends(centre):
    request_id = waits(centre)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    booking_id = accept(offer_id, centre.researcher)
    row = centre.row(request_id)
    assert (row.state, row.waiting_since) == ("booked", None)
    assert session.get_one(Booking, booking_id).request_id == request_id
    assert offers()[0].booking_id == booking_id
    assert examine().overlaps == []


def test_what_was_declined_for_lack_of_room_is_booked_when_it_takes_an_offer(centre):
    request_id = centre.ask(state="submitted", latest_at=at(0, 18))
    with transaction():
        service.decline(session.get_one(ActivityRequest, request_id), centre.manager, "No room", waits=True)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    accept(offer_id, centre.researcher)
    assert centre.row(request_id).state == "booked"


def test_a_slot_that_somebody_else_took_is_a_conflict_and_nothing_is_written(centre):
    request_id = waits(centre)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    centre.hold(span(0, 8, 12), centre.tv1)
    with pytest.raises((Clash, UserError)):
        accept(offer_id, centre.researcher)
    assert centre.row(request_id).state == "approved"
    assert offers("open")


def test_leaving_it_passes_it_on_and_the_same_is_not_offered_again(centre):
    first, second = waits(centre, priority=1), waits(centre, user=centre.other)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    with transaction():
        waiting.decline(waiting.get_offer(offer_id, centre.researcher), centre.researcher, NOW + SOON)
    waiting.look_after(NOW + SOON)
    assert [(offer.request_id, offer.state) for offer in offers()] == [(first, "declined"), (second, "open")]
    assert centre.row(first).waiting_since is not None


def test_what_nobody_takes_in_time_lapses_and_passes_on(centre):
    first, second = waits(centre, priority=1), waits(centre, user=centre.other)
    free(centre)
    waiting.look_after(NOW)
    (offer,) = offers()
    until = offer.until_at
    assert waiting.look_after(until - timedelta(seconds=1)) == []
    waiting.look_after(until)
    assert [(each.request_id, each.state) for each in offers()] == [(first, "lapsed"), (second, "open")]
    with pytest.raises(UserError, match="This offer is over"):
        accept(offer.id, centre.researcher, until)


def test_an_offer_ends_before_half_of_the_time_to_its_start_is_gone(centre):
    waits(centre)
    free(centre)
    waiting.look_after(at(0, 1))
    (offer,) = offers()
    assert at(0, 1) < offer.until_at <= at(0, 5)


def test_who_withdraws_waits_no_more(centre):
    request_id = waits(centre)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    with transaction():
        service.withdraw(session.get_one(ActivityRequest, request_id), centre.researcher)
    with pytest.raises(UserError, match="waits for no slot"):
        accept(offer_id, centre.researcher)


def test_only_who_asked_or_a_manager_answers(centre):
    waits(centre)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    with pytest.raises((Forbidden, NotFound)):
        accept(offer_id, centre.other)
    assert accept(offer_id, centre.manager)


def test_of_two_who_take_it_at_once_one_has_it(centre):
    waits(centre)
    free(centre)
    (offer_id,) = waiting.look_after(NOW)
    user_id = centre.researcher.id
    session.remove()
    answers = []

    def take():
        try:
            accept(offer_id, session.get(User, user_id))
            answers.append("yes")
        except (UserError, Conflict):
            answers.append("no")
        finally:
            session.remove()

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["no", "no", "no", "yes"]
    assert examine().overlaps == []


def test_only_what_is_approved_and_has_no_slot_waits(centre):
    request_id = centre.ask(state="submitted")
    with transaction(), pytest.raises(UserError, match="may wait"):
        service.wait(session.get_one(ActivityRequest, request_id), centre.researcher)
    with transaction():
        service.decline(session.get_one(ActivityRequest, request_id), centre.manager, "No")
    with transaction(), pytest.raises(Forbidden, match="Ask a manager"):
        service.wait(session.get_one(ActivityRequest, request_id), centre.researcher)
