"""Rows become a problem: one fact at a time."""

from datetime import timedelta

import pytest

from scheduler.calendars.models import Holiday
from scheduler.database import session, transaction
from scheduler.intervals import Interval
from scheduler.people.models import Absence, ExclusionGroup
from scheduler.requests.models import Participant, Precedence, RequestDraw, RequestNeed, RequestWindow
from scheduler.resources.models import Changeover, Outage, UtilityLevel
from solver import Changeover as SolverChangeover
from solver import Draw, Level, Mode, Need, PrecedenceLag, Qualification, Window, check
from tests.centre import (
    at,
    make_calendar,
    make_person,
    make_qualification,
    make_request,
    make_resource,
    make_utility,
    on,
)
from tests.plans.week import WEEK, Centre, activity, person, resource, utility


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        yield Centre()


def window(asked, start, end, binds="run", alternative=None):
    asked.windows.append(RequestWindow(starts_at=start, ends_at=end, binds=binds, alternative=alternative))
    session.flush()


# Requests


def test_an_approved_request_becomes_an_activity_of_its_code(centre):
    make_request(centre.project, centre.chamber, minutes=120)
    found = centre.activity()
    assert (found.wish, found.least, found.value, found.pin) == (8, 8, 120, None)
    assert found.modes == (Mode("1", ("TV-1",)),)


@pytest.mark.parametrize("state", ["draft", "submitted", "booked", "done", "declined", "withdrawn"])
def test_only_approved_requests_are_asked_for(centre, state):
    make_request(centre.project, centre.chamber, state=state)
    assert centre.problem().activities == ()


def test_a_retired_request_is_left_out(centre):
    make_request(centre.project, centre.chamber, retired_at=at(0, 0))
    assert centre.problem().activities == ()


@pytest.mark.parametrize(
    ("earliest", "latest", "asked"),
    [
        (at(-7, 0), at(0, 0), False),
        (at(-7, 0), at(0, 2), True),
        (at(-7, 0), at(0, 1.75), False),
        (at(7, 0), at(9, 0), False),
        (at(6, 22), at(9, 0), True),
        (None, None, True),
        (at(1, 0), at(1, 1), True),
    ],
    ids=[
        "over before",
        "reaches in by its length",
        "reaches in by less",
        "begins after",
        "begins at the end",
        "no dates: open for any plan",
        "hopeless, but nowhere else: somebody must be told",
    ],
)
def test_requests_that_can_lie_in_the_span_are_asked_for(centre, earliest, latest, asked):
    make_request(centre.project, centre.chamber, minutes=120, earliest_at=earliest, latest_at=latest)
    assert bool(centre.problem().activities) == asked


def test_a_request_whose_windows_all_lie_elsewhere_waits_for_another_plan(centre):
    asked = make_request(centre.project, centre.chamber, latest_at=at(20, 0))
    window(asked, at(8, 8), at(8, 12))
    assert centre.translated().asked == 0


def test_a_way_whose_windows_all_lie_elsewhere_is_no_mode(centre):
    other = make_resource(centre.site, "TV-2")
    asked = make_request(centre.project, centre.chamber, other)
    window(asked, at(8, 8), at(8, 12), alternative=asked.alternatives[0])
    assert [mode.id for mode in centre.activity().modes] == ["2"]


def test_bounds_round_inwards_and_those_of_the_span_are_not_named(centre):
    make_request(
        centre.project,
        centre.chamber,
        minutes=60,
        earliest_at=at(0, 8) + timedelta(minutes=1),
        latest_at=at(9, 0),
        due_at=at(2, 0) + timedelta(minutes=14),
    )
    found = centre.activity()
    assert (found.release, found.deadline, found.due) == (33, None, 192)


def test_windows_of_all_and_of_one_way_stand_apart_with_what_they_bind(centre):
    asked = make_request(centre.project, centre.chamber)
    window(asked, at(0, 8) + timedelta(minutes=7), at(0, 12))
    window(asked, at(1, 0), at(9, 0), "whole")
    window(asked, at(2, 8), at(2, 12), alternative=asked.alternatives[0])
    found = centre.activity()
    assert found.windows == (Window(33, 48, "run"), Window(96, 672, "whole"))
    assert found.modes[0].windows == (Window(224, 240, "run"),)


def test_windows_that_rounding_eats_up_do_not_mean_any_time(centre):
    asked = make_request(centre.project, centre.chamber, minutes=15)
    window(asked, at(0, 8) + timedelta(minutes=5), at(0, 8) + timedelta(minutes=25))
    translated = centre.translated()
    assert translated.problem.activities == ()
    assert [(out.code, out.rule) for out in translated.left_out] == [("R-1", "window")]


