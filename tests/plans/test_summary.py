"""A plan in a few lines."""

import io

import pytest

from scheduler.database import transaction
from scheduler.plans import summary
from scheduler.plans.models import Plan
from tests.centre import make_request
from tests.plans.week import Centre, build


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        return Centre()


def lines_of(plan):
    stream = io.StringIO()
    summary.print_summary(plan, stream)
    return stream.getvalue().splitlines()


def test_a_plan_that_places_all_takes_one_line(centre):
    with transaction():
        make_request(centre.project, centre.chamber)
    (line,) = lines_of(build(centre.site))
    assert line.startswith(
        "Plan 1, Mon 30 Nov to Sun 6 Dec: 1 of 1 requests placed, proven the best possible"
    )


def test_many_that_have_no_place_are_cut_with_their_number(centre):
    with transaction():
        for number in range(summary.MOST_LINES + 5):
            make_request(centre.project, centre.chamber, code=f"R-{number}", minutes=700)
    lines = lines_of(build(centre.site))
    assert lines[1] == f"Not placed ({summary.MOST_LINES + 5}):"
    assert lines[-1] == "  and 5 more; see the plan's page or the week workbook."
    assert len(lines) == summary.MOST_LINES + 3


def test_what_rounding_takes_is_said(centre):
    with transaction():
        make_request(centre.project, centre.chamber)
        for rule in centre.day.rules:
            rule.opens_minute += 5
    assert lines_of(build(centre.site))[1] == (
        "Steps of 15 min: rounding to them takes 50 min in all from opening hours, windows and shifts."
    )


@pytest.mark.parametrize(
    ("objective", "bound", "words"),
    [
        (90.0, 100.0, "gap to the best possible 10.0 %"),
        (100.0, 100.0, "proven the best possible"),
        (99.99, 100.0, "gap to the best possible below 0.1 %"),
        (99.9, 100.0, "gap to the best possible 0.1 %"),
        (90.0, None, "gap to the best possible not known"),
    ],
)
def test_how_far_it_is_from_the_best_possible(objective, bound, words):
    assert summary.gap_words(Plan(objective=objective, bound=bound)) == words


def test_no_bar_where_nobody_looks(capsys):
    with summary.progress_bar(10) as show:
        assert show is None
    assert capsys.readouterr() == ("", "")
