"""A backup holds everything, restores on either database, and a damaged one changes nothing."""

import json
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import create_engine, select, text

from scheduler import database, migrations
from scheduler.accounts.models import User
from scheduler.backup import read_backup, write_backup
from scheduler.bookings import guard
from scheduler.bookings.doctor import examine
from scheduler.bookings.models import Booking
from scheduler.bookings.proposal import Proposal
from scheduler.bookings.service import book
from scheduler.config import Config, secret_key
from scheduler.database import session, transaction
from scheduler.errors import UserError
from scheduler.resources.models import Resource
from tests.centre import make_resource, make_site, make_user, span


@pytest.fixture
def instance(any_database, tmp_path):
    return _config(tmp_path / "first", any_database)


def _config(folder: Path, url: str) -> Config:
    folder.mkdir()
    return Config(instance=folder, database_url=url, queue_url=f"sqlite:///{folder / 'queue.db'}")


@pytest.fixture
def other(request, tmp_path):
    """An empty instance on SQLite."""
    folder = tmp_path / "second"
    yield _config(folder, f"sqlite:///{folder / 'markaz.db'}")
    database.session.remove()
    database.engine().dispose()


@pytest.fixture
def booked(instance):
    _fill()
    return instance


@pytest.fixture
def booked_in_a_file(sqlite_database, tmp_path):
    _fill()
    return _config(tmp_path / "first", sqlite_database)


def _fill() -> None:
    """A bay that comes before its hall by id, a user, a booking, and an audit row without `before`."""
    with transaction(reason="کوئی وجہ"):
        site = make_site()
        make_user()
        bay = make_resource(site, "BAY", name="خلا 舱")
        hall = make_resource(site, "HALL")
        bay.whole = hall
        book(Proposal(site=site, title="Leak test", resources=(hall,), run=span(0, 9, 12)))


def test_what_is_restored_on_another_database_is_what_was_backed_up(booked, other, tmp_path):
    before = _dump(booked)
    done = write_backup(booked, tmp_path / "all.zip")
    back = read_backup(other, tmp_path / "all.zip")
    assert back == done
    assert _dump(other) == before
    bay, hall = session.scalars(select(Resource).order_by(Resource.id))
    assert (bay.name, bay.whole.id) == ("خلا 舱", hall.id)
    assert session.scalars(select(Booking)).one().run == span(0, 9, 12)
    assert (other.instance / "secret.key").read_text() == secret_key(booked.instance)
    assert (other.instance / "secret.key").stat().st_mode & 0o077 == 0
    assert examine().is_healthy


def test_a_backup_of_the_one_file_database_restores_on_a_server(
    sqlite_database, postgres_url, request, tmp_path
):
    source = _config(tmp_path / "first", sqlite_database)
    with transaction():
        site = make_site()
        first = make_resource(site)
        book(Proposal(site=site, title="Leak test", resources=(first,), run=span(0, 9, 12)))
    before = _dump(source)
    write_backup(source, tmp_path / "all.zip")
    target = _config(tmp_path / "second", request.getfixturevalue("postgres_database"))
    read_backup(target, tmp_path / "all.zip")
    assert _dump(target) == before
    with transaction():  # ids go on where they ended
        second = make_resource(session.get(type(site), 1), "TV-2")
        assert second.id > 1
    assert guard.missing(session.connection()) == []


def test_a_backup_is_readable_by_its_owner_only(booked_in_a_file, tmp_path):
    write_backup(booked_in_a_file, tmp_path / "all.zip")
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0


def test_an_instance_that_holds_something_is_not_overwritten_unless_asked(booked, tmp_path):
    write_backup(booked, tmp_path / "all.zip")
    with transaction():
        session.scalars(select(User)).one().name = "Later"
    with pytest.raises(UserError, match=r"not empty.*--replace"):
        read_backup(booked, tmp_path / "all.zip")
    assert session.scalars(select(User)).one().name == "Later"
    read_backup(booked, tmp_path / "all.zip", replace=True)
    assert session.scalars(select(User)).one().name == "Manager"
    assert guard.missing(session.connection()) == []