def test_blank_setup_takes_the_longest_of_the_ways_and_a_stated_one_stands(centre):
    slow = make_resource(centre.site, "TV-2", setup_minutes=60, teardown_minutes=30)
    centre.chamber.setup_minutes = 45
    make_request(centre.project, centre.chamber, slow)
    make_request(centre.project, centre.chamber, slow, code="R-2", setup_minutes=0, teardown_minutes=15)
    problem = centre.problem()
    assert (activity(problem, "R-1").setup, activity(problem, "R-1").teardown) == (4, 2)
    assert (activity(problem, "R-2").setup, activity(problem, "R-2").teardown) == (0, 1)


def test_parts_and_elastic_lengths(centre):
    make_request(
        centre.project, centre.chamber, minutes=480, least_minutes=240, most_parts=3, least_part_minutes=90
    )
    found = centre.activity()
    assert (found.wish, found.least, found.most_parts, found.least_part) == (32, 16, 3, 6)


def test_needs_draws_participants_group_and_configuration(centre):
    operator, power = make_qualification(centre.site), make_utility(centre.site, "POWER", 40)
    trainee = make_person(centre.site, "T-1")
    group = ExclusionGroup(site_id=centre.site.id, code="CREW", name="Crew")
    asked = make_request(
        centre.project, centre.chamber, configuration="hot", exclusion_group=group, is_mandatory=True
    )
    asked.needs.append(RequestNeed(qualification=operator, count=2, phase="run"))
    asked.draws.append(RequestDraw(utility=power, amount=7, phase="all"))
    asked.participants.append(Participant(person=trainee))
    session.flush()
    problem = centre.problem()
    found = activity(problem, "R-1")
    assert found.needs == (Need("vacuum operator", 2, "run"),)
    assert found.draws == (Draw("POWER", 7, "all"),)
    assert (found.participants, found.groups) == (("T-1",), ("CREW",))
    assert (found.configuration, found.mandatory) == ("hot", True)
    assert [each.id for each in problem.groups] == ["CREW"]
    assert check(problem) == ()


def test_a_whole_takes_its_parts_along(centre):
    hall = make_resource(centre.site, "HALL")
    make_resource(centre.site, "BAY-A", whole=hall)
    make_resource(centre.site, "BAY-B", whole=hall)
    session.expire(hall)
    make_request(centre.project, (hall, centre.chamber))
    assert centre.activity().modes[0].resources == ("BAY-A", "BAY-B", "HALL", "TV-1")


@pytest.mark.parametrize(("value", "priority", "worth"), [(7, 1, 7), (0, 1, 600), (0, 5, 120)])
def test_a_request_without_value_is_worth_its_length_by_priority(centre, value, priority, worth):
    make_request(centre.project, centre.chamber, minutes=120, value=value, priority=priority)
    assert centre.activity().value == worth


def test_the_penalty_of_a_way(centre):
    asked = make_request(centre.project, centre.chamber)
    asked.alternatives[0].penalty = 5
    assert centre.activity().modes[0].penalty == 5


def test_precedences_and_chains(centre):
    first = make_request(centre.project, centre.chamber, code="R-1", chain="Campaign 1")
    second = make_request(centre.project, centre.chamber, code="R-2", chain=" campaign  1 ")
    session.add(
        Precedence(before=first, after=second, min_lag_minutes=60, max_lag_minutes=180, same_resource=True)
    )
    session.flush()
    problem = centre.problem()
    assert problem.precedences == (PrecedenceLag("R-1", "R-2", 4, 12, True),)
    assert problem.chains == (("R-1", "R-2"),)


# The tick


def test_the_tick_measures_every_length_of_the_plan(centre):
    first = make_request(centre.project, centre.chamber, code="R-1", minutes=120)
    second = make_request(centre.project, centre.chamber, code="R-2", minutes=60)
    assert centre.problem().tick_seconds == 900
    lag = Precedence(before=first, after=second, min_lag_minutes=20)
    session.add(lag)
    session.flush()
    assert centre.problem().tick_seconds == 600
    centre.chamber.changeovers.append(
        Changeover(from_configuration="hot", to_configuration="cold", minutes=25)
    )
    session.flush()
    assert centre.problem().tick_seconds == 300
    second.least_minutes = 59
    session.flush()
    assert centre.problem().tick_seconds == 60


