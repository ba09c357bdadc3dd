"""The queue: on each kind of storage, and what is no queue."""

import pytest

from scheduler import jobs
from scheduler.errors import UserError


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
