"""Renewing keeps the past; what somebody else changed meanwhile is not written over."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from scheduler.audit import Audit
from scheduler.database import session, transaction
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.people import service
from scheduler.people.models import Person, PersonQualification
from tests import centre

TODAY = date(2026, 11, 30)
OLD, SOON = date(2026, 6, 30), date(2026, 12, 20)


@pytest.fixture
def world(any_database):
    class World:
        pass

    made = World()
    with transaction():
        site = centre.make_site()
        made.site_id = site.id
        made.operator = centre.make_qualification(site)
        made.person = centre.make_person(site, holds=((made.operator, date(2024, 1, 1), SOON),))
        made.lapsed = centre.make_person(site, "P-2", "Li Wen", ((made.operator, None, OLD),))
        made.manager, made.researcher = centre.make_user("manager"), centre.make_user("researcher")
    return made


def spans(person):
    rows = session.execute(
        select(PersonQualification.valid_from_on, PersonQualification.valid_until_on)
        .where(PersonQualification.person_id == person.id)
        .order_by(PersonQualification.id)
    )
    return [tuple(row) for row in rows]


def renew(world, person, since=None, until=date(2028, 12, 20), user=None, version=None):
    with transaction(actor=world.manager):
        service.grant(
            person, world.operator, since, until, TODAY, user or world.manager, version or person.version
        )


def test_one_that_runs_gets_the_new_last_day(world):
    renew(world, world.person)
    assert spans(world.person) == [(date(2024, 1, 1), date(2028, 12, 20))]


def test_one_that_lapsed_begins_anew_and_the_time_between_stays_without(world):
    renew(world, world.lapsed)
    assert spans(world.lapsed) == [(None, OLD), (TODAY, date(2028, 12, 20))]


def test_one_that_lapsed_cannot_begin_while_the_old_one_held(world):
    with pytest.raises(UserError, match="first day after that"):
        renew(world, world.lapsed, since=OLD)
    renew(world, world.lapsed, since=OLD + timedelta(days=1))


def test_a_renewal_without_a_day_is_for_good_and_is_in_the_log(world):
    renew(world, world.person, until=None)
    assert spans(world.person) == [(date(2024, 1, 1), None)]
    rows = select(Audit).where(Audit.entity == "person_qualification").order_by(Audit.id)
    log = session.scalars(rows).all()[-1]
    assert (log.before["valid_until_on"], log.after["valid_until_on"]) == (SOON.isoformat(), None)


def test_what_somebody_else_changed_is_not_written_over(world):
    shown = world.person.version
    renew(world, world.person)
    with pytest.raises(Stale, match="changed while you wrote"):
        renew(world, world.person, version=shown)


def test_a_researcher_renews_nothing(world):
    with pytest.raises(Forbidden):
        renew(world, world.person, user=world.researcher)


def test_who_has_left_gets_nothing_until_brought_back(world):
    with transaction():
        service.retire(world.lapsed, world.manager)
    with pytest.raises(UserError, match="Bring the record back"):
        renew(world, world.lapsed)
    with transaction():
        service.bring_back(world.lapsed, world.manager)
    renew(world, world.lapsed)


def test_a_person_sees_the_own_record_and_no_other(world):
    with transaction():
        world.person.user_id = world.researcher.id
    assert service.may_see(world.researcher, session.merge(world.person))
    assert not service.may_see(world.researcher, session.merge(world.lapsed))
    assert service.may_see(world.manager, session.merge(world.lapsed))


def test_an_account_belongs_to_one_person(world):
    with transaction():
        world.person.user_id = world.researcher.id
    values = dict.fromkeys(service.WRITTEN) | {
        "name": "Li Wen", "kind": "staff", "user_id": world.researcher.id,
    }  # fmt: skip
    with pytest.raises(UserError) as refused, transaction():
        person = session.get_one(Person, world.lapsed.id)
        service.edit_person(person, values, world.manager, person.version)
    assert list(refused.value.faults) == ["account"]