def test_what_rounding_takes_away_is_reported(centre):
    make_request(centre.project, centre.chamber, minutes=60)
    assert centre.translated().rounding_minutes == 0
    for rule in centre.day.rules:
        rule.opens_minute = 8 * 60 + 10
    session.flush()
    session.expire_all()
    translated = centre.translated()
    assert resource(translated.problem, "TV-1").open[0] == Window(33, 72)
    assert translated.rounding_minutes == 5 * 5


# The centre


def test_opening_hours_less_confirmed_holidays(centre):
    session.add(Holiday(site_id=centre.site.id, on_day=on(1), name="Founders' day"))
    session.add(
        Holiday(site_id=centre.site.id, on_day=on(2), name="If the moon is seen", is_provisional=True)
    )
    session.flush()
    assert resource(centre.problem(), "TV-1").open == tuple(
        Window(day * 96 + 32, day * 96 + 72) for day in (0, 2, 3, 4)
    )


def test_a_resource_without_calendar_is_always_open_and_one_that_never_opens_never(centre):
    make_resource(centre.site, "FREE")
    make_resource(centre.site, "SHUT", calendar=make_calendar(centre.site, "SAT", days=range(5, 6)))
    monday = Interval(at(0, 0), at(1, 0))
    problem = centre.problem(monday)
    assert resource(problem, "FREE").open is None
    assert resource(problem, "SHUT").open == ()


def test_outages_round_outwards_and_only_those_of_the_span_count(centre):
    centre.chamber.outages = [
        Outage(starts_at=at(1, 8) + timedelta(minutes=5), ends_at=at(1, 9) + timedelta(minutes=5)),
        Outage(starts_at=at(9, 8), ends_at=at(9, 9)),
    ]
    session.flush()
    make_request(centre.project, centre.chamber, minutes=60)
    assert resource(centre.problem(), "TV-1").outages == (Window(128, 133),)


def test_capacity_and_changeovers(centre):
    make_resource(centre.site, "HALL", capacity=3)
    centre.chamber.changeovers = [
        Changeover(from_configuration="hot", to_configuration="cold", minutes=30),
        Changeover(from_configuration="cold", to_configuration="hot", minutes=0),
    ]
    centre.chamber.configuration = "hot"
    session.flush()
    problem = centre.problem()
    assert resource(problem, "HALL").capacity == 3
    assert resource(problem, "TV-1").changeovers == (SolverChangeover("hot", "cold", 2),)
    assert resource(problem, "TV-1").configuration == "hot"


def test_changeovers_of_a_resource_for_several_are_not_asked(centre):
    hall = make_resource(centre.site, "HALL", capacity=3, configuration="hot")
    hall.changeovers = [Changeover(from_configuration="hot", to_configuration="cold", minutes=30)]
    session.flush()
    found = resource(centre.problem(), "HALL")
    assert (found.changeovers, found.configuration) == ((), None)
    assert check(centre.problem()) == ()


def test_people_with_shifts_absences_and_limits(centre):
    found = make_person(
        centre.site,
        calendar=centre.day,
        most_minutes_day=500,
        most_minutes_week=2400,
        least_rest_minutes=655,
    )
    found.absences.append(Absence(starts_at=at(1, 8) + timedelta(minutes=1), ends_at=at(1, 9)))
    session.flush()
    sana = person(centre.problem(), "P-1")
    assert sana.shifts is not None
    assert sana.shifts[0] == Window(32, 72)
    assert sana.absences == (Window(128, 132),)
    assert (sana.max_day, sana.max_week, sana.min_rest) == (33, 160, 44)


def test_a_person_without_calendar_can_be_on_duty_at_any_time(centre):
    make_person(centre.site)
    assert person(centre.problem(), "P-1").shifts is None


@pytest.mark.parametrize(
    ("valid_from", "valid_until", "held"),
    [
        (None, None, [(0, 672)]),
        (on(1), on(1), [(96, 192)]),
        (on(-5), on(-1), []),
        (None, on(0), [(0, 96)]),
        (on(6), None, [(576, 672)]),
    ],
    ids=["open", "one whole local day", "lapsed the day before", "to the end of the day", "from the day on"],
)
def test_qualifications_hold_for_local_days(centre, valid_from, valid_until, held):
    make_person(centre.site, holds=((make_qualification(centre.site), valid_from, valid_until),))
    assert person(centre.problem(), "P-1").qualifications == tuple(
        Qualification("vacuum operator", start, end) for start, end in held
    )


