"""Points become marks at their place."""

import re
from xml.etree import ElementTree

import pytest

from tests.benchmarks.plot import Series, scatter


def marks(svg, tag):
    return [each.attrib for each in ElementTree.fromstring(svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}")]


def texts(svg):
    return [each.text for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]


def test_more_is_to_the_right_and_further_up():
    svg = scatter("t", "a", "b", [Series("ours", [(0.1, 900, "p"), (0.3, 1000, "q")], joined=True)])
    left, right = marks(svg, "circle")[:2]
    assert float(left["cx"]) < float(right["cx"])
    assert float(left["cy"]) > float(right["cy"])
    assert len(marks(svg, "polyline")) == 1


def test_ticks_are_round_numbers_around_all_points():
    svg = scatter("t", "a", "b", [Series("ours", [(0.12, 938, ""), (0.33, 1041, "")])])
    numbers = {text for text in texts(svg) if text and re.fullmatch(r"[\d.,]+", text)}
    assert {"0.1", "0.15", "0.2", "0.25", "0.3", "0.35"} <= numbers
    assert {"900", "950", "1,000", "1,050"} <= numbers


def test_title_axes_legend_and_labels_are_written_and_escaped():
    svg = scatter(
        "a & b", "share", "hours", [Series("<ours>", [(1, 2, "w")]), Series("theirs", [(3, 4, "v")])]
    )
    assert {"a & b", "share", "hours", "<ours>", "theirs", "w", "v"} <= set(texts(svg))


def test_one_point_alone_has_axes_too():
    svg = scatter("t", "a", "b", [Series("one", [(0.0, 0.0, "")], mark="square"), Series("none", [])])
    assert "nan" not in svg
    assert len(marks(svg, "rect")) == 3, "the ground, the point and the legend"


def test_nothing_to_plot_is_refused():
    with pytest.raises(ValueError, match="nothing to plot"):
        scatter("t", "a", "b", [Series("none", [])])
