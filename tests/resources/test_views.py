"""The pages about facilities: how they stand, outages with what they hit, who may change what."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.accounts.models import Role, User
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.database import session, transaction, utc_now
from scheduler.intervals import Interval
from scheduler.resources.models import Outage, Resource, Stewardship
from tests import centre
from tests.pages import client_of, text_of

NOW = utc_now().replace(minute=0, second=0, microsecond=0)


class World:
    """A hall with a bay that is booked in ten days, and a lab that another manager looks after."""

    def __init__(self):
        with transaction():
            site = centre.make_site(time_zone="UTC")
            hall = centre.make_resource(site, "HALL", kind="test facility")
            bay = centre.make_resource(
                site,
                "BAY-1",
                kind="test facility",
                whole=hall,
                calibration_due_on=NOW.date() + timedelta(days=20),
            )
            lab = centre.make_resource(site, "L-01")
            self.users = {
                role: centre.make_user(role)
                for role in ("viewer", "staff", "researcher", "manager", "administrator")
            }
            other = centre.make_user("manager", "other@centre.example", name="Other Manager")
            lab.stewards.append(Stewardship(user_id=other.id))
            self.start = NOW + timedelta(days=10)
            run = Interval(self.start, self.start + timedelta(hours=3))
            self.booking_id = book(Proposal(site=site, title="Leak test", resources=(bay,), run=run)).id
            self.hall, self.bay, self.lab = hall.id, bay.id, lab.id

    def state(self):
        session.rollback()
        return session.get_one(Booking, self.booking_id).state

    def report(self, **changes):
        return {
            "starts": f"{self.start:%Y-%m-%d %H:%M}",
            "ends": f"{self.start + timedelta(hours=1):%Y-%m-%d %H:%M}",
            "reason": "pump failure", "every_weeks": "0", "key": "one-form", "then": "report",
        } | changes  # fmt: skip


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def manager(app, world):
    return client_of(app, world.users["manager"])


def count():
    session.rollback()
    return session.scalar(select(func.count(Outage.id)))


def test_everybody_reads_how_facilities_stand(app, world):
    page = text_of(client_of(app, world.users["viewer"]).get("/facilities/"))
    assert "3 facilities, as they stand at this moment." in page
    assert "part of <bdi>HALL</bdi>" in page
    assert "calibration due" in page
    assert "Add facility" not in page


def test_a_viewer_reads_one_and_changes_nothing(app, world):
    client = client_of(app, world.users["viewer"])
    page = text_of(client.get(f"/facilities/{world.bay}"))
    assert "Leak test" in page
    assert "Report an outage" not in page


@pytest.mark.parametrize("role", ["viewer", "staff", "researcher"])
@pytest.mark.parametrize("path", ["/facilities/new", "/facilities/{bay}/edit", "/facilities/{bay}/outage"])
def test_who_is_no_manager_is_refused(app, world, role, path):
    client = client_of(app, world.users[role])
    assert client.get(path.format(bay=world.bay)).status_code == 403
    assert client.post(path.format(bay=world.bay), data=world.report()).status_code == 403
    assert count() == 0


def test_an_outage_shows_what_it_hits_before_it_is_reported(manager, world):
    page = text_of(manager.post(f"/facilities/{world.hall}/outage", data=world.report(then="show")))
    assert "1 booking is hit" in page
    assert "Leak test" in page
    assert "Nothing is saved yet." in page
    assert count() == 0
    assert world.state() == "booked"


def test_an_outage_of_the_whole_is_reported_once_and_hands_its_bookings_to_repair(manager, world):
    for _ in range(2):
        answer = manager.post(f"/facilities/{world.hall}/outage", data=world.report())
        assert answer.status_code == 302
    assert count() == 1
    assert world.state() == "needs repair"
    page = text_of(manager.get(f"/facilities/{world.bay}"))
    assert "which it is a part of" in page
    assert "Find the repair" in page


def test_one_that_comes_back_is_reported_for_each_week_and_struck_out_together(manager, world):
    last = (world.start + timedelta(days=21)).date().isoformat()
    data = world.report(every_weeks="1", repeat_until=last)
    page = text_of(manager.post(f"/facilities/{world.bay}/outage", data=data | {"then": "show"}))
    assert "Out 4 times" in page
    manager.post(f"/facilities/{world.bay}/outage", data=data)
    assert count() == 4
    page = text_of(manager.get(f"/facilities/{world.bay}"))
    assert "Strike out all 4 like it" in page
    outage_id = session.scalars(select(Outage.id).order_by(Outage.starts_at)).first()
    manager.post(f"/facilities/outages/{outage_id}/end", data={"which": "all"})
    assert count() == 0
    assert world.state() == "booked"


def test_ending_one_that_runs_frees_the_rest(manager, world):
    began = f"{NOW - timedelta(hours=2):%Y-%m-%d %H:%M}"
    ends = f"{world.start + timedelta(hours=1):%Y-%m-%d %H:%M}"
    manager.post(f"/facilities/{world.bay}/outage", data=world.report(starts=began, ends=ends))
    assert world.state() == "needs repair"
    assert "out until" in text_of(manager.get("/facilities/"))
    outage_id = session.scalars(select(Outage.id)).one()
    page = text_of(manager.post(f"/facilities/outages/{outage_id}/end", follow_redirects=True))
    assert "BAY-1 is in order again." in page
    assert world.state() == "booked"
    page = text_of(manager.post(f"/facilities/outages/{outage_id}/end", follow_redirects=True))
    assert "over already" in page or "in order" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"ends": "2001-01-01"}, "over before it begins"), ({"starts": "abc"}, "Write the day and the time"),
     ({"starts": "2001-01-01", "ends": "2001-01-02"}, "That is over already."),
     ({"every_weeks": "1"}, "Write the last day on which it may begin."),
     ({"every_weeks": "3"}, "not to be had any more"), ({"starts": "0001-01-01 00:00"}, "out of range"),
     ({"ends": "9999-12-31 10:00"}, "out of range")],
)  # fmt: skip
def test_a_bad_outage_is_refused_and_shown_again(manager, world, changes, said):
    answer = manager.post(f"/facilities/{world.bay}/outage", data=world.report(**changes))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert 'value="pump failure"' in text_of(answer)
    assert count() == 0


def test_what_is_out_for_all_of_that_time_is_not_reported_again(manager, world):
    manager.post(f"/facilities/{world.bay}/outage", data=world.report())
    answer = manager.post(f"/facilities/{world.bay}/outage", data=world.report(key="another"))
    assert "out for all of that time already" in text_of(answer)


def typed(**changes):
    return {
        "code": "TV-3", "name": "Vacuum 3", "kind": "test facility", "capacity": "2", "setup_minutes": "30",
        "teardown_minutes": "0", "least_people": "1", "key": "one-form",
    } | changes  # fmt: skip


def test_a_facility_is_added_once(manager, world):
    first, second = (manager.post("/facilities/new", data=typed(longest="8")) for _ in range(2))
    assert first.location == second.location
    session.rollback()
    made = session.scalars(select(Resource).where(Resource.code == "TV-3")).one()
    assert (made.capacity, made.setup_minutes, made.longest_minutes, made.least_people) == (2, 30, 480, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "bay-1"}, "is taken"), ({"code": "a;b"}, "without a semicolon"),
        ({"name": ""}, "Write the name."), ({"kind": "castle"}, "not to be had"),
        ({"capacity": "0"}, "whole number from 1"), ({"calendar": "77"}, "not to be had"),
        ({"shortest": "9", "longest": "8"}, "shorter than the shortest run"),
    ],
)  # fmt: skip
def test_a_bad_facility_is_refused_and_shown_again(manager, world, changes, said):
    answer = manager.post("/facilities/new", data=typed(**changes))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert 'value="30"' in text_of(answer)


def test_a_change_of_what_somebody_else_changed_is_refused(manager, world):
    data = typed(version=session.get_one(Resource, world.bay).version, name="Bay one")
    assert manager.post(f"/facilities/{world.bay}/edit", data=data).status_code == 302
    answer = manager.post(f"/facilities/{world.bay}/edit", data=data | {"name": "Bay the first"})
    assert answer.status_code == 409
    assert "Bay the first" in text_of(answer)


def test_a_manager_changes_what_he_looks_after_and_reports_outages_of_all(manager, world):
    assert manager.get(f"/facilities/{world.bay}/edit").status_code == 200
    answer = manager.get(f"/facilities/{world.lab}/edit")
    assert answer.status_code == 403
    assert "looked after by Other Manager" in text_of(answer)
    assert manager.get(f"/facilities/{world.lab}/outage").status_code == 200


def test_a_manager_of_one_facility_changes_that_one_only(app, world):
    with transaction():
        user = world.users["lab"] = centre.make_user("viewer", "lab@centre.example")
        user.roles.append(Role(role="manager", scope_kind="resource", scope_id=world.lab))
    client = client_of(app, user)
    assert client.get(f"/facilities/{world.lab}/edit").status_code == 200
    assert client.get(f"/facilities/{world.bay}/edit").status_code == 403
    assert client.get(f"/facilities/{world.bay}/outage").status_code == 403
    assert client.get("/facilities/new").status_code == 403


def test_an_administrator_says_who_looks_after_it(app, world):
    client = client_of(app, world.users["administrator"])
    chosen = session.scalars(select(User.id).where(User.email_key == "manager@centre.example")).one()
    data = typed(version=session.get_one(Resource, world.bay).version, stewards=str(chosen))
    assert client.post(f"/facilities/{world.bay}/edit", data=data).status_code == 302
    assert "Manager" in text_of(client.get(f"/facilities/{world.bay}"))
    session.rollback()
    assert [each.user_id for each in session.get_one(Resource, world.bay).stewards] == [chosen]


def test_one_that_is_retired_hands_its_bookings_to_repair_and_comes_back(manager, world):
    manager.post(f"/facilities/{world.bay}/retire")
    assert world.state() == "needs repair"
    assert "BAY-1" in text_of(manager.get("/facilities/?retired=yes"))
    manager.post(f"/facilities/{world.bay}/bring-back")
    assert world.state() == "booked"


@pytest.mark.parametrize("path", ["/facilities/999", "/facilities/999/edit", "/facilities/999/outage"])
def test_what_is_not_there_is_not_found(manager, path):
    assert manager.get(path).status_code == 404
