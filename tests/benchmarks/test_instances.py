"""Where instances are looked for, and what is said when they are not there."""

from pathlib import Path

import pytest

from tests.benchmarks import instances
from tests.benchmarks.instances import SHIPPED, Trouble, chosen, find_instance, find_or_make, instance_folder


@pytest.fixture
def folder(tmp_path):
    for suite, names in {
        "weeks": ["small-1", "weekly-1"],
        "psplib": ["J120_7", "J30_16", "J30_9", "index"],
        "mspsp": [],
    }.items():
        (tmp_path / suite).mkdir()
        for name in names:
            (tmp_path / suite / f"{name}.json").write_text("{}")
    return tmp_path


@pytest.fixture
def nothing_beside(monkeypatch, tmp_path):
    monkeypatch.setattr(instances, "BESIDE", tmp_path / "nowhere")
    monkeypatch.delenv("MARKAZ_BENCHMARKS", raising=False)


def test_the_folder_is_the_given_one_then_the_named_one_then_the_one_beside(monkeypatch, tmp_path):
    given, named, beside = (tmp_path / name for name in ("given", "named", "beside"))
    for each in (given, named, beside):
        each.mkdir()
    monkeypatch.setattr(instances, "BESIDE", beside)
    monkeypatch.setenv("MARKAZ_BENCHMARKS", str(named))
    assert instance_folder(given) == given
    assert instance_folder() == named
    monkeypatch.setenv("MARKAZ_BENCHMARKS", "")
    assert instance_folder() == beside
    beside.rmdir()
    assert instance_folder() == SHIPPED


def test_a_folder_that_is_not_there_is_refused(monkeypatch, tmp_path):
    monkeypatch.setenv("MARKAZ_BENCHMARKS", str(tmp_path / "none"))
    with pytest.raises(Trouble, match="There is no folder"):
        instance_folder()


def test_without_names_all_are_chosen_in_their_natural_order(folder):
    assert chosen("psplib", folder, []) == ["J30_9", "J30_16", "J120_7"]


@pytest.mark.parametrize(
    ("suite", "asked", "names"),
    [
        ("psplib", ["J30_16"], ["J30_16"]),
        ("psplib", ["J30", "J30_16"], ["J30_9", "J30_16"]),
        ("weeks", ["weekly"], ["weekly-1", "weekly-2", "weekly-3", "weekly-4", "weekly-5"]),
        ("weeks", ["huge-3"], ["huge-3"]),
    ],
    ids=["by name", "by beginning, once", "five of a size", "one that can be made"],
)
def test_names_are_chosen(folder, suite, asked, names):
    assert chosen(suite, folder, asked) == names


@pytest.mark.parametrize("asked", ["J60", "index", "weekly-1"])
def test_a_name_that_is_not_there_is_refused_with_those_that_are(folder, asked):
    with pytest.raises(Trouble, match="J30_9, J30_16, J120_7"):
        chosen("psplib", folder, [asked])


def test_a_suite_without_instances_is_refused(folder):
    with pytest.raises(Trouble, match="holds no instances"):
        chosen("mspsp", folder, [])


def test_an_instance_is_found_by_path_or_by_name(folder):
    path = folder / "psplib" / "J30_9.json"
    assert find_instance("psplib", str(path)) == path
    assert find_instance("psplib", "J30_9", folder) == path
    with pytest.raises(Trouble, match="--from or MARKAZ_BENCHMARKS"):
        find_instance("psplib", "J30_10", folder)


GENERATOR = """
import sys
path = sys.argv[sys.argv.index("-o") + 1]
open(path, "w").write(" ".join(sys.argv[1:5]))
"""


def test_a_week_that_is_not_there_is_made(folder, tmp_path, nothing_beside):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(Trouble, match=r"generate_weeks\.py --size weekly --seed 4"):
        find_or_make("weeks", "weekly-4", folder, scratch)
    (folder / "weeks" / "generate_weeks.py").write_text(GENERATOR)
    made = find_or_make("weeks", "weekly-4", folder, scratch)
    assert (made, made.read_text()) == (scratch / "weekly-4.json", "--size weekly --seed 4")
    there = find_or_make("weeks", "weekly-1", folder, scratch)
    assert there == folder / "weeks" / "weekly-1.json", "what is there is not made again"


def test_the_shipped_instances_are_of_every_suite():
    for suite in instances.INSTANCES:
        assert instances.known(suite, SHIPPED), suite
        for name in instances.known(suite, SHIPPED):
            assert (Path(SHIPPED) / suite / f"{name}.json").is_file()
