"""Two who write at once, step by step: the second waits for the first and then hears what became of it."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import pytest

from scheduler.bookings import edits, service
from scheduler.bookings.acts import proposal_of
from scheduler.bookings.models import Booking, Hold
from scheduler.bookings.proposal import Proposal
from scheduler.calendars.models import Site
from scheduler.database import session, transaction
from scheduler.errors import Stale, UserError
from scheduler.projects.models import Project
from scheduler.requests import service as requests
from scheduler.requests.models import ActivityRequest, Precedence
from scheduler.resources.models import Changeover, Resource
from tests.centre import at, make_project, make_request, make_resource, make_site, make_user, span

NOW = at(-3, 12)


@pytest.fixture
def centre(any_database):
    with transaction():
        site = make_site()
        make_user("manager")
        project = make_project(site, "TIGHT", quota_minutes=120)
        rows = [make_resource(site, code) for code in ("TV-1", "TV-2")]
        for number, row in enumerate(rows):
            make_request(project, row, code=f"R-{number}", minutes=120, state="submitted")
        return site.id


@contextmanager
def meanwhile(deed):
    """The deed of somebody else begins within a transaction of ours, and ends after it."""
    told = []

    def work():
        try:
            with transaction():
                deed()
            told.append("done")
        except Exception as error:
            told.append(error)
        finally:
            session.remove()

    other = threading.Thread(target=work)
    with transaction():
        yield told
        other.start()
        # Long enough to be in the way, were it not for the lock: the answer is the same if it was not.
        other.join(0.5)
    other.join(30)


def book(code, site_id):
    project = session.query(Project).one()
    place = session.query(Resource).filter_by(code=code).one()
    service.book(
        Proposal(session.get_one(Site, site_id), f"on {code}", (place,), span(0, 9, 11), project=project)
    )


def test_two_bookings_at_once_do_not_share_the_last_hours_of_a_project(centre):
    with meanwhile(lambda: book("TV-2", centre)) as told:
        book("TV-1", centre)
    (refusal,) = told
    assert isinstance(refusal, UserError)
    assert "TIGHT has 0 min of its quota left" in refusal.message


def test_two_moves_at_once_do_not_break_the_order_of_two_requests(centre):
    with transaction():
        before, after = session.query(ActivityRequest).order_by(ActivityRequest.code).all()
        session.add(Precedence(before=before, after=after))
        before.project.quota_minutes = None
        for asked, run in ((before, span(0, 8, 10)), (after, span(0, 12, 14))):
            way = asked.alternatives[0]
            service.book(
                Proposal(
                    session.get_one(Site, centre), asked.code, tuple(way.resources), run,
                    activity_request=asked, alternative=1,
                )
            )  # fmt: skip

    def move(title, start):
        edits.move(session.query(Booking).filter_by(title=title).one(), start, user=None, now=NOW)

    with meanwhile(lambda: move("R-1", at(0, 10))) as told:
        move("R-0", at(0, 10))
    (refusal,) = told
    assert isinstance(refusal, UserError)
    assert "follows Activity R-0" in refusal.message


def approve(code):
    requests.approve(session.query(ActivityRequest).filter_by(code=code).one(), None)


def test_of_two_who_approve_one_request_the_second_hears_that_it_is_approved(centre):
    with meanwhile(lambda: approve("R-0")) as told:
        approve("R-0")
    (refusal,) = told
    assert isinstance(refusal, UserError)
    assert "R-0 is approved" in refusal.message


def test_two_approvals_at_once_do_not_share_the_last_hours_of_a_project(centre):
    with meanwhile(lambda: approve("R-1")) as told:
        approve("R-0")
    (refusal,) = told
    assert isinstance(refusal, UserError)
    assert refusal.message.startswith("R-1:")


def test_other_places_are_a_change_that_whoever_looked_before_is_told_of(centre):
    with transaction():
        book("TV-1", centre)
    seen = session.query(Booking).one()
    booking_id, version = seen.id, seen.version
    with transaction():
        booking = session.get_one(Booking, booking_id)
        other = session.query(Resource).filter_by(code="TV-2").one()
        wanted = proposal_of(booking)
        edits.change(booking, replace(wanted, resources=(other,)), user=None, now=NOW)
    with pytest.raises(Stale), transaction():
        edits.move(session.get_one(Booking, booking_id), at(1, 9), user=None, now=NOW, version=version)


def test_what_a_neighbour_writes_before_a_booking_goes_with_it_when_it_is_cancelled(centre):
    with transaction():
        site, project = session.get_one(Site, centre), session.query(Project).one()
        project.quota_minutes = None
        place = session.query(Resource).filter_by(code="TV-1").one()
        place.changeovers = [Changeover(from_configuration="hot", to_configuration="cold", minutes=60)]
        wish = Proposal(site, "cold", (place,), span(0, 12, 14), configuration="cold")
        service.book(wish)

    def cancel():
        edits.cancel_by_hand([session.query(Booking).filter_by(title="cold").one()], "no gas", user=None)

    with meanwhile(cancel) as told:
        wish = replace(
            wish,
            site=session.get_one(Site, centre),
            resources=(session.query(Resource).filter_by(code="TV-1").one(),),
        )
        service.book(replace(wish, title="hot", run=span(0, 9, 11), configuration="hot"))
    assert told == ["done"]
    (left,) = session.query(Hold).all()
    assert left.booking.title == "hot"


def test_of_two_who_let_go_of_one_booking_the_second_hears_that_it_was_changed(centre):
    book_one(centre)
    with meanwhile(lambda: edits.cancel_by_hand([the_one()], "no gas", user=None)) as told:
        edits.cancel_by_hand([the_one()], "no power", user=None)
    (refusal,) = told
    assert isinstance(refusal, UserError)
    assert the_one().outcome == "no power"


def test_what_was_let_go_of_meanwhile_is_not_brought_back_by_a_move(centre):
    book_one(centre)
    with meanwhile(lambda: edits.move(the_one(), at(0, 13), user=None, now=NOW)) as told:
        edits.cancel_by_hand([the_one()], "no gas", user=None)
    (refusal,) = told
    assert isinstance(refusal, UserError)
    assert (the_one().state, the_one().holds) == ("cancelled", [])


def book_one(site_id):
    with transaction():
        place = session.query(Resource).filter_by(code="TV-1").one()
        service.book(Proposal(session.get_one(Site, site_id), "one", (place,), span(0, 9, 11)))


def the_one():
    return session.query(Booking).filter_by(title="one").one()
