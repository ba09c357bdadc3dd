"""The queue between pages and workers: messages of a name and an id, on SQLite, PostgreSQL or Redis.

A message is only a nudge. What is to be done stands in the database, so that a lost message costs a
moment and never the work: rooms say what a message means (`on_message`) and what every worker looks
after now and then (`chore`).
"""

import importlib.util
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.api import TaskWrapper
from huey.consumer import Consumer
from sqlalchemy.engine import make_url

from scheduler import database
from scheduler.config import Config, load_config
from scheduler.database import session
from scheduler.errors import UserError

log = logging.getLogger(__name__)

Handler = Callable[[int], None]

OPENINGS = 5
"""So often a queue on PostgreSQL is opened while another server makes its tables."""

PATIENCE_SECONDS = 8.0
"""So long a worker that is told to go waits for its task to put things in order."""

_handlers: dict[str, Handler] = {}
_chores: dict[Callable[[], None], float] = {}
_leaving = threading.Event()
_queue: "_Queue | None" = None
_queue_url: str | None = None


@dataclass(frozen=True)
class _Queue:
    huey: Huey
    deliver: TaskWrapper


def on_message(name: str) -> Callable[[Handler], Handler]:
    """What a worker does with messages of that name."""

    def register(handler: Handler) -> Handler:
        _handlers[name] = handler
        return handler

    return register


def chore(every_seconds: float) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """What every worker does again and again, whether messages come or not."""

    def register(work: Callable[[], None]) -> Callable[[], None]:
        _chores[work] = every_seconds
        return work

    return register


def configure(queue_url: str) -> None:
    """Send and receive at `queue_url` (sqlite:///, postgresql:// or redis://); opened on first use."""
    global _queue, _queue_url
    _queue, _queue_url = None, queue_url


def close() -> None:
    """Let go of the queue; the next message opens it again."""
    global _queue
    if _queue is not None:
        _queue.huey.storage.close()
        _queue = None


def send(name: str, subject_id: int) -> None:
    """Leave a message for the next worker that is free. Belongs after the commit."""
    _configured().deliver(name, subject_id)


def nudge(name: str, subject_id: int, meanwhile: str) -> None:
    """The same where the work is found without the message too: a queue that is away is only noted.

    `meanwhile`: what that means, for the log.
    """
    try:
        send(name, subject_id)
    except UserError:
        raise
    except Exception:
        log.exception("the queue is away; %s", meanwhile)


def pending(name: str) -> set[int]:
    """Ids of the messages of that name that no worker has taken yet."""
    return {task.args[1] for task in _configured().huey.pending() if task.args and task.args[0] == name}


def is_leaving() -> bool:
    """Whether this worker was told to go: long work puts itself back and ends."""
    return _leaving.is_set()


def run_worker(config: Config) -> None:
    """Be a worker until told to go (SIGTERM, SIGINT): one task at a time, and all chores."""
    if not _handlers:
        raise ValueError("no room has said what a message means")
    database.configure(config.database_url)
    config.instance.mkdir(parents=True, exist_ok=True)
    configure(config.queue_url)
    _leaving.clear()
    # Threads, not processes: a killed worker takes its task along and leaves no orphan that works on.
    consumer = _Consumer(_configured().huey, workers=1, periodic=False, max_delay=0.5, worker_type="thread")
    for work, every_seconds in _chores.items():
        threading.Thread(target=_repeat, args=(work, every_seconds), daemon=True).start()
    try:
        consumer.run()
    finally:
        _leaving.set()
        for _, thread in consumer.worker_threads:
            thread.join(PATIENCE_SECONDS)


class _Consumer(Consumer):  # type: ignore[misc]
    """Huey's, which tells the task at hand before it waits for it."""

    shutdown_timeout = PATIENCE_SECONDS

    def stop(self, graceful: bool = False) -> None:
        _leaving.set()
        super().stop(graceful=False)


def _deliver(name: str, subject_id: int) -> None:
    handler = _handlers.get(name)
    if handler is None:
        log.error("no room knows what to do with a message %r (%s)", name, subject_id)
        return
    try:
        handler(subject_id)
    finally:
        session.remove()


def _repeat(work: Callable[[], None], every_seconds: float) -> None:
    while not _leaving.wait(every_seconds):
        try:
            work()
        except Exception:
            # The next round may find the database, or the queue, again.
            log.exception("%s failed", getattr(work, "__name__", work))
        finally:
            session.remove()


def _configured() -> _Queue:
    global _queue
    if _queue is None:
        huey = _open(_queue_url or load_config().queue_url)
        _queue = _Queue(huey, huey.task()(_deliver))
    return _queue


def _open_on_postgres(dsn: str) -> Huey:
    """Its tables are made if they are missing; of two servers that make them at once one is refused."""
    from psycopg import errors

    for _ in range(OPENINGS - 1):
        try:
            return PostgresHuey("markaz", dsn=dsn, results=False)
        except (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject):
            log.info("the tables of the queue are being made elsewhere; they are looked for again")
    return PostgresHuey("markaz", dsn=dsn, results=False)


def _open(queue_url: str) -> Huey:
    url = make_url(queue_url)
    kind = url.get_backend_name()
    if kind == "sqlite":
        if not url.database:
            raise UserError("A queue on SQLite needs a file: MARKAZ_QUEUE_URL=sqlite:////folder/queue.db")
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("markaz", filename=url.database, results=False)
    if kind in ("postgresql", "postgres"):
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        return _open_on_postgres(dsn)
    if kind in ("redis", "rediss"):
        if importlib.util.find_spec("redis") is None:
            raise UserError("The queue is on Redis, whose driver is missing: pip install redis")
        return RedisHuey("markaz", url=queue_url, results=False)
    raise UserError(
        f"MARKAZ_QUEUE_URL begins with {kind}:, which is no queue. Use sqlite:///, postgresql:// or redis://."
    )
