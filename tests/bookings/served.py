"""A server of its own for the race: the application under waitress, as `markaz serve` runs it.

    python -m tests.bookings.served DATABASE_URL INSTANCE [unguarded]

Says its port, and ends when its standard input does.
"""

import os
import sys
import threading
import time
from pathlib import Path

from waitress import create_server

from scheduler.app import create_app
from scheduler.bookings import api, guard, holding
from scheduler.bookings.inputs import Inputs, new_proposal
from scheduler.bookings.verdict import Clash, check
from scheduler.calendars.queries import the_site
from scheduler.config import Config
from scheduler.database import transaction
from scheduler.serve import THREADS

PAUSE_SECONDS = 0.02


def main(url: str, instance: str, *flags: str) -> None:
    app = create_app(Config(Path(instance), url, f"sqlite:///{instance}/queue.db"))
    if "unguarded" in flags:
        guard.lock = lambda *_: None
        holding.take_seats = lambda *_: [1]
        api.once = check_then_book
    server = create_server(app, host="127.0.0.1", port=0, threads=THREADS, ident=None)
    threading.Thread(target=_end_with_the_test, daemon=True).start()
    print(server.effective_port, flush=True)
    server.run()


def check_then_book(user, _what, _key, asked, work):
    """What the guard makes impossible: look in one transaction, write in another, 20 ms later."""
    with transaction():
        verdict = check(new_proposal(Inputs(the_site(), asked, user)), user=user, most_free=0)
        in_the_way = [booking.id for booking in verdict.in_the_way]
    if in_the_way:
        raise Clash("taken", verdict, tuple(in_the_way))
    time.sleep(PAUSE_SECONDS)
    with transaction():
        return work()


def _end_with_the_test() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
