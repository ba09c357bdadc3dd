"""What holds of users on both databases, also when two administrators act at once."""

import threading

import pytest
from sqlalchemy import select

from scheduler.accounts import managing
from scheduler.accounts.models import Role, User
from scheduler.database import session, transaction, utc_now
from scheduler.errors import UserError
from tests.centre import make_user


@pytest.fixture
def two(any_database):
    with transaction():
        return [make_user("administrator", f"{name}@centre.example").id for name in ("a", "b")]


def race(deeds):
    """Each deed in a thread and transaction of its own, at the same moment; what each came to."""
    barrier, results = threading.Barrier(len(deeds)), []

    def run(deed):
        try:
            barrier.wait(10)
            with transaction():
                deed()
            results.append("done")
        except UserError as error:
            results.append(error.message)
        finally:
            session.remove()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def take(user_id):
    user = session.get_one(User, user_id)
    managing.take_role(user, user.roles[0].id)


def cut_off(user_id, actor_id):
    managing.disable(session.get_one(User, user_id), session.get_one(User, actor_id), utc_now())


def administrators():
    query = select(Role).join(User).where(Role.role == "administrator", User.disabled_at.is_(None))
    return session.scalars(query).all()


def test_two_who_take_each_others_role_at_once_leave_one_administrator(two):
    first, second = two
    results = race([lambda: take(first), lambda: take(second)])
    assert sorted(result == "done" for result in results) == [False, True]
    assert len(administrators()) == 1


def test_two_who_disable_each_other_at_once_leave_one_administrator(two):
    first, second = two
    results = race([lambda: cut_off(first, second), lambda: cut_off(second, first)])
    assert sorted(result == "done" for result in results) == [False, True]
    assert len(administrators()) == 1


def test_the_same_role_twice_in_the_same_place_is_refused(two):
    with transaction():
        user = session.get_one(User, two[0])
        managing.give_role(user, "manager", ("centre", None))
        with pytest.raises(UserError, match="has this role there already"):
            managing.give_role(user, "manager", ("centre", None))
        managing.give_role(user, "manager", ("site", 1))