def _flip(path: Path) -> None:
    """One bit of what is packed, not of what only describes it."""
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("tables/audit.jsonl")
    content = bytearray(path.read_bytes())
    content[member.header_offset + 30 + len(member.filename) + member.compress_size // 2] ^= 1
    path.write_bytes(bytes(content))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _rewrite(path: Path, change) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def _change_a_row(path: Path) -> None:
    def change(members):
        members["tables/site.jsonl"] = members["tables/site.jsonl"].replace(b"National", b"Regional")

    _rewrite(path, change)


def _drop_a_table(path: Path) -> None:
    _rewrite(path, lambda members: members.pop("tables/site.jsonl"))


def _from_the_future(path: Path) -> None:
    def change(members):
        manifest = json.loads(members["manifest.json"]) | {"revision": "9999"}
        members["manifest.json"] = json.dumps(manifest).encode()

    _rewrite(path, change)


def _no_zip(path: Path) -> None:
    path.write_text("Dear diary")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_flip, "damaged|cut off"),
        (_cut, "damaged|cut off"),
        (_change_a_row, "not what was written"),
        (_drop_a_table, "damaged"),
        (_from_the_future, "newer Markaz"),
        (_no_zip, "no backup of Markaz"),
    ],
)
def test_a_damaged_backup_is_refused_with_the_reason_and_changes_nothing(
    booked_in_a_file, tmp_path, damage, words
):
    path = tmp_path / "all.zip"
    write_backup(booked_in_a_file, path)
    before = _dump(booked_in_a_file)
    damage(path)
    with pytest.raises(UserError, match=words):
        read_backup(booked_in_a_file, path, replace=True)
    assert _dump(booked_in_a_file) == before


def test_a_failed_backup_leaves_the_earlier_one(booked_in_a_file, tmp_path, monkeypatch):
    path = tmp_path / "all.zip"
    write_backup(booked_in_a_file, path)
    earlier = path.read_bytes()

    def broken(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr("scheduler.backup._lines", broken)
    with pytest.raises(OSError, match="disk full"):
        write_backup(booked_in_a_file, path)
    assert path.read_bytes() == earlier
    assert sorted(each.name for each in tmp_path.glob("all*")) == ["all.zip"]


def test_without_a_database_there_is_nothing_to_back_up(other, tmp_path):
    with pytest.raises(UserError, match="nothing to back up"):
        write_backup(other, tmp_path / "all.zip")


def test_bookings_beyond_a_capacity_that_was_lowered_since_are_restored(booked, other, tmp_path):
    # The guard judges new writes; what was agreed before must not make a backup worthless.
    with transaction() as current:
        current.execute(text("INSERT INTO holdable (kind, seats) VALUES ('resource', 2)"))
        holdable = current.execute(text("SELECT MAX(id) FROM holdable")).scalar()
        current.execute(
            text(
                "INSERT INTO hold (booking_id, holdable_id, seat, kind, starts_at, ends_at) "
                "SELECT booking_id, :holdable, 2, kind, starts_at, ends_at FROM hold LIMIT 1"
            ),
            {"holdable": holdable},
        )
        current.execute(text("UPDATE holdable SET seats = 1 WHERE id = :id"), {"id": holdable})
    before = _dump(booked)
    write_backup(booked, tmp_path / "all.zip")
    read_backup(other, tmp_path / "all.zip")
    assert _dump(other) == before


def _dump(config: Config) -> dict[str, list[str]]:
    """Every row as text, written apart from the code under test."""
    engine = create_engine(config.database_url)
    found = {}
    with engine.connect() as connection:
        from scheduler.models import metadata

        for table in metadata.sorted_tables:
            rows = connection.execute(select(table).order_by(table.c.id)).mappings()
            found[table.name] = [repr(sorted(row.items())) for row in rows]
    engine.dispose()
    assert sum(map(len, found.values())) > 10
    return found


def test_a_backup_knows_the_revision_that_it_was_written_at(booked_in_a_file, tmp_path):
    write_backup(booked_in_a_file, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["revision"] == migrations.revisions()[-1]
    assert manifest["members"]["tables/booking.jsonl"]["rows"] == 1


def test_attached_files_come_back_for_their_owner_only(booked_in_a_file, other, tmp_path):
    folder = booked_in_a_file.instance / "attachments"
    folder.mkdir()
    (folder / "0a1b").write_bytes(bytes(range(256)))
    write_backup(booked_in_a_file, tmp_path / "all.zip")
    copied = read_backup(other, tmp_path / "all.zip")
    back = other.instance / "attachments" / "0a1b"
    assert back.read_bytes() == bytes(range(256))
    assert back.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert copied.tables == sum(name.startswith("tables/") for name in archive.namelist())


@pytest.mark.parametrize("name", ["../0a1b", "0a/1b", "0A1B", ""], ids=["up", "deeper", "capitals", "none"])
def test_an_attached_file_with_a_strange_name_is_refused(booked_in_a_file, other, tmp_path, name):
    def plant(members):
        manifest = json.loads(members["manifest.json"])
        manifest["members"][f"attachments/{name}"] = {"rows": 0, "sha256": sha256(b"x").hexdigest()}
        members["manifest.json"] = json.dumps(manifest).encode()
        members[f"attachments/{name}"] = b"x"

    write_backup(booked_in_a_file, tmp_path / "all.zip")
    _rewrite(tmp_path / "all.zip", plant)
    with pytest.raises(UserError, match="Markaz writes no such name"):
        read_backup(other, tmp_path / "all.zip")
    assert [path.name for path in other.instance.rglob("*") if "0a1b" in path.name.casefold()] == []
