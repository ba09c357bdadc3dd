"""What holds for every file of the project: its length, its place, what it must not name."""

import ast
import re

import pytest

from scheduler.__main__ import ROOT
from scheduler.config import template_folder
from tests.house.files import is_foreign, kept_files, text_files

MOST_LINES = 350
LONGER = {
    "scheduler/migrations/versions/0001_the_first_schema.py": "written by Alembic, every table in one step",
    "solver/problem.py": "all that can be asked of the solver, to be read as one page",
    "tests/plans/test_problem.py": "repeats the path of the one translator that it tests",
    "tests/plans/test_service.py": "repeats the path of the service that it tests",
    "tests/bookings/test_service.py": "repeats the path of the one door for bookings that it tests",
}
"""Files that are longer, each for its reason."""

MEASURED = {".py", ".js", ".html", ".css"}
# In brackets, so that this file does not name one itself.
OF_ONE_MACHINE = re.compile(r"/[h]ome/|/[U]sers/|/[r]oot/|/[w]ork/|C:\\+[U]sers")
OTHER_HOST = re.compile(r"""(?:src|href)=["'](?:https?:)?//""")


def _name(path):
    return path.relative_to(ROOT).as_posix()


def _lines(path):
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_file_is_longer_than_350_lines_without_a_reason():
    measured = [path for path in kept_files() if path.suffix in MEASURED and not is_foreign(path)]
    assert len(measured) > 100
    assert {
        _name(path): _lines(path) for path in measured if _lines(path) > MOST_LINES
    }.keys() <= LONGER.keys()


def test_a_reason_is_given_only_for_files_that_are_longer():
    gone = [name for name in LONGER if not (ROOT / name).is_file() or _lines(ROOT / name) <= MOST_LINES]
    assert gone == []


def test_no_file_names_a_place_on_somebodys_machine():
    found = [
        f"{_name(path)}:{number}"
        for path in text_files()
        if not is_foreign(path)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if OF_ONE_MACHINE.search(line)
    ]
    assert found == []


def test_no_page_asks_another_host_for_anything():
    pages = [
        path for path in kept_files() if path.suffix in (".html", ".css", ".js") and not is_foreign(path)
    ]
    assert [_name(path) for path in pages if OTHER_HOST.search(path.read_text(encoding="utf-8"))] == []


def test_the_top_of_the_house_holds_what_the_map_names():
    allowed = {
        ".ci", ".gitattributes", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "LICENSE",
        "README.md", "instance", "pyproject.toml", "scheduler", "solver", "templates", "tests",
    }  # fmt: skip
    assert {path.relative_to(ROOT).parts[0] for path in kept_files()} <= allowed
    assert [_name(path) for path in kept_files() if _name(path).startswith("instance/")] == [
        "instance/README.md"
    ]


TEMPLATES = [path for path in template_folder().glob("*/*.html") if not path.name.startswith("_")]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_template_lies_in_its_room_and_is_named_after_its_view(path):
    # Pages of a room with many stand in several files beside its views.
    room = sorted((ROOT / "scheduler" / path.parent.name).glob("*.py"))
    source = "\n".join(file.read_text(encoding="utf-8") for file in room)
    views = {node.name for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    assert f'"{path.parent.name}/{path.name}"' in source
    assert any(f"_{path.stem}_" in f"_{view}_" for view in views), views


def test_every_part_of_a_template_is_used():
    sources = [path.read_text(encoding="utf-8") for path in template_folder().rglob("*.html")]
    sources += [path.read_text(encoding="utf-8") for path in (ROOT / "scheduler").glob("*/*.py")]
    parts = template_folder().glob("*/_*.html")
    names = [path.relative_to(template_folder()).as_posix() for path in parts]
    assert [name for name in names if not any(f'"{name}"' in source for source in sources)] == []
