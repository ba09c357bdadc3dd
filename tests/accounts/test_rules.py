"""Roles and their scopes; how long a session lasts; when an account pauses."""

from datetime import timedelta

import pytest

from scheduler.accounts.rules import ABSOLUTE, IDLE, Grant, Place, allows, is_over, pause_until
from tests.centre import MONDAY

NOW = MONDAY
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("grant", "role", "place", "allowed"),
    [
        (Grant("manager"), "manager", Place(), True),
        (Grant("manager"), "researcher", Place(), True),
        (Grant("manager"), "administrator", Place(), False),
        (Grant("manager"), "manager", Place(site_id=1), True),
        (Grant("manager", "site", 1), "manager", Place(site_id=1), True),
        (Grant("manager", "site", 1), "manager", Place(site_id=2), False),
        (Grant("manager", "resource", 7), "manager", Place(), True),
        (Grant("manager", "resource", 7), "manager", Place(site_id=1), False),
        (Grant("manager", "resource", 7), "manager", Place(site_id=1, resource_id=7), True),
        (Grant("manager", "project", 3), "manager", Place(resource_id=3), False),
        (Grant("viewer"), "staff", Place(), False),
        (Grant("manager", "project", 3), "manager", Place(project_id=3), True),
        (Grant("manager", "project", 3), "manager", Place(), False),
        (Grant("manager", "project", 3), "researcher", Place(), True),
        (Grant("researcher", "site", 1), "researcher", Place(), True),
    ],
)
def test_a_role_holds_where_it_was_given(grant, role, place, allowed):
    assert allows([grant], role, place) is allowed


def test_without_a_role_nothing_is_allowed():
    assert not allows([], "viewer")


@pytest.mark.parametrize(
    ("started", "seen", "over"),
    [
        (ABSOLUTE - SECOND, SECOND, False),
        (ABSOLUTE, SECOND, True),
        (IDLE, IDLE - SECOND, False),
        (IDLE, IDLE, True),
    ],
    ids=["just young enough", "too old", "just used enough", "left alone too long"],
)
def test_a_session_ends_when_it_is_old_or_was_left_alone(started, seen, over):
    assert is_over(NOW - started, NOW - seen, NOW) is over


def test_the_tenth_wrong_try_makes_a_pause_until_the_oldest_of_them_is_a_quarter_old():
    tries = [NOW - timedelta(minutes=number) for number in range(10)]
    assert pause_until(tries[:9], NOW) is None
    assert pause_until(tries, NOW) == NOW + timedelta(minutes=6)
    assert pause_until(tries, NOW + timedelta(minutes=6) - SECOND) is not None
    assert pause_until(tries, NOW + timedelta(minutes=6)) is None
