"""Twenty clients that press the button at one moment, over HTTP, round after round."""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from scheduler.__main__ import ROOT
from scheduler.database import session, transaction
from tests import centre
from tests.bookings.desk import MONDAY
from tests.pages import app_on, client_of

CLIENTS = 20
KINDS = ("same slot", "overlapping", "pressed twice")


@dataclass(frozen=True)
class Told:
    """What one client heard in one round."""

    round: int
    status: int
    body: dict


@dataclass(frozen=True)
class Ticket:
    """What a client needs to be somebody: the cookie and the token of its pages."""

    cookie: str
    token: str


@contextmanager
def server(url, instance, *flags) -> Iterator[int]:
    """A process that serves the database; gives its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bookings.served", url, str(instance), *flags],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": "default"},
    )  # fmt: skip
    try:
        yield int(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)
        process.stdout.close()


def prepare(url, instance) -> list[Ticket]:
    """A chamber, and as many managers as there are clients, each signed in."""
    app = app_on(url, instance)
    app.config["WTF_CSRF_ENABLED"] = True
    with transaction():
        site = centre.make_site()
        centre.make_resource(site, "TV-1")
        users = [centre.make_user("manager", f"m{number}@centre.example") for number in range(CLIENTS)]
    tickets = []
    for user in users:
        client = client_of(app, user)
        page = client.get("/week/").get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        cookie = client.get_cookie("markaz")
        tickets.append(Ticket(f"markaz={cookie.value}", token))
    session.remove()
    return tickets


def race(port, tickets, rounds, kind) -> list[Told]:
    """All clients at once in each round; of `pressed twice` all are one user with one key."""
    barrier = threading.Barrier(CLIENTS)
    heard: list[Told] = []
    faults: list[BaseException] = []

    def press(number):
        ticket = tickets[0] if kind == "pressed twice" else tickets[number]
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            for turn in range(rounds):
                barrier.wait(timeout=120)
                heard.append(ask(connection, ticket, turn, number, kind))
        except BaseException as fault:
            faults.append(fault)
            barrier.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    return heard


def ask(connection, ticket, turn, number, kind) -> Told:
    # Each kind has weeks of its own, each round four hours of them.
    start = MONDAY + timedelta(weeks=20 * KINDS.index(kind), hours=4 * turn)
    minutes = 60
    if kind == "overlapping":
        # All hold the time from 1:30 to 2:00, and each begins and ends elsewhere.
        start += timedelta(minutes=15 * (number % 6))
        minutes = 120 - 15 * (number % 6) + 5 * number
    title = f"{kind} {turn}" if kind == "pressed twice" else f"{kind} {turn} of {number}"
    body = {"title": title, "resources": ["TV-1"], "start": start.isoformat(), "minutes": minutes}
    key = f"{kind} {turn}" if kind == "pressed twice" else f"{kind} {turn} {number}"
    connection.request(
        "POST", "/week/bookings", json.dumps(body),
        {"Content-Type": "application/json", "Cookie": ticket.cookie, "X-CSRFToken": ticket.token,
         "Idempotency-Key": key, "Accept": "application/json"},
    )  # fmt: skip
    response = connection.getresponse()
    text = response.read()
    try:
        answer = json.loads(text)
    except ValueError:
        answer = {"message": text[:300].decode("utf-8", "replace")}
    return Told(turn, response.status, answer)
