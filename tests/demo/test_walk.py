"""The demo from an empty instance to a published week; and what it leaves alone."""

from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from scheduler import database
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.calendars.models import Holiday, Site
from scheduler.config import load_config
from scheduler.database import session, transaction
from scheduler.demo import projects
from scheduler.demo.load import ZONE, load
from scheduler.demo.shapes import Week
from scheduler.demo.walk import start_anew, walk
from scheduler.errors import UserError
from scheduler.plans import queries
from tests.centre import make_site

SUNDAY = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgres"])
def config(request, tmp_path):
    """An instance on an empty, not even migrated database of either kind."""
    environ = {"MARKAZ_INSTANCE": str(tmp_path / "instance")}
    if request.param == "postgres":
        environ["MARKAZ_DATABASE_URL"] = request.getfixturevalue("postgres_database")
    yield load_config(environ)
    database.session.remove()
    database.engine().dispose()


def test_an_empty_instance_becomes_a_published_week_with_its_workbooks(config):
    start_anew(config)
    done = walk(config, SUNDAY, time_limit_seconds=3)
    assert done.plan.state == "published"
    assert done.plan.asked == 120
    assert 98 <= done.plan.placed <= 112
    assert done.bookings == session.scalar(select(func.count()).select_from(Booking))
    assert [path.name for path in done.workbooks] == ["week-2026-W49.xlsx", "utilisation-2026-W49.xlsx"]
    for path in done.workbooks:
        assert load_workbook(path).sheetnames
    assert examine().is_healthy

    not_placed = queries.unplaced(done.plan)
    assert len(not_placed) == 120 - done.plan.placed
    assert all(row.reason_text for row in not_placed)
    assert len({row.rule for row in not_placed}) >= 4
    codes = {row.code for row in not_placed}
    # an expired certificate, a holiday, an outage, an impossible window, too much nitrogen, too few people
    assert codes >= {"EVA-4", "HWA-EL", "NQT-AN", "DCK-4", "LHR-MA", "HWA-AC", "ARM-3", "ZMN-OP"}


def test_an_earlier_demo_is_begun_anew(config):
    passwords = {email: "a long password" for email, *_ in projects.USERS}
    for monday in (date(2026, 11, 23), date(2026, 11, 30)):
        start_anew(config)
        with transaction():
            load(Week(monday, ZONE), passwords)
    assert session.scalar(select(func.count()).select_from(Site)) == 1
    assert session.scalar(select(func.min(Holiday.on_day))) == date(2026, 12, 3)


def test_a_centre_of_ones_own_is_left_alone(config):
    start_anew(config)
    with transaction():
        make_site(code="MINE")
    with pytest.raises(UserError, match="MARKAZ_INSTANCE=instance/demo python3 -m scheduler demo"):
        start_anew(config)
    assert session.scalar(select(Site.code)) == "MINE"


def test_a_demo_to_which_a_second_site_was_added_is_left_alone(config):
    start_anew(config)
    with transaction():
        make_site(code="NSC-DEMO")
        make_site(code="MINE")
    with pytest.raises(UserError, match="leaves that alone"):
        start_anew(config)


def test_a_database_of_another_program_is_left_alone(config):
    start_anew(config)
    other = "CREATE TABLE recipe (name VARCHAR(20))", "INSERT INTO recipe VALUES ('naan')"
    with _writing() as connection:
        for statement in other:
            connection.exec_driver_sql(statement)
    with pytest.raises(UserError, match="leaves that alone"):
        start_anew(config)
    with _writing() as connection:
        assert connection.exec_driver_sql("SELECT name FROM recipe").scalar() == "naan"


@contextmanager
def _writing():
    engine = database.engine()
    with engine.connect().execution_options(markaz_writes=True) as connection, connection.begin():
        yield connection
