"""What is confidential is confidential everywhere: every page, every answer for scripts, every file, for each
outsider; and those who belong to it do find it, or the walk would prove nothing."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest

from scheduler import database
from tests.everything import INSIDERS, OUTSIDERS, SECRETS, client_as, copy_to, make_everything, put_files
from tests.pages import app_on

SAME_FOR_ALL = {"static"}
STREAMS = {"plans.run_events"}
"""Answers that do not end by themselves; what they carry is that of the same run's .json."""


OPEN_LEAKS: dict[str, str] = {}
"""For a role the addresses that still tell an outsider something; strike them when they are mended."""


ON_DUTY = {"staff": r"/week/booking/[12]|/week/(\?.*by=mine)?"}
"""For a role the addresses that tell it more than other outsiders: it has a duty there."""


@pytest.fixture(scope="module")
def world(sqlite_template, tmp_path_factory):
    path = tmp_path_factory.mktemp("confidential") / "made.db"
    path.write_bytes(sqlite_template.read_bytes())
    database.configure(f"sqlite:///{path}")
    made = make_everything(path)
    with database.engine().connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    return made


@pytest.fixture
def app(world, tmp_path):
    made = app_on(f"sqlite:///{tmp_path / 'walked.db'}", tmp_path)
    copy_to(world, tmp_path / "walked.db")
    put_files(tmp_path)
    yield made
    database.session.remove()
    database.engine().dispose()


def addresses(app, world):
    """Every address that answers to GET, for every thing that there is; and the week with something in it."""
    year, number, _ = world.week.isocalendar()
    week, day = f"{year}-W{number:02}", world.week.date().isoformat()
    until = (world.week + timedelta(days=6)).date().isoformat()
    found = [f"/week/?week={week}&by={by}" for by in ("resource", "person", "mine")] + [
        f"/week/bookings.json?from={day}T00:00:00Z&until={until}T00:00:00Z",
        f"/reports/week.xlsx?week={week}",
        f"/reports/?week={week}&from={day}&until={until}",
        f"/reports/utilisation.xlsx?from={day}&until={until}",
        "/requests/?state=all",
    ]
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint in SAME_FOR_ALL | STREAMS:
            continue
        names = re.findall(r"<(?:\w+:)?(\w+)>", rule.rule)
        for number in range(1, 13) if names else (0,):
            found.append(re.sub(r"<[^>]+>", str(number), rule.rule))
    return found


def all_of(answer):
    """The text of an answer, of a workbook that of all its parts."""
    if answer.data[:2] != b"PK":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(BytesIO(answer.data)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())


def leaks(app, world, role):
    client = client_as(app, world, role)
    found, seen = [], 0
    for address in addresses(app, world):
        answer = client.get(address)
        seen += answer.status_code == 200
        words = [word for word in SECRETS if word.casefold() in all_of(answer).casefold()]
        if words:
            found.append((address, answer.status_code, words))
    assert seen > 10
    return found


@pytest.mark.asvs("8.2.2", "8.2.3")
@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_finds_nothing_of_it_anywhere(app, world, role):
    known = f"{OPEN_LEAKS.get(role, 'nothing')}|{ON_DUTY.get(role, 'nothing')}"
    found = [leak for leak in leaks(app, world, role) if not re.fullmatch(known, leak[0])]
    assert found == []


@pytest.mark.parametrize("role", INSIDERS)
def test_whoever_belongs_to_it_finds_it(app, world, role):
    words = {word for _, _, found in leaks(app, world, role) for word in found}
    assert {"Zirqon", "ZQXVORBA", "Qelvar", "KX-99771"} <= words
    assert "Vlimpet" in words or role == "lead"


@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_sees_that_the_chamber_is_busy(app, world, role):
    year, number, _ = world.week.isocalendar()
    page = client_as(app, world, role).get(f"/week/?week={year}-W{number:02}&by=resource").text
    assert "Busy" in page
