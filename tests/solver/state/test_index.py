"""A problem looked up quickly, and rightly."""

from dataclasses import replace

import pytest

from solver.problem import Mode, Qualification, Resource, Window
from solver.state.index import Index, length, phase_span
from solver.state.masks import interval
from tests.solver.plans import activity, week
from tests.solver.rules import DAYS, HOT_COLD, NITROGEN, pinned, staff


@pytest.mark.parametrize(
    ("phase", "span"), [("setup", (5, 7)), ("run", (7, 10)), ("teardown", (10, 11)), ("all", (5, 11))]
)
def test_phases_follow_each_other(phase, span):
    x = activity("x", 3, setup=2, teardown=1)
    assert phase_span(x, phase, 5, 3) == span
    assert length(x, 3) == 6


def test_a_mode_overrides_the_length_and_a_short_wish_the_least():
    modes = (Mode("a", ("lab",)), Mode("b", ("lab",), wish=8), Mode("c", ("lab",), wish=9, least=7))
    x = activity("x", wish=6, least=4, modes=modes)
    index = Index(week(x))
    assert [(index.least(x, mode), index.wish(x, mode)) for mode in modes] == [(4, 6), (4, 8), (7, 9)]


def test_touching_certificates_count_as_one():
    ann = replace(staff("ann"), qualifications=(Qualification("q", 0, 5), Qualification("q", 5, 9)))
    index = Index(week(activity("x"), people=(ann,)))
    assert index.qualification_starts("ann", "q", 4) == interval(0, 6)


@pytest.mark.parametrize(("tick", "day"), [(-1, -1), (0, 0), (9, 0), (10, 1), (19, 1), (20, 2)])
def test_the_day_of_a_tick(tick, day):
    assert Index(week(activity("x"), days=DAYS)).day_of(tick) == day


def test_chains_that_share_a_member_are_one_and_pins_are_in_none():
    names = ("a", "b", "c", "d")
    problem = week(
        *(activity(name) for name in names),
        pinned("p", 0),
        chains=(("a", "b"), ("b", "c"), ("d", "p")),
        horizon=40,
    )
    chains = Index(problem).chains
    assert {name: set(chains[name]) for name in "abc"} == {key: {"a", "b", "c"} for key in "abc"}
    assert chains["d"] == ["d"]
    assert "p" not in chains


def test_the_level_of_the_first_day_is_that_of_tick_0():
    index = Index(week(activity("x"), utilities=(NITROGEN,), days=(Window(-4, 10), Window(10, 20))))
    assert (index.level_at("LN2", -4), index.level_at("LN2", 10)) == (3, 1)


def test_the_search_is_stricter_only_where_something_without_configuration_may_lie_between():
    lab = Resource("lab", changeovers=HOT_COLD)
    hot, plain = activity("h", configuration="hot"), activity("p")
    assert Index(week(hot, plain, resources=(lab,))).changeovers_are_strict()
    assert not Index(week(hot, resources=(lab,))).changeovers_are_strict()
    assert not Index(
        week(hot, replace(plain, modes=(Mode("m", ("pit",)),)), resources=(lab, Resource("pit")))
    ).changeovers_are_strict()
