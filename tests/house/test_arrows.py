"""Rooms import only leftwards, and the solver knows nobody: seen to, and shown to be seen to."""

import shutil

import pytest

from scheduler.__main__ import ROOT
from tests.house import arrows


def test_no_import_goes_against_an_arrow():
    assert arrows.wrong_imports(ROOT) == []


def test_every_folder_of_the_application_is_a_room_or_has_its_reason():
    folders = {path.name for path in (ROOT / "scheduler").iterdir() if (path / "__init__.py").is_file()}
    assert folders - set(arrows.ROOMS) - set(arrows.PUTS_TOGETHER) == set()


@pytest.fixture
def plant(tmp_path):
    """Puts a line at the end of a copy of a file, and says what is wrong with the imports of that."""

    def planted(file, line):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, path)
        with path.open("a", encoding="utf-8") as whole:
            whole.write(f"\n{line}\n")
        return arrows.wrong_imports(tmp_path)

    return planted


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("scheduler/bookings/service.py", "from scheduler.plans import service"),
        ("scheduler/bookings/service.py", "from scheduler import plans"),
        ("scheduler/bookings/service.py", "import scheduler.plans.models as drafts"),
        ("scheduler/bookings/service.py", "from ..plans import models"),
        ("scheduler/bookings/service.py", "def late():\n    from scheduler.plans import models"),
        ("scheduler/bookings/service.py", "import importlib\nimportlib.import_module('scheduler.plans')"),
        ("scheduler/accounts/models.py", "from scheduler.calendars.models import Site"),
        ("scheduler/plans/service.py", "from scheduler.reports import queries"),
        ("scheduler/plans/service.py", "from scheduler.app import create_app"),
        ("scheduler/reports/queries.py", "from solver import solve"),
        ("scheduler/bookings/rules.py", "import solver"),
        ("scheduler/bookings/rules.py", "from scheduler.database import session"),
        ("scheduler/bookings/service.py", "from flask import request"),
        ("scheduler/database.py", "from scheduler.accounts.models import User"),
        ("solver/solve.py", "from scheduler.intervals import Interval"),
        ("solver/solve.py", "import flask"),
        ("solver/verification/verify.py", "from sqlalchemy import select"),
        ("solver/verification/verify.py", "from solver.state.masks import interval"),
    ],
)
def test_a_wrong_import_that_is_planted_is_found(plant, file, line):
    (fault,) = plant(file, line)
    assert fault.startswith(f"{file}:")


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("scheduler/plans/service.py", "from scheduler.bookings import service as left"),
        ("scheduler/plans/problem.py", "from solver import Problem as Asked"),
        ("scheduler/bookings/views.py", "from flask import request as asked"),
        ("solver/solve.py", "import numpy"),
        ("solver/verification/verify.py", "from solver.problem import Problem"),
    ],
)
def test_an_import_that_is_allowed_is_not_called_wrong(plant, file, line):
    assert plant(file, line) == []
