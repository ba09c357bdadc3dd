"""The same write sent twice is done once."""

import pytest
from sqlalchemy.exc import IntegrityError

from scheduler.database import transaction
from scheduler.errors import UserError
from scheduler.idempotency import find_answer, keep_answer


def test_the_answer_is_kept_for_its_key_and_scope(any_database):
    with transaction():
        assert find_answer("new", "k", {"a": 1}) is None
        keep_answer("new", "k", {"a": 1}, {"id": 7})
    assert find_answer("new", "k", {"a": 1}) == {"id": 7}
    assert find_answer("other", "k", {"a": 1}) is None
    assert find_answer("new", "l", {"a": 1}) is None


def test_a_key_that_comes_with_something_else_is_refused(any_database):
    with transaction():
        keep_answer("new", "k", {"a": 1}, {"id": 7})
    with pytest.raises(UserError, match="something else"):
        find_answer("new", "k", {"a": 2})


def test_of_two_at_once_the_database_lets_one_through(any_database):
    with transaction():
        keep_answer("new", "k", {"a": 1}, {"id": 7})
    with pytest.raises(IntegrityError), transaction():
        keep_answer("new", "k", {"a": 1}, {"id": 8})
    assert find_answer("new", "k", {"a": 1}) == {"id": 7}


def test_an_overlong_key_is_cut_the_same_way_each_time(any_database):
    with transaction():
        keep_answer("new", "k" * 500, {}, {"id": 7})
    assert find_answer("new", "k" * 500, {}) == {"id": 7}
