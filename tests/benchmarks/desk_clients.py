"""Clients that press as fast as they are answered, over connections that stay open, and what they heard."""

import http.client
import itertools
import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from urllib.parse import urlencode

from tests.benchmarks.desk_centre import RESOURCES, Ticket

MINUTES = 30


@dataclass(frozen=True)
class Wish:
    """One request as it goes over the line."""

    method: str
    path: str
    body: str | None
    headers: dict[str, str]


@dataclass
class Heard:
    """What was answered so far: seconds of each answer, the time that all took, what was not wanted."""

    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0
    faults: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall if self.wall else 0.0

    @property
    def p95_ms(self) -> float:
        return percentile(self.seconds, 0.95) * 1000

    def add(self, other: "Heard") -> None:
        self.seconds += other.seconds
        self.wall += other.wall
        self.faults += other.faults


class Desk:
    """One server, its open connections (one of each client), and what each client sends next."""

    def __init__(self, port: int, wishes: list[Iterator[Wish]], status: int) -> None:
        self.status, self.wishes = status, wishes
        self.connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=120) for _ in wishes]

    def press(self, *, seconds: float | None = None, times: int | None = None) -> Heard:
        """All clients at once for so long, or so many times each."""
        heard = [Heard() for _ in self.wishes]
        begun = time.perf_counter()
        over = begun + seconds if seconds is not None else None
        threads = [
            threading.Thread(target=self._one, args=(client, heard[client], over, times))
            for client in range(len(self.wishes))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found = Heard(wall=time.perf_counter() - begun)
        for each in heard:
            found.add(each)
        return found

    def _one(self, client: int, heard: Heard, over: float | None, times: int | None) -> None:
        connection, wishes = self.connections[client], self.wishes[client]
        for turn in itertools.count():
            if (over is not None and time.perf_counter() >= over) or turn == times:
                return
            wish = next(wishes)
            begun = time.perf_counter()
            try:
                connection.request(wish.method, wish.path, wish.body, wish.headers)
                response = connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException) as fault:
                heard.faults.append(repr(fault))
                return
            heard.seconds.append(time.perf_counter() - begun)
            if response.status != self.status:
                heard.faults.append(f"{response.status}: {answer[:200].decode('utf-8', 'replace')}")

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


def bookings_of_product(ticket: Ticket, slots: Iterator[tuple[int, datetime]]) -> Iterator[Wish]:
    headers = {
        "Content-Type": "application/json", "Accept": "application/json",
        "Cookie": ticket.cookie, "X-CSRFToken": ticket.token,
    }  # fmt: skip
    for which, start in slots:
        body = {"title": f"Run {which}", "resources": [f"TV-{which}"], "project": "BDR"}
        body |= {"start": start.isoformat(), "minutes": MINUTES}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        yield Wish("POST", "/week/bookings", json.dumps(body), headers | key)


def bookings_of_control(
    places: list[tuple[int, int]], slots: Iterator[tuple[int, datetime]]
) -> Iterator[Wish]:
    """`places`: id and holdable of each facility."""
    headers = {"Content-Type": "application/json"}
    for which, start in slots:
        resource, holdable = places[which]
        body = {"title": f"Run {which}", "resource": resource, "holdable": holdable}
        body |= {"start": start.isoformat(), "minutes": MINUTES}
        yield Wish("POST", "/", json.dumps(body), headers)


def weeks(path: str, first: datetime, numbers: int, ticket: Ticket | None = None) -> Iterator[Wish]:
    """One week after the other, and again from the first."""
    headers = {"Accept": "application/json"} | ({"Cookie": ticket.cookie} if ticket else {})
    for number in itertools.cycle(range(numbers)):
        start = first + timedelta(weeks=number)
        span = {"from": start.isoformat(), "until": (start + timedelta(days=7)).isoformat()}
        yield Wish("GET", f"{path}?{urlencode(span)}", None, headers)


class Slots:
    """Free slots, each given once, to whichever client asks next."""

    def __init__(self, first: datetime) -> None:
        self.first, self._numbers = first, itertools.count()
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[tuple[int, datetime]]:
        while True:
            with self._lock:
                number = next(self._numbers)
            turn, which = divmod(number, RESOURCES)
            yield which, self.first + timedelta(minutes=MINUTES * turn)


def in_turn(
    one: Desk, other: Desk, windows: int, press: Callable[[Desk], Heard]
) -> list[tuple[Heard, Heard]]:
    """Both for `windows` turns, one right after the other: a machine that is busy is so for both."""
    found = []
    for window in range(windows):
        # Each begins as often as the other.
        if window % 2:
            second = press(other)
            found.append((press(one), second))
        else:
            first = press(one)
            found.append((first, press(other)))
    return found


def total(parts: list[Heard]) -> Heard:
    whole = Heard()
    for part in parts:
        whole.add(part)
    return whole


def percentile(values: list[float], share: float) -> float:
    """The smallest value that so large a share of all does not exceed; NaN of none."""
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)] if ordered else float("nan")
