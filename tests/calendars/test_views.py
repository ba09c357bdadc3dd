"""The pages about calendars and holidays: the year and why, changing hours, confirming days off."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.calendars.models import Calendar, CalendarOverlay, Holiday
from scheduler.database import session, transaction, utc_now
from scheduler.intervals import Interval
from scheduler.resources.models import Stewardship
from tests import centre
from tests.pages import client_of, text_of

NOW = utc_now().replace(minute=0, second=0, microsecond=0)


class World:
    """A chamber open by day, booked in ten days; a lab of another manager on a calendar of its own."""

    def __init__(self):
        with transaction():
            site = centre.make_site(time_zone="UTC")
            day = centre.make_calendar(site, "DAY", range(7), (0, 24))
            shared = centre.make_calendar(site, "LAB")
            chamber = centre.make_resource(site, "TV-1", calendar=day)
            lab = centre.make_resource(site, "L-01", calendar=shared)
            self.users = {
                role: centre.make_user(role)
                for role in ("viewer", "staff", "researcher", "manager", "administrator")
            }
            lab.stewards.append(Stewardship(user_id=centre.make_user("manager", "o@centre.example").id))
            self.start = (NOW + timedelta(days=10)).replace(hour=9)
            run = Interval(self.start, self.start + timedelta(hours=3))
            self.booking_id = book(Proposal(site=site, title="Leak test", resources=(chamber,), run=run)).id
            holiday = Holiday(
                site_id=site.id, on_day=self.start.date(), name="Eid al-Fitr", is_provisional=True
            )
            session.add(holiday)
            session.flush()
            self.day, self.shared, self.holiday = day.id, shared.id, holiday.id

    def state(self):
        session.rollback()
        return session.get_one(Booking, self.booking_id).state


@pytest.fixture
def world(app):
    return World()


@pytest.fixture
def manager(app, world):
    return client_of(app, world.users["manager"])


@pytest.fixture
def administrator(app, world):
    return client_of(app, world.users["administrator"])


def version(calendar_id):
    session.rollback()
    return session.get_one(Calendar, calendar_id).version


def week(**changes):
    return {"name": "Day", "keeps_holidays": "y"} | dict.fromkeys(
        ("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "08:00-18:00"
    ) | changes  # fmt: skip


def test_everybody_reads_calendars_and_changes_nothing(app, world):
    client = client_of(app, world.users["viewer"])
    page = text_of(client.get("/calendars/"))
    assert "DAY" in page
    assert "New calendar" not in page
    page = text_of(client.get(f"/calendars/{world.day}?day={world.start.date()}"))
    assert "Eid al-Fitr may fall on this day." in page
    assert "TV-1" in page
    assert "Weekly hours</a>" not in page
    assert "Confirm it" not in text_of(client.get(f"/calendars/holidays/{world.holiday}"))


@pytest.mark.parametrize("role", ["viewer", "staff", "researcher"])
@pytest.mark.parametrize(
    "path", ["/calendars/new", "/calendars/{day}/edit", "/calendars/{day}/hours", "/calendars/holidays/fill"]
)
def test_who_is_no_manager_is_refused(app, world, role, path):
    assert client_of(app, world.users[role]).get(path.format(day=world.day)).status_code == 403


@pytest.mark.parametrize("deed", ["confirm", "move", "remove"])
def test_a_manager_does_not_decide_on_holidays(manager, world, deed):
    answer = manager.post(f"/calendars/holidays/{world.holiday}/{deed}", data={"on_day": "2030-01-01"})
    assert answer.status_code == 403
    assert manager.post("/calendars/holidays", data={}).status_code == 403


def test_a_manager_changes_the_hours_of_what_he_looks_after_only(manager, world):
    assert manager.get(f"/calendars/{world.day}/edit").status_code == 200
    answer = manager.get(f"/calendars/{world.shared}/edit")
    assert answer.status_code == 403
    assert "kept by others too: L-01. Make a copy" in text_of(answer)


@pytest.mark.parametrize("query", ["?year=1990", "?year=2198", "?day=nonsense", "?day=2030-02-28"])
def test_any_year_that_is_known_is_shown(manager, world, query):
    assert manager.get(f"/calendars/{world.day}{query}").status_code == 200


def test_another_year_shows_its_first_day_and_not_today(manager, world):
    page = text_of(manager.get(f"/calendars/{world.day}?year=1999"))
    assert "Fri 1 Jan 1999" in page


@pytest.mark.parametrize("query", ["?year=1989", "?year=2199", "?day=9999-01-01"])
def test_a_year_that_is_not_known_is_refused(manager, world, query):
    assert manager.get(f"/calendars/{world.day}{query}").status_code == 400


def test_weekly_hours_are_changed_and_hit_bookings_outside_them(manager, world):
    data = week(version=version(world.day), **{world.start.strftime("%a").lower(): "13:00-18:00"})
    assert manager.post(f"/calendars/{world.day}/edit", data=data).status_code == 302
    assert world.state() == "needs repair"
    stale = manager.post(f"/calendars/{world.day}/edit", data=data)
    assert stale.status_code == 409
    assert 'value="13:00-18:00"' in text_of(stale)


def test_a_button_fills_in_the_friday_gap_and_saves_nothing(manager, world):
    before = version(world.day)
    page = text_of(manager.post(f"/calendars/{world.day}/edit", data=week(version=before, fill="friday")))
    assert 'value="08:00-12:30; 14:30-18:00"' in page
    assert version(world.day) == before


def test_bad_hours_are_refused_beside_their_day_and_shown_again(manager, world):
    data = week(version=version(world.day), tue="morning", name="Other name")
    answer = manager.post(f"/calendars/{world.day}/edit", data=data)
    assert answer.status_code == 400
    assert "are no opening hours. Write 08:00-12:00" in text_of(answer)
    assert 'value="morning"' in text_of(answer)
    assert 'value="Other name"' in text_of(answer)


def test_an_exception_of_a_day_closes_it_and_removing_it_opens_it(manager, world):
    day = world.start.date().isoformat()
    blank = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
    data = blank | {"name": "Stocktaking", "since": day, "until": "", "version": version(world.day)}
    assert f'value="{day}"' in text_of(manager.get(f"/calendars/{world.day}/hours?day={day}"))
    assert manager.post(f"/calendars/{world.day}/hours", data=data).status_code == 302
    assert world.state() == "needs repair"
    page = text_of(manager.get(f"/calendars/{world.day}?day={day}"))
    assert "Stocktaking" in page
    assert "exception" in page
    overlay_id = session.scalars(select(CalendarOverlay.id)).one()
    data |= {"mon": "24h", "tue": "24h", "wed": "24h", "thu": "24h", "fri": "24h", "sat": "24h", "sun": "24h"}
    data["version"] = version(world.day)
    manager.post(f"/calendars/hours/{overlay_id}", data=data)
    assert world.state() == "booked"
    manager.post(f"/calendars/hours/{overlay_id}/remove")
    assert session.scalar(select(func.count(CalendarOverlay.id))) == 0


def test_other_hours_that_end_before_they_begin_are_refused(manager, world):
    data = week(name="Ramadan", since="2027-03-01", until="2027-02-01", version=version(world.day))
    answer = manager.post(f"/calendars/{world.day}/hours", data=data)
    assert answer.status_code == 400
    assert "It would be over before it begins" in text_of(answer)


def test_a_copy_takes_week_and_other_hours_and_is_made_once(manager, world):
    with transaction():
        calendar = session.get_one(Calendar, world.shared)
        calendar.overlays.append(CalendarOverlay(name="Short", from_on=NOW.date(), until_on=NOW.date()))
    assert 'value="08:00-18:00"' in text_of(manager.get(f"/calendars/new?like={world.shared}"))
    data = week(code="LAB-2", key="one-form")
    first, second = (manager.post(f"/calendars/new?like={world.shared}", data=data) for _ in range(2))
    assert first.location == second.location
    session.rollback()
    made = session.scalars(select(Calendar).where(Calendar.code == "LAB-2")).one()
    assert [overlay.name for overlay in made.overlays] == ["Short"]


def test_a_calendar_that_is_kept_is_not_retired_and_one_that_nobody_keeps_is(manager, world):
    page = text_of(manager.post(f"/calendars/{world.day}/retire", follow_redirects=True))
    assert "TV-1 keep to DAY. Give them another calendar first." in page
    manager.post("/calendars/new", data=week(code="SPARE"))
    session.rollback()
    spare = session.scalars(select(Calendar.id).where(Calendar.code == "SPARE")).one()
    assert "retired" in text_of(manager.post(f"/calendars/{spare}/retire", follow_redirects=True))
    assert "SPARE" not in text_of(manager.get("/calendars/"))


def test_a_provisional_day_lists_what_confirming_would_hit_and_closes_once_confirmed(administrator, world):
    page = text_of(administrator.get(f"/calendars/holidays/{world.holiday}"))
    assert "1 booking is hit" in page
    assert "Leak test" in page
    assert world.state() == "booked"
    page = text_of(administrator.post(f"/calendars/holidays/{world.holiday}/confirm", follow_redirects=True))
    assert "It is confirmed: it closes now." in page
    assert world.state() == "needs repair"
    page = text_of(administrator.post(f"/calendars/holidays/{world.holiday}/confirm", follow_redirects=True))
    assert "is confirmed already" in page


def test_a_day_moves_and_is_removed(administrator, world):
    later = (world.start + timedelta(days=1)).date()
    url = f"/calendars/holidays/{world.holiday}"
    administrator.post(f"{url}/confirm")
    assert administrator.post(f"{url}/move", data={"on_day": later.isoformat()}).status_code == 302
    assert world.state() == "booked"
    answer = administrator.post(f"{url}/move", data={"on_day": later.isoformat()})
    assert answer.status_code == 400
    assert "Write another one." in text_of(answer)
    administrator.post(f"{url}/remove")
    assert administrator.get(url).status_code == 404


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"on_day": "someday"}, "Write the day like"), ({"name": ""}, "Write what day it is."),
     ({"on_day": "taken"}, "is Eid al-Fitr already")],
)  # fmt: skip
def test_a_bad_holiday_is_refused_and_shown_again(administrator, world, changes, said):
    data = {"on_day": "2030-12-25", "name": "Quaid-e-Azam Day"} | changes
    if data["on_day"] == "taken":
        data["on_day"] = world.start.date().isoformat()
    answer = administrator.post("/calendars/holidays", data=data)
    assert answer.status_code == 400
    assert said in text_of(answer)
    assert f'value="{data["on_day"]}"' in text_of(answer)


def test_a_holiday_is_added_by_hand(administrator, world):
    data = {"on_day": "25 Dec 2030", "name": "Quaid-e-Azam Day"}
    page = text_of(administrator.post("/calendars/holidays", data=data, follow_redirects=True))
    assert "Quaid-e-Azam Day is on 25 Dec 2030." in page


def test_a_year_of_pakistan_is_filled_and_what_stands_stays(administrator, world):
    page = text_of(administrator.get("/calendars/holidays/fill?year=2028&country=PK"))
    assert "Independence Day" in page
    assert "provisional" in page
    data = {"year": "2028", "country": "PK", "day": ["2028-08-14", "2028-02-27", "1999-01-01"], "like": "0"}
    for _ in range(2):
        administrator.post("/calendars/holidays/fill", data=data)
    session.rollback()
    rows = session.scalars(select(Holiday)).all()
    assert sorted((row.name, row.is_provisional) for row in rows if row.on_day.year == 2028) == [
        ("Eid al-Fitr", True), ("Independence Day", False),
    ]  # fmt: skip
    assert "there already" in text_of(administrator.get("/calendars/holidays/fill?year=2028"))


def test_make_up_days_of_china_become_exceptions_with_the_hours_of_a_weekday(administrator, world):
    data = {
        "year": "2026",
        "country": "CN",
        "work": ["2026-02-14"],
        "calendars": str(world.shared),
        "like": "4",
    }
    administrator.post("/calendars/holidays/fill", data=data)
    session.rollback()
    overlay = session.scalars(select(CalendarOverlay)).one()
    assert (overlay.calendar_id, overlay.from_on.isoformat()) == (world.shared, "2026-02-14")
    assert [(rule.weekday, rule.opens_minute, rule.closes_minute) for rule in overlay.rules] == [
        (5, 480, 1080)
    ]


def test_a_year_that_the_library_does_not_know_is_refused(administrator, world):
    assert administrator.get("/calendars/holidays/fill?year=2099").status_code == 400
    assert administrator.get("/calendars/holidays?year=99999").status_code == 400
