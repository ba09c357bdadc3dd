"""What the database layer promises to every room."""

from datetime import datetime

import pytest
from sqlalchemy import select, text

from scheduler import outbox
from scheduler.audit import Audit
from scheduler.calendars.models import Site
from scheduler.database import engine, is_writing, make_engine, session, transaction
from scheduler.errors import Stale, UserError
from tests.centre import make_resource, make_site, make_user


def test_a_write_outside_a_transaction_is_refused(any_database):
    session.add(Site(code="X", name="X", time_zone="UTC"))
    with pytest.raises(ValueError, match="write outside transaction"):
        session.flush()


def test_a_transaction_that_fails_leaves_nothing(any_database):
    with pytest.raises(RuntimeError), transaction():
        make_site()
        raise RuntimeError
    assert session.scalar(select(Site)) is None


def test_transactions_do_not_nest(any_database):
    with pytest.raises(ValueError, match="inside"), transaction(), transaction():
        pass


def test_every_change_has_an_author_and_both_values(any_database):
    with transaction(reason="first"):
        site = make_site()
    with transaction(reason="a better name"):
        site.name = "Markaz"
    added, changed = session.scalars(select(Audit).order_by(Audit.id))
    assert (added.action, added.actor_name, added.after["name"]) == (
        "added",
        "system",
        "National Space Centre",
    )
    assert (changed.action, changed.reason) == ("changed", "a better name")
    assert changed.before == {"name": "National Space Centre"}
    assert changed.after == {"name": "Markaz"}


def test_two_who_change_the_same_row_do_not_overwrite_each_other(any_database):
    with transaction():
        site_id = make_site().id
    with pytest.raises(Stale, match="at the same moment"), transaction() as current:
        site = current.get(Site, site_id)
        current.connection().exec_driver_sql("UPDATE site SET version = version + 1")
        site.name = "late"


def test_a_naive_time_never_reaches_the_database(any_database):
    with pytest.raises(Exception, match="naive time"), transaction():
        site = make_site()
        make_resource(site, retired_at=datetime(2026, 1, 1))


def test_a_write_transaction_on_sqlite_takes_the_lock_at_once(sqlite_database):
    seen = []
    from sqlalchemy import event

    @event.listens_for(engine(), "before_cursor_execute")
    def note(_connection, _cursor, statement, *_rest):
        if statement.startswith("BEGIN"):
            seen.append(statement)

    with transaction():
        make_site()
    session.scalar(select(Site))
    assert seen[0] in ("BEGIN", "BEGIN IMMEDIATE")
    assert "BEGIN IMMEDIATE" in seen
    assert seen[-1] == "BEGIN"


def test_a_transaction_in_a_user_s_name_takes_the_lock_at_once_too(sqlite_database):
    with transaction():
        user = make_user()
    assert user.name  # read again: a read transaction is open now
    with transaction(actor=user):
        make_site()
    assert session.scalar(select(Audit.actor_id).order_by(Audit.id.desc()).limit(1)) == user.id


def test_a_connection_that_was_cut_while_nobody_used_it_is_made_anew(postgres_database, monkeypatch):
    monkeypatch.setattr("scheduler.database.IDLE_SECONDS", 0)
    first = _backend()
    cutter = make_engine(postgres_database)
    with cutter.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_terminate_backend({first})")
    cutter.dispose()
    assert _backend() != first


def test_a_connection_in_steady_use_is_not_asked_whether_it_stands(postgres_database, monkeypatch):
    _backend()
    asked = []
    monkeypatch.setattr(engine().dialect, "do_ping", asked.append)
    _backend()
    assert asked == []
    monkeypatch.setattr("scheduler.database.IDLE_SECONDS", 0)
    _backend()
    assert len(asked) == 1


def _backend():
    number = session.scalar(text("SELECT pg_backend_pid()"))
    session.remove()
    return number


def test_a_note_outside_a_transaction_is_refused(sqlite_database):
    with pytest.raises(ValueError, match="outbox outside"):
        outbox.post("told", {})


def test_a_refusal_is_completed_once_the_lock_is_let_go(sqlite_database):
    class Slow(UserError):
        def complete(self):
            self.message = f"writing: {is_writing()}"
            with transaction():
                make_site()

    with pytest.raises(Slow) as caught, transaction():
        raise Slow("not yet")
    assert caught.value.message == "writing: False"
    assert session.scalars(select(Site)).one()
