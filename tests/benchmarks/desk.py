"""How fast the desk is, beside a bare control with the same guard and nothing else.

python -m tests.benchmarks.desk bookings --clients 8 --database postgres --seconds 20
python -m tests.benchmarks.desk week --database sqlite

Both are served and asked in the same run, by turns of a few seconds: read the ratio, not the rate.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import select

from scheduler import database
from scheduler.database import session
from scheduler.resources.models import Resource
from tests.benchmarks import desk_centre, desk_clients, desk_servers
from tests.benchmarks.desk_clients import Desk, Heard, Slots, in_turn, total
from tests.benchmarks.solving import BROKEN, DONE, count, main_with, positive

WINDOW_SECONDS = 3.0
LEAST_RATIO = 0.35
MOST_TIMES = 2.5
TURN = 20
"""Requests of one, before the other is asked."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 reached, 1 not reached or answered wrongly, 2 something that the user can mend."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.desk", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("bookings", help="bookings a second, all checks, over HTTP")
    _add_database(command)
    command.add_argument("--clients", type=count, default=1)
    command.add_argument("--seconds", type=positive, default=18.0, help="of each of the two")
    command.add_argument(
        "--control", choices=("rows", "sql"), default="rows", help="the product's own rows, or plain SQL"
    )
    command.set_defaults(command=_bookings)
    command = commands.add_parser("week", help="a week of 40 facilities as JSON, p95")
    _add_database(command)
    command.add_argument("--bookings", type=count, default=100_000, help="that are stored")
    command.add_argument("--requests", type=count, default=240, help="to each of the two")
    command.set_defaults(command=_week)
    return main_with(parser, arguments)


def _add_database(command: argparse.ArgumentParser) -> None:
    command.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")


def _bookings(given: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    windows = max(1, round(given.seconds / WINDOW_SECONDS))
    seconds = given.seconds / windows
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = stack.enter_context(desk_servers.databases(given.database, folder, ("product", "control")))
        desk_centre.make_centre(urls["control"], folder, 1)
        rows = session.execute(select(Resource.id, Resource.holdable_id).order_by(Resource.id))
        places = [(row.id, row.holdable_id) for row in rows]
        tickets = desk_centre.make_centre(urls["product"], folder, given.clients)
        _let_go()
        ours, theirs = Slots(desk_centre.monday(now)), Slots(desk_centre.monday(now))
        product = Desk(
            stack.enter_context(desk_servers.product(urls["product"], folder)),
            [desk_clients.bookings_of_product(ticket, iter(ours)) for ticket in tickets],
            201,
        )
        control = Desk(
            stack.enter_context(desk_servers.control(urls["control"], given.control)),
            [desk_clients.bookings_of_control(places, iter(theirs)) for _ in tickets],
            201,
        )
        for desk in (product, control):
            stack.callback(desk.close)
            desk.press(times=10)
        pairs = in_turn(product, control, windows, lambda desk: desk.press(seconds=seconds))
    one, other = total([pair[0] for pair in pairs]), total([pair[1] for pair in pairs])
    ratios = [pair[0].rate / pair[1].rate for pair in pairs if pair[1].rate]
    how = f"{windows} turns of {seconds:g} s each, control: {given.control}"
    print(f"bookings, {given.database}, {_clients(given.clients)}, {how}")
    for name, heard in (("all checks", one), ("bare control", other)):
        print(f"  {name:<13}{heard.rate:7.1f} a second   p95 {heard.p95_ms:6.1f} ms   {len(heard.seconds):,}")
    ratio = one.rate / other.rate if other.rate else 0.0
    print(
        f"  ratio {ratio:.2f} (turns {min(ratios):.2f} to {max(ratios):.2f}, median {median(ratios):.2f}); "
        f"to be at least {LEAST_RATIO}"
    )
    return _told(one, other, ratio >= LEAST_RATIO)


def _week(given: argparse.Namespace) -> int:
    first = desk_centre.monday(datetime.now(UTC))
    # Every full week, near and far: what lies before it must cost nothing.
    weeks = max(1, given.bookings // desk_centre.A_WEEK)
    turns = -(-given.requests // TURN)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        urls = stack.enter_context(desk_servers.databases(given.database, folder, ("product",)))
        (ticket,) = desk_centre.make_centre(urls["product"], folder, 1)
        desk_centre.book_densely(first, given.bookings)
        _let_go()
        product = Desk(
            stack.enter_context(desk_servers.product(urls["product"], folder)),
            [desk_clients.weeks("/week/bookings.json", first, weeks, ticket)],
            200,
        )
        control = Desk(
            stack.enter_context(desk_servers.control(urls["product"])),
            [desk_clients.weeks("/", first, weeks)],
            200,
        )
        for desk in (product, control):
            stack.callback(desk.close)
            desk.press(times=TURN)
        pairs = in_turn(product, control, turns, lambda desk: desk.press(times=TURN))
    one, other = total([pair[0] for pair in pairs]), total([pair[1] for pair in pairs])
    print(f"week as JSON, {given.database}, {desk_centre.RESOURCES} facilities, {given.bookings:,} stored")
    for name, heard in (("product", one), ("bare control", other)):
        middle = median(heard.seconds) * 1000
        print(f"  {name:<13}p95 {heard.p95_ms:6.1f} ms   median {middle:6.1f} ms   {len(heard.seconds):,}")
    ratio = one.p95_ms / other.p95_ms
    print(f"  p95 {ratio:.2f} times the control's; to be at most {MOST_TIMES}")
    return _told(one, other, ratio <= MOST_TIMES)


def _told(one: Heard, other: Heard, is_reached: bool) -> int:
    faults = one.faults + other.faults
    for fault in faults[:5]:
        print(f"  answered wrongly: {fault}", file=sys.stderr)
    return DONE if is_reached and not faults else BROKEN


def _clients(number: int) -> str:
    return f"{number} client" + ("s" if number > 1 else "")


def _let_go() -> None:
    """The servers have the databases for themselves."""
    session.remove()
    database.engine().dispose()


if __name__ == "__main__":
    sys.exit(main())
