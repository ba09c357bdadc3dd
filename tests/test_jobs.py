"""The queue: on each kind of storage, and what is no queue."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from scheduler import jobs
from scheduler.errors import UserError

AT_ONCE = 6


@pytest.fixture(params=["sqlite", "postgres"])
def queue_url(request, tmp_path):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'folder' / 'queue.db'}"
    else:
        url = request.getfixturevalue("postgres_database").replace("postgresql+psycopg", "postgresql")
    jobs.configure(url)
    yield url
    jobs.close()


def test_messages_wait_until_a_worker_takes_them(queue_url):
    assert jobs.pending("solve") == set()
    jobs.send("solve", 3)
    jobs.send("solve", 4)
    jobs.send("other", 5)
    assert jobs.pending("solve") == {3, 4}
    assert jobs.pending("other") == {5}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("amqp://somewhere", "is no queue. Use sqlite:///"),
        ("sqlite://", "needs a file"),
    ],
)
def test_an_address_that_is_no_queue_is_refused_with_what_to_write(url, words):
    jobs.configure(url)
    with pytest.raises(UserError, match=words):
        jobs.send("solve", 1)
    jobs.close()


def test_redis_without_its_driver_says_what_to_install(monkeypatch):
    monkeypatch.setattr(jobs.importlib.util, "find_spec", lambda _name: None)
    jobs.configure("redis://127.0.0.1:1/0")
    with pytest.raises(UserError, match="pip install redis"):
        jobs.send("solve", 1)
    jobs.close()


def open_at_once(url):
    """What each of some servers meets that open a queue on a database without one, all at one moment."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS huey_kv, huey_schedule, huey_task, huey_counter")
    barrier = threading.Barrier(AT_ONCE)

    def one(_number):
        barrier.wait(20)
        try:
            jobs._open(url).storage.close()
        except psycopg.Error as fault:
            return type(fault).__name__
        return "open"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return set(pool.map(one, range(AT_ONCE)))


def test_servers_that_start_at_one_moment_all_find_the_queue(postgres_database, monkeypatch):
    url = postgres_database.replace("postgresql+psycopg", "postgresql")
    assert [open_at_once(url) for _ in range(10)] == [{"open"}] * 10
    # Asked once only, some of them are refused: the rounds above were no chance.
    monkeypatch.setattr(jobs, "OPENINGS", 1)
    assert any(open_at_once(url) != {"open"} for _ in range(30))
