"""Results beside what is published."""

import pytest

from tests.benchmarks import tables
from tests.benchmarks.instances import INSTANCES, SHIPPED, known
from tests.benchmarks.tables import markdown, middle, published, table


def entry(suite, instance, *results, **settings):
    line = {"status": "feasible", "wrong": [], "verifier": "v", "wall": 60.2, "first_seconds": 0.5}
    line |= {"bound": None, "gap": None, "memory_mb": 100.0}
    return {
        "suite": suite,
        "instance": instance,
        "variant": "",
        "time_limit": 60.0,
        "workers": 2,
        "commit": "abc1234",
        **settings,
        "results": [{**line, "seed": seed, **each} for seed, each in enumerate(results, start=1)],
    }


def cells(text, row=0):
    lines = text.splitlines()
    titles = [cell.strip() for cell in lines[0].strip("|").split("|")]
    return dict(zip(titles, (cell.strip() for cell in lines[2 + row].strip("|").split("|")), strict=True))


def test_the_median_of_the_seeds_counts():
    found = entry("weeks", "weekly-1", {"value": 18000}, {"value": 20000}, {"value": 18107})
    assert middle(found, "value") == 18107
    row = cells(table("weeks", [found]))
    assert (row["value"], row["seeds"], row["greedy"], row["to greedy"]) == (
        "18,107",
        "3",
        "16,462",
        "1.0999",
    )
    assert (row["sketch"], row["to sketch"]) == ("18,507", f"{18107 / 18507:.4f}")


def test_a_seed_without_a_value_leaves_none():
    found = entry("weeks", "weekly-1", {"value": 18000}, {"value": None})
    assert middle(found, "value") is None
    assert cells(table("weeks", [found]))["value"] == ""


def test_hours_stand_beside_the_best_published_and_fairness_beside_the_fairest():
    figures = {"value": 974.6, "satisfied": 220, "u_rms": 0.2, "u_max": 0.6}
    row = cells(table("satnet", [entry("satnet", "w10", figures)]))
    assert (row["published"], row["to published"], row["published U_RMS"]) == ("886", "1.100", "0.26")


def test_makespans_are_above_the_best_known_by_a_share():
    found = [
        entry("psplib", "J30_82", {"value": 92, "status": "optimal", "gap": 0.0}),
        entry("psplib", "J60_47", {"value": 78, "gap": 0.04}),
        entry("psplib", "J60_81", {"value": 87, "gap": 0.02}),
    ]
    text = table("psplib", found)
    assert [cells(text, row)["above it"] for row in range(3)] == ["0.00%", "4.00%", "0.00%"]
    assert "Mean of 1, J30, 60 s: above it 0.00%; gap 0.00%; proved 100%." in text
    assert "Mean of 2, J60, 60 s: above it 2.00%; gap 3.00%; proved 0%." in text
    assert "Mean of 3, all, 60 s: above it 1.33%; gap 2.00%; proved 33%." in text


def test_better_than_the_published_makespan_counts_as_nothing():
    name = "inst_set1b_sf1_nc1.5_n40_m40_05"
    row = cells(table("mspsp", [entry("mspsp", name, {"value": 100})]))
    assert (row["published"], row["above it (better is 0)"]) == ("108", "0.00%")


def test_means_say_of_how_many_where_some_have_no_figure():
    found = [entry("weeks", f"small-{n}", {"value": 1300, "gap": gap}) for n, gap in ((1, 0.5), (2, None))]
    assert "gap 50.00% (of 1)" in table("weeks", found)


def test_limits_and_variants_are_not_mixed_in_means():
    found = [
        entry("satnet", "w10", {"value": 886.0}),
        entry("satnet", "w10", {"value": 1772.0}, time_limit=300.0),
        entry("satnet", "w10", {"value": 443.0}, variant="fair500"),
    ]
    text = table("satnet", found)
    for line in ("60 s: to published 1.000", "300 s: to published 2.000", "60 s fair500: to published 0.500"):
        assert line in text


def test_a_broken_answer_shows_in_the_table_and_one_that_nobody_verified_too():
    broken = entry("weeks", "small-1", {"value": 9, "wrong": ["H4 a clash"]})
    unverified = entry("weeks", "small-2", {"value": 9, "verifier": ""})
    text = table("weeks", [broken, unverified, entry("weeks", "small-3", {"value": 9})])
    told = [cells(text, row)["verified"] for row in range(3)]
    assert told == ["BROKEN: H4 a clash", "solver.verify", "yes"]


def test_what_was_stored_before_stands_beside():
    old = entry("weeks", "small-1", {"value": 1400}, commit="old1234")
    new = [entry("weeks", "small-1", {"value": 1412}), entry("weeks", "small-9", {"value": 7})]
    text = table("weeks", new, [old, None])
    assert [cells(text, row)["stored before"] for row in range(2)] == ["1,400 (old1234)", ""]


def test_columns_stand_below_one_another():
    text = markdown(["a", "longer"], [["12345", "x"], ["", "yy"]])
    assert len({len(line) for line in text.splitlines()}) == 1
    assert markdown(["a"], []).count("\n") == 1


def test_every_suite_has_published_figures_with_a_source():
    text = tables.json.loads(tables.PUBLISHED.read_text())
    assert set(text) == set(INSTANCES)
    assert all(each["source"] and each["instances"] for each in text.values())
    assert published()["psplib"]["J30_82"]["best_known"] == 92
    assert set(known("psplib", SHIPPED)) <= set(published()["psplib"])


@pytest.mark.parametrize("suite", list(INSTANCES))
def test_an_unknown_instance_has_a_line_without_references(suite):
    assert cells(table(suite, [entry(suite, "unknown-1", {"value": 5})]))["instance"] == "unknown-1"
