"""The pure functions of the pages' scripts, in the browser that runs them."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Live

NIGHT_FOLDED = [[0, 480, 0], [480, 1080, 600], [1080, 1440, 0]]
DAY_NARROW = [[0, 600, 600], [600, 2040, 100]]


@pytest.fixture(scope="module")
def call(chromium: Browser, live: Live) -> Iterator[Any]:
    page = chromium.new_page(base_url=live.address)
    page.goto("/healthz")

    def run(module: str, function: str, *arguments: Any) -> Any:
        return page.evaluate(
            "async ([module, name, given]) => (await import(`/static/js/${module}.js`))[name](...given)",
            [module, function, list(arguments)],
        )

    yield run
    page.close()


@pytest.mark.parametrize(
    ("segments", "minute", "percent"),
    [
        (NIGHT_FOLDED, 0, 0),
        (NIGHT_FOLDED, 240, 0),
        (NIGHT_FOLDED, 480, 0),
        (NIGHT_FOLDED, 780, 50),
        (NIGHT_FOLDED, 1080, 100),
        (NIGHT_FOLDED, 1440, 100),
        (NIGHT_FOLDED, 9999, 100),
        (DAY_NARROW, 600, 600 / 7),
        (DAY_NARROW, 1320, 650 / 7),
    ],
    ids=[
        "start of a folded night",
        "inside it",
        "its end",
        "middle of the day",
        "evening",
        "end of the axis",
        "beyond it",
        "start of a narrow day",
        "its middle",
    ],
)
def test_a_minute_has_its_place_on_a_folded_axis(call, segments, minute, percent):
    assert call("timeline-geometry", "percentAt", segments, minute) == pytest.approx(percent)


@pytest.mark.parametrize(("minute", "folded"), [(479, True), (480, False), (1079, False), (1080, True)])
def test_a_fold_begins_and_ends_where_its_segment_does(call, minute, folded):
    assert call("timeline-geometry", "isFoldedAt", NIGHT_FOLDED, minute) is folded


def test_unfolding_touches_the_named_time_only(call):
    assert call("timeline-geometry", "unfolded", NIGHT_FOLDED, 1080, 1440) == [
        [0, 480, 0],
        [480, 1080, 600],
        [1080, 1440, 360],
    ]


def test_labels_of_hours_keep_their_distance(call):
    assert call("timeline-geometry", "spaced", [0, 23, 24, None, 60], 24) == [True, False, True, False, True]


def test_the_curve_holds_each_value_until_the_next_one(call):
    assert call("curve-geometry", "steps", [[1, 10], [3, 12]], 5) == [[1, 10], [3, 10], [3, 12], [5, 12]]


def test_the_curve_begins_at_the_first_plan_and_cuts_a_wild_bound(call):
    low, high = call("curve-geometry", "range", [[0, 8000, 90000], [5, 8400, 8500]])
    assert 7900 < low < 8000
    assert 8500 <= high < 10000


@pytest.mark.parametrize(
    ("low", "high", "marks"), [(6900, 9100, [7000, 8000, 9000]), (8390, 8410, [8390, 8400, 8410])]
)
def test_the_marks_of_the_curve_are_round(call, low, high, marks):
    assert call("curve-geometry", "ticks", low, high) == marks
