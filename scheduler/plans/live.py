"""How a build goes on, told to the page that follows it, as server-sent events."""

import json
import time
from collections.abc import Callable, Iterator
from threading import BoundedSemaphore
from typing import Any

from scheduler.database import session
from scheduler.errors import NotFound
from scheduler.plans.queries import get_run, progress

MOST_STREAMS = 60
"""Each holds a thread of the server; who comes later asks now and then instead."""
STREAM_SECONDS = 60.0
TICK_SECONDS = 0.5
HEARTBEAT_SECONDS = 15.0
RETRY_MILLISECONDS = 2000

streams = BoundedSemaphore(MOST_STREAMS)


def events(
    run_id: int, last_seen: str | None = None, wait: Callable[[float], None] = time.sleep
) -> Iterator[str]:
    """Each change of a run's progress as one event, until it is over or a minute has passed.

    Every tick reads in a session of its own: a transaction that stayed open would see the old state.
    """
    began = spoke = time.monotonic()
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    seen = last_seen
    while time.monotonic() - began < STREAM_SECONDS:
        facts = read(run_id)
        if facts is None:
            return
        if (mark := version_of(facts)) != seen:
            seen, spoke = mark, time.monotonic()
            yield f"id: {mark}\nevent: progress\ndata: {json.dumps(facts, allow_nan=False)}\n\n"
        elif time.monotonic() - spoke >= HEARTBEAT_SECONDS:
            spoke = time.monotonic()
            yield ": still here\n\n"
        if facts["is_over"]:
            return
        wait(TICK_SECONDS)


def read(run_id: int) -> dict[str, Any] | None:
    try:
        return progress(get_run(run_id))
    except NotFound:
        return None
    finally:
        session.remove()


def version_of(facts: dict[str, Any]) -> str:
    """The same as long as nothing but the clock has changed."""
    parts = (facts["attempt"], facts["state"], facts["solutions"], facts["bound"], facts["stop_requested"])
    return "-".join(str(part).replace(" ", "") for part in parts)
