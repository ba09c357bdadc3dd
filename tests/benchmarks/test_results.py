"""What was measured is kept and found again."""

import json

import pytest

from tests.benchmarks import results
from tests.benchmarks.instances import Trouble
from tests.benchmarks.results import entry, find_stored, read_entry, store, stored

PLAIN = {"variant": "", "time_limit": 60.0, "workers": 2, "fairness": 0.0}
LINE = {"seed": 1, "value": 12, "history": [[0.1, 12, None]] * 1000, "wall": 60.0, "wrong": []}


def test_an_entry_says_where_it_comes_from_and_leaves_the_history_out():
    found = entry("weeks", "small-1", PLAIN, [LINE])
    assert found["results"] == [{"seed": 1, "value": 12, "wall": 60.0, "wrong": []}]
    assert found["machine"]["cores"] >= 1
    assert found["machine"]["memory_gb"] is None or found["machine"]["memory_gb"] > 0
    assert found["measured_at"].endswith("Z")


def test_what_is_stored_is_read_again_as_it_was(tmp_path):
    found = entry("weeks", "small-1", PLAIN, [LINE, {**LINE, "seed": 2}])
    path = store(found, tmp_path)
    assert path == tmp_path / "weeks" / "small-1-60s-2w.json"
    assert read_entry(path) == find_stored(found, tmp_path) == found
    assert path.stat().st_size < 4000


def test_the_same_setting_is_replaced_and_another_stands_beside(tmp_path):
    first = entry("satnet", "w10", PLAIN, [LINE])
    again = entry("satnet", "w10", PLAIN, [{**LINE, "value": 13}])
    fair = entry("satnet", "w10", {**PLAIN, "variant": "fair500", "fairness": 500.0}, [LINE])
    short = entry("satnet", "w9", {**PLAIN, "time_limit": 0.5}, [LINE])
    assert find_stored(first, tmp_path) is None
    for each in (first, again, fair, short):
        store(each, tmp_path)
    assert stored("satnet", tmp_path) == [short, again, fair]
    assert stored("weeks", tmp_path) == []


@pytest.mark.parametrize("text", [None, "{", "[]", '{"suite": "weeks"}'])
def test_what_is_no_stored_result_is_refused(tmp_path, text):
    path = tmp_path / "result.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(Trouble, match=r"result\.json"):
        read_entry(path)


def test_outside_a_repository_there_is_no_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(results, "ROOT", tmp_path)
    assert results.commit() == ""


def test_all_that_lies_in_the_folder_of_results_can_be_read():
    for path in results.RESULTS.rglob("*.json"):
        found = read_entry(path)
        assert path == results.RESULTS / found["suite"] / path.name
        assert find_stored(found) == json.loads(path.read_text())
