"""A published week that something happens to, for the tests of its repair."""

from datetime import timedelta

from sqlalchemy import select, text

from scheduler.accounts.models import User
from scheduler.bookings import hits
from scheduler.bookings.models import Booking
from scheduler.bookings.service import Proposal, book
from scheduler.calendars.models import Site
from scheduler.database import session, transaction
from scheduler.people import service as people
from scheduler.people.models import Person
from scheduler.plans import queries, repair_words, repairing
from scheduler.requests.models import ActivityRequest, RequestNeed
from scheduler.resources import service as resources
from scheduler.resources.models import Resource
from tests import centre
from tests.centre import MONDAY
from tests.plans.week import WEEK, build, publish

WEEK_NAME = "2026-W49"
BEFORE = MONDAY - timedelta(days=3)


class World:
    """Two chambers, three operators, and a week in which eight runs of 4 h are booked."""

    def __init__(self, monkeypatch):
        monkeypatch.setattr(hits, "utc_now", lambda: BEFORE)
        hits.listen()
        with transaction():
            site = centre.make_site()
            day = centre.make_calendar(site)
            one = centre.make_resource(site, "TV-1", calendar=day)
            two = centre.make_resource(site, "TV-2", calendar=day)
            operator = centre.make_qualification(site)
            self.ids = {row.code: row.id for row in (one, two)}
            for number, name in enumerate(("Sana Mirza", "Li Wen", "Noor Ahmed"), start=1):
                person = centre.make_person(site, f"P-{number}", name, (operator,), calendar=day)
                self.ids[person.code] = person.id
            asker, project = centre.make_user("researcher"), centre.make_project(site)
            self.site_id, self.project_id = site.id, project.id
            self.user_ids = {"manager": centre.make_user("manager").id, "asker": asker.id}
            for number in range(8):
                asked = centre.make_request(
                    project, one, two, code=f"R-{number}", minutes=240, requester_id=asker.id
                )
                asked.needs.append(RequestNeed(qualification=operator, count=1, phase="run"))
        publish(build(self.site))

    @property
    def site(self):
        return session.get_one(Site, self.site_id)

    @property
    def manager(self):
        return session.get_one(User, self.user_ids["manager"])

    @property
    def asker(self):
        return session.get_one(User, self.user_ids["asker"])

    def resource(self, code):
        return session.get_one(Resource, self.ids[code])

    def person(self, code):
        return session.get_one(Person, self.ids[code])

    def bookings(self):
        session.rollback()
        return list(session.scalars(select(Booking).order_by(Booking.starts_at, Booking.id)))

    def busiest(self):
        """The code of the chamber that holds most, and its bookings."""
        held = {
            code: [each for each in self.bookings() if self.ids[code] in {r.id for r in each.resources}]
            for code in ("TV-1", "TV-2")
        }
        return max(held.items(), key=lambda each: len(each[1]))

    def out(self, code, interval, reason="pump"):
        with transaction():
            return resources.report_outage(self.resource(code), [interval], reason, self.manager)[0].id

    def away(self, code, interval, reason="illness"):
        with transaction():
            people.add_absence(self.person(code), interval.start, interval.end, reason, self.manager)

    def book(self, title, run, *codes, **values):
        """By hand, without a request."""
        held = tuple(self.resource(code) for code in codes)
        return book(Proposal(self.site, title, held, run, **values)).id

    def request(self, code):
        return session.scalars(select(ActivityRequest).where(ActivityRequest.code == code)).one()

    def booking_of(self, code):
        session.rollback()
        return session.scalars(select(Booking).where(Booking.request_id == self.request(code).id)).one()

    def prepared(self, span=WEEK):
        return repairing.prepare(self.site, WEEK_NAME, span, user=self.manager)

    def found(self, span=WEEK, *, seconds=3):
        """The id of a repair, kept as a draft."""
        task = self.prepared(span)
        session.rollback()
        found = repairing.search(task, seconds=seconds)
        with transaction(actor=self.manager):
            return repairing.keep(self.site, task, found, user=self.manager).id

    def publish(self, plan_id, *, now=None):
        """Ids of the bookings that changed, and of those that were let go."""
        with transaction(actor=self.manager, reason="for a test"):
            done = repairing.publish(queries.get_plan(plan_id), user=self.manager, now=now)
            return {each.id for each in done.changed}, {each.id for each in done.released}

    def spoken(self, plan_id, user=None):
        session.rollback()
        return repair_words.speak(queries.get_plan(plan_id), user)


def facts(bookings):
    """What of each booking a repair could change."""
    return {
        booking.id: (
            booking.version,
            booking.state,
            booking.starts_at,
            booking.ends_at,
            tuple(resource.code for resource in booking.resources),
            tuple(sorted(duty.person.code for duty in booking.duties)),
        )
        for booking in bookings
    }


def needing_repair():
    return session.scalars(select(Booking.id).where(Booking.state == "needs repair")).all()


def overlaps():
    """Pairs of holds of one thing that overlap, by plain SQL; seats of one thing are its places."""
    return session.execute(
        text(
            "SELECT one.id, other.id FROM hold AS one JOIN hold AS other "
            "ON one.holdable_id = other.holdable_id AND one.seat = other.seat AND one.id < other.id "
            "AND one.starts_at < other.ends_at AND other.starts_at < one.ends_at"
        )
    ).all()
