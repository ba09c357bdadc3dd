"""The pages about people: what they show, whom they refuse, and that each deed is done once."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.bookings.models import Booking, BookingPerson
from scheduler.bookings.proposal import Duty, Proposal
from scheduler.bookings.service import book
from scheduler.database import session, transaction, utc_now
from scheduler.intervals import Interval
from scheduler.people.models import Absence, Person, PersonQualification
from tests import centre
from tests.pages import client_of, text_of

NOW = utc_now().replace(minute=0, second=0, microsecond=0)
TODAY = NOW.date()


class World:
    """Two operators, one of whom runs a test in ten days; a visitor; an account of each role."""

    def __init__(self):
        with transaction():
            site = centre.make_site(time_zone="UTC")
            operator = centre.make_qualification(site)
            chamber = centre.make_resource(site, "TV-1")
            validity = (operator, TODAY - timedelta(days=700), TODAY + timedelta(days=20))
            self.users = {
                role: centre.make_user(role)
                for role in ("viewer", "staff", "researcher", "manager", "administrator")
            }
            first = centre.make_person(
                site, "P-1", "Sana Mirza", (validity,), user_id=self.users["staff"].id, most_minutes_week=2400
            )
            second = centre.make_person(site, "P-2", "Li Wen", (operator,))
            visitor = centre.make_person(site, "V-1", "A Visitor", kind="visitor", email="v@far.example")
            start = NOW + timedelta(days=10)
            proposal = Proposal(
                site=site, title="Leak test", resources=(chamber,), duties=(Duty(first, operator, "run"),),
                run=Interval(start, start + timedelta(hours=3)),
            )  # fmt: skip
            self.booking_id = book(proposal).id
            self.start = start
            self.first, self.second, self.visitor = first.id, second.id, visitor.id
            self.operator = operator.id

    def state(self):
        session.rollback()
        return session.get_one(Booking, self.booking_id).state

    def version(self, person_id):
        session.rollback()
        return session.get_one(Person, person_id).version


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def manager(app, world):
    return client_of(app, world.users["manager"])


def certificate(world, **changes):
    return {
        "person": world.first, "qualification": world.operator, "version": world.version(world.first),
        "until": (TODAY + timedelta(days=800)).isoformat(),
    } | changes  # fmt: skip


def test_the_matrix_says_who_holds_what_and_what_lapses(manager, world):
    page = text_of(manager.get("/people/qualifications"))
    assert "3 people. 1 certificate lapses in the next 90 days; 0 have lapsed." in page
    assert "for good" in page
    assert "2 of 1" in page
    assert "none hit" in page


def test_a_chosen_cell_says_what_rests_on_it(manager, world):
    page = text_of(manager.get(f"/people/qualifications?person={world.first}&qualification={world.operator}"))
    assert "1 booked duty rests on it; none loses its person." in page
    assert "Renew" in page


@pytest.mark.parametrize("query", ["q=sana", "kind=staff", "shows=lapses", "shows=lapsed&page=9",
                                   "person=99999&qualification=1", "person=x", "page=x"])  # fmt: skip
def test_any_matrix_that_can_be_asked_for_is_shown(manager, query):
    assert manager.get(f"/people/qualifications?{query}").status_code == 200


@pytest.mark.parametrize("query", ["kind=unkind", "shows=nothing"])
def test_a_matrix_that_is_none_is_refused(manager, query):
    assert manager.get(f"/people/qualifications?{query}").status_code == 400


def test_the_duty_of_a_certificate_that_lapses_is_handed_to_the_stand_in(manager, world):
    short = (TODAY + timedelta(days=5)).isoformat()
    answer = manager.post("/people/qualifications", data=certificate(world, until=short))
    page = text_of(manager.get(answer.location + "&stand-ins=yes"))
    assert "Hand it to <bdi>Li Wen</bdi>" in page
    duty = session.scalars(select(BookingPerson)).one()
    pressed = {"duty": duty.id, "person": world.second}
    said = manager.post(f"/week/booking/{world.booking_id}/hand-over", data=pressed, follow_redirects=True)
    assert "Li Wen does it from now on." in text_of(said)
    assert world.state() == "booked"
    assert session.scalars(select(BookingPerson.person_id)).one() == world.second


@pytest.mark.parametrize("pressed", [{}, {"duty": "x", "person": "y"}, {"duty": "99999", "person": "1"}])
def test_a_duty_that_is_not_there_is_not_handed_over(manager, world, pressed):
    said = manager.post(f"/week/booking/{world.booking_id}/hand-over", data=pressed, follow_redirects=True)
    assert "That duty or person is no longer there." in text_of(said)


def test_a_certificate_that_lapses_turns_its_booking_and_renewing_turns_it_back(manager, world):
    short = (TODAY + timedelta(days=5)).isoformat()
    answer = manager.post("/people/qualifications", data=certificate(world, until=short))
    assert answer.status_code == 302
    assert world.state() == "needs repair"
    page = text_of(manager.get(answer.location + "&stand-ins=yes"))
    assert "1 booking loses its person" in page
    assert "Li Wen</b> could stand in, by every rule." in page
    assert "needs repair" in text_of(manager.get(f"/week/booking/{world.booking_id}"))
    manager.post("/people/qualifications", data=certificate(world))
    assert world.state() == "booked"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": "someday"}, "Write the day like 2026-11-30."),
        ({"until": "1990-01-01"}, "It would lapse before it begins"),
        ({"until": "9999-12-31"}, "out of range"),
        ({"person": ""}, "Choose somebody."),
        ({"qualification": "77"}, "not to be had any more"),
        ({"person": "1e3"}, "not to be had any more"),
    ],
)
def test_a_bad_certificate_is_refused_and_shown_again(manager, world, changes, said):
    answer = manager.post("/people/qualifications", data=certificate(world, **changes))
    assert answer.status_code == 400
    page = text_of(answer)
    assert said in page
    if "until" in changes:
        assert f'value="{changes["until"]}"' in page
    assert world.state() == "booked"


def test_a_certificate_that_somebody_else_renewed_is_not_written_over(manager, world):
    stale = certificate(world)
    manager.post("/people/qualifications", data=certificate(world))
    assert manager.post("/people/qualifications", data=stale).status_code == 409


@pytest.mark.parametrize("role", ["viewer", "staff", "researcher"])
@pytest.mark.parametrize(
    "path", ["/people/qualifications", "/people/absences", "/people/duty-hours", "/people/new",
             "/people/{visitor}", "/people/{visitor}/edit", "/people/{first}/absence"],
)  # fmt: skip
def test_who_is_no_manager_reads_nothing_about_others(app, world, role, path):
    client = client_of(app, world.users[role])
    answer = client.get(path.format(visitor=world.visitor, first=world.first))
    assert answer.status_code == 403
    assert "v@far.example" not in text_of(answer)


def test_staff_read_the_own_record_and_change_nothing(app, world):
    client = client_of(app, world.users["staff"])
    page = text_of(client.get("/people/", follow_redirects=True))
    assert "your own record" in page
    assert "Leak test" in page
    assert "Renew" not in page
    assert client.post(f"/people/{world.first}/retire").status_code == 403


def test_an_account_without_a_person_is_told_so(app, world):
    page = text_of(client_of(app, world.users["researcher"]).get("/people/me"))
    assert "belongs to no person" in page


def test_the_list_counts_by_kind_and_finds_by_name(manager, world):
    page = text_of(manager.get("/people/?kind=visitor"))
    assert "A Visitor" in page
    assert "Sana Mirza" not in page
    assert "Nobody here matches." in text_of(manager.get("/people/?q=zzz"))


def typed(**changes):
    return {"code": "P-9", "name": "Noor Ahmed", "kind": "staff", "most_day": "8", "most_week": "40",
            "least_rest": "11", "key": "one-form"} | changes  # fmt: skip


def test_a_person_is_added_once_however_often_the_form_is_sent(manager, world):
    first = manager.post("/people/new", data=typed())
    second = manager.post("/people/new", data=typed())
    assert first.status_code == 302
    assert first.location == second.location
    session.rollback()
    person = session.scalars(select(Person).where(Person.code == "P-9")).one()
    assert (person.most_minutes_day, person.least_rest_minutes) == (480, 660)


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"code": "p-1"}, "is taken"), ({"code": ""}, "Write a short code"), ({"name": " "}, "Write the name."),
     ({"most_day": "25"}, "A day has 24 h."), ({"most_day": "lots"}, "Write hours like"),
     ({"email": "nobody"}, "Write it like name@"), ({"kind": "robot"}, "not to be had any more")],
)  # fmt: skip
def test_a_bad_person_is_refused_and_shown_again(manager, world, changes, said):
    answer = manager.post("/people/new", data=typed(**changes))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert 'value="40"' in text_of(answer)


def test_a_change_of_what_somebody_else_changed_is_refused_and_shown_again(manager, world):
    stale = world.version(world.second)
    data = typed(version=stale, name="Li Wen the second")
    assert manager.post(f"/people/{world.second}/edit", data=data).status_code == 302
    answer = manager.post(f"/people/{world.second}/edit", data=data | {"name": "Li Wen the third"})
    assert answer.status_code == 409
    assert "Li Wen the third" in text_of(answer)


def test_who_leaves_is_listed_as_such_and_can_be_brought_back(manager, world):
    manager.post(f"/people/{world.first}/retire")
    assert world.state() == "needs repair"
    assert "Sana Mirza" in text_of(manager.get("/people/?left=yes"))
    manager.post(f"/people/{world.first}/bring-back")
    assert world.state() == "booked"


def away(world, **changes):
    day = world.start.date().isoformat()
    return {"starts": day, "ends": day, "reason": "leave", "key": "away", "then": "show"} | changes


def test_an_absence_shows_what_it_hits_and_who_could_stand_in_before_it_is_saved(manager, world):
    page = text_of(manager.post(f"/people/{world.first}/absence", data=away(world)))
    assert "1 booking loses its person" in page
    assert "Li Wen</b> could stand in" in page
    assert session.scalar(select(func.count(Absence.id))) == 0


def test_an_absence_is_saved_once_and_removed(manager, world):
    for _ in range(2):
        answer = manager.post(f"/people/{world.first}/absence", data=away(world, then="save"))
        assert answer.status_code == 302
    session.rollback()
    absence = session.scalars(select(Absence)).one()
    assert absence.ends_at - absence.starts_at == timedelta(days=1)
    assert world.state() == "needs repair"
    assert "leave" in text_of(manager.get("/people/absences"))
    manager.post(f"/people/absences/{absence.id}/remove")
    assert world.state() == "booked"


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"ends": "2020-01-01"}, "before it begins"), ({"starts": ""}, "Write the first day."),
     ({"starts": "31 Feb 2027"}, "Write the day and the time")],
)  # fmt: skip
def test_a_bad_absence_is_refused_and_shown_again(manager, world, changes, said):
    answer = manager.post(f"/people/{world.first}/absence", data=away(world, then="save", **changes))
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert 'value="leave"' in text_of(answer)


def test_duty_hours_stand_against_the_limit(manager, world):
    week = world.start.strftime("%G-W%V")
    page = text_of(manager.get(f"/people/duty-hours?week={week}"))
    assert "3 h of 40 h" in page
    assert manager.get("/people/duty-hours?week=nonsense").status_code == 400


def test_what_was_entered_by_mistake_is_struck_out(manager, world):
    url = f"/people/{world.first}/qualifications/{world.operator}/remove"
    assert manager.post(url, data={"version": world.version(world.first) + 5}).status_code == 409
    manager.post(url, data={"version": world.version(world.first)})
    session.rollback()
    left = select(func.count(PersonQualification.id)).where(PersonQualification.person_id == world.first)
    assert session.scalar(left) == 0
    assert world.state() == "needs repair"


@pytest.mark.parametrize("path", ["/people/999", "/people/999/edit", "/people/99999999999"])
def test_nobody_of_that_number_is_not_found(manager, path):
    assert manager.get(path).status_code == 404
