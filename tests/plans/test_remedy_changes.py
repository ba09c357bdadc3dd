"""What a remedy asks of a request, and where the request cannot be changed so."""

import pytest
from sqlalchemy import select

from scheduler.database import session, transaction
from scheduler.errors import Forbidden, UserError
from scheduler.plans.remedy_changes import change_request, changed_values
from scheduler.requests.models import ActivityRequest, RequestWindow
from solver import Mode, Remedy, Window
from tests.centre import at, make_request, make_resource, make_user
from tests.plans.week import Centre


@pytest.fixture
def centre(sqlite_database):
    with transaction():
        made = Centre()
        make_request(
            made.project, made.chamber, code="R-2", minutes=240, earliest_at=at(0, 8), latest_at=at(0, 12)
        )
    return made


def row():
    return session.scalars(select(ActivityRequest).where(ActivityRequest.code == "R-2")).one()


def changed(centre, remedy):
    translation = centre.translated()
    activity = next(each for each in translation.problem.activities if each.id == "R-2")
    return changed_values(row(), activity, remedy, translation.timeline)


def test_what_rounding_took_of_a_window_stays(centre):
    with transaction():
        asked = row()
        asked.windows.append(RequestWindow(starts_at=at(0, 8.2), ends_at=at(0, 12)))
    remedy = Remedy("wider_window", "R-2", before=Window(33, 48, "run"), windows=(Window(33, 56, "run"),))
    (window,) = changed(centre, remedy).windows
    assert (window.starts_at, window.ends_at) == (at(0, 8.2), at(0, 14))


def test_a_window_that_is_gone_is_refused_with_what_to_do(centre):
    remedy = Remedy("wider_window", "R-2", before=Window(33, 48, "run"), windows=(Window(33, 56, "run"),))
    with pytest.raises(UserError, match="Build again"):
        changed(centre, remedy)


def test_a_part_of_a_whole_cannot_be_exchanged_alone(centre):
    with transaction():
        make_resource(centre.site, "BAY-1", calendar=centre.day, whole_id=centre.chamber.id)
        make_resource(centre.site, "BAY-2", calendar=centre.day)
    activity = centre.activity("R-2")
    assert set(activity.modes[0].resources) == {"TV-1", "BAY-1"}
    other = tuple("BAY-2" if name == "BAY-1" else name for name in activity.modes[0].resources)
    with pytest.raises(UserError, match="Choose the facility in the request"):
        changed(centre, Remedy("other_resource", "R-2", new_mode=Mode("BAY-2", other)))


def test_another_chamber_takes_the_windows_of_the_way_that_it_stands_for(centre):
    with transaction():
        make_resource(centre.site, "TV-2", calendar=centre.day)
        asked = row()
        asked.windows += [
            RequestWindow(starts_at=at(0, 8), ends_at=at(0, 12), alternative=asked.alternatives[0]),
            RequestWindow(starts_at=at(0, 6), ends_at=at(0, 20)),
        ]
    values = changed(centre, Remedy("other_resource", "R-2", new_mode=Mode("TV-2", ("TV-2",))))
    assert len(values.ways) == 2
    assert sorted((window.starts_at, window.way or 0) for window in values.windows) == [
        (at(0, 6), 0),
        (at(0, 8), 1),
        (at(0, 8), 2),
    ]


def test_ways_keep_their_places_where_their_numbers_have_a_gap(centre):
    with transaction():
        other = make_resource(centre.site, "TV-2", calendar=centre.day)
        make_resource(centre.site, "TV-3", calendar=centre.day)
        asked = make_request(centre.project, centre.chamber, other, code="R-3", minutes=60)
        asked.alternatives[1].number = 5
    with transaction():
        translation = centre.translated()
        asked = session.scalars(select(ActivityRequest).where(ActivityRequest.code == "R-3")).one()
        activity = next(each for each in translation.problem.activities if each.id == "R-3")
        new = Mode("TV-3", ("TV-3",))
        remedy = Remedy("other_resource", "R-3", new_mode=new)
        names = change_request(asked, activity, remedy, translation.timeline, None)
    assert names == {"1": "1", "5": "2", "TV-3": "3"}
    assert {mode.id: mode.resources for mode in centre.activity("R-3").modes} == {
        "1": ("TV-1",),
        "2": ("TV-2",),
        "3": ("TV-3",),
    }


def test_the_rules_of_requests_hold(centre):
    activity, timeline = centre.activity("R-2"), centre.translated().timeline
    remedy = Remedy("split", "R-2", ticks=100, amount=2)
    with pytest.raises(UserError, match=r"^R-2 cannot be changed so\. .* Write less"), transaction():
        change_request(row(), activity, remedy, timeline, None)
    assert row().most_parts == 1


def test_whoever_may_not_change_it_is_refused(centre):
    with transaction():
        user = make_user("researcher")
    activity, timeline = centre.activity("R-2"), centre.translated().timeline
    with pytest.raises(Forbidden), transaction():
        change_request(row(), activity, Remedy("later_deadline", "R-2", ticks=4), timeline, user)


def test_what_is_no_change_of_a_request_is_a_broken_promise(centre):
    with pytest.raises(ValueError, match="drop"):
        changed(centre, Remedy("drop", "R-2"))