def test_local_days_are_those_of_the_site(sqlite_database):
    with transaction():
        centre = Centre(time_zone="Asia/Karachi")
        make_person(centre.site, holds=((make_qualification(centre.site), on(1), on(1)),))
        problem = centre.problem()
        assert person(problem, "P-1").qualifications[0] == Qualification("vacuum operator", 76, 172)
        assert problem.days[0] == Window(-20, 76)
        assert resource(problem, "TV-1").open[0] == Window(12, 52)


def test_a_dip_of_a_utility_takes_every_tick_it_touches(centre):
    power = make_utility(centre.site, "POWER", 40)
    power.levels.append(
        UtilityLevel(starts_at=at(1, 8) + timedelta(minutes=5), ends_at=at(1, 9), capacity=10)
    )
    session.flush()
    assert utility(centre.problem(), "POWER").levels == (
        Level(0, 128, 40),
        Level(128, 132, 10),
        Level(132, 672, 40),
    )


def test_of_two_levels_at_once_the_least_holds_and_a_rise_holds_only_where_it_is_whole(centre):
    made = make_utility(centre.site, "POWER", 40)
    made.levels.append(UtilityLevel(starts_at=at(1, 8), ends_at=at(1, 12), capacity=60))
    made.levels.append(UtilityLevel(starts_at=at(1, 10), ends_at=at(1, 11), capacity=50))
    made.levels.append(UtilityLevel(starts_at=at(2, 8) + timedelta(minutes=5), ends_at=at(2, 9), capacity=90))
    session.flush()
    assert utility(centre.problem(), "POWER").levels == (
        Level(0, 128, 40),
        Level(128, 136, 60),
        Level(136, 140, 50),
        Level(140, 144, 60),
        Level(144, 225, 40),
        Level(225, 228, 90),
        Level(228, 672, 40),
    )


def test_a_daily_budget_is_the_least_of_each_day(centre):
    made = make_utility(centre.site, "LN2", 10, per="day")
    made.levels.append(UtilityLevel(starts_at=at(1, 12), ends_at=at(1, 14), capacity=4))
    session.flush()
    found = utility(centre.problem(), "LN2")
    assert found.per == "day"
    assert found.levels == (Level(0, 96, 10), Level(96, 192, 4), Level(192, 672, 10))


@pytest.mark.parametrize("kind", ["resource", "person", "utility"])
def test_retired_rows_are_left_out(centre, kind):
    made = {
        "resource": lambda: make_resource(centre.site, "OLD", retired_at=at(0, 0)),
        "person": lambda: make_person(centre.site, "OLD", retired_at=at(0, 0)),
        "utility": lambda: make_utility(centre.site, "OLD", retired_at=at(0, 0)),
    }[kind]
    made()
    problem = centre.problem()
    ids = {each.id for each in (*problem.resources, *problem.people, *problem.utilities)}
    assert "OLD" not in ids


def test_a_way_over_a_retired_resource_is_no_mode_and_the_only_way_is_a_reason(centre):
    old = make_resource(centre.site, "OLD", retired_at=at(0, 0))
    make_request(centre.project, old, centre.chamber, code="R-1")
    make_request(centre.project, old, code="R-2")
    translated = centre.translated()
    assert [mode.id for mode in activity(translated.problem, "R-1").modes] == ["2"]
    assert [(out.code, out.rule, out.subjects) for out in translated.left_out] == [
        ("R-2", "retired", ("OLD",))
    ]


# Weights and fingerprint


def test_lateness_over_the_whole_horizon_costs_less_than_the_least_worth(centre):
    make_request(centre.project, centre.chamber, code="R-1", value=500)
    make_request(centre.project, centre.chamber, code="R-2", value=3)
    problem = centre.problem()
    assert 0 < problem.weights.lateness * problem.horizon < 3
    assert 0 < problem.weights.changeover * problem.horizon < 3


def test_the_fingerprint_stays_while_facts_do_and_changes_with_them(centre):
    asked = make_request(centre.project, centre.chamber)
    before = centre.translated().fingerprint
    assert centre.translated().fingerprint == before
    asked.note = "what is only said changes nothing"
    session.flush()
    assert centre.translated().fingerprint == before
    asked.value += 1
    session.flush()
    assert centre.translated().fingerprint != before


def test_the_same_ticks_on_another_day_have_another_fingerprint(centre):
    make_request(centre.project, centre.chamber, earliest_at=None, latest_at=None)
    later = Interval(WEEK.start + timedelta(days=7), WEEK.end + timedelta(days=7))
    assert centre.translated().fingerprint != centre.translated(later).fingerprint
