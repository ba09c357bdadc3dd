"""`markaz export week` and `markaz export utilisation`."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import click

from scheduler.accounts.commands import acting_user
from scheduler.calendars.choices import read_days, read_week
from scheduler.calendars.queries import the_site
from scheduler.calendars.rules import week_span
from scheduler.calendars.service import zone_of
from scheduler.database import session, transaction

# The reports themselves are imported where they are written: `markaz --help` need not wait for them.

_output = click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The workbook to write; one that is there already is replaced.",
)


@click.command("week")
@click.option("--week", required=True, metavar="WEEK", help="The week, written like 2026-W49.")
@_output
def week(week: str, output: Path) -> None:
    """Write the weekly workbook: grid, roster, list, what is not placed, sign-off."""
    from scheduler.reports import service
    from scheduler.reports.paper import period_words

    user, site = acting_user(), the_site()
    span = week_span(read_week(week), zone_of(site))
    _write(output, lambda stream: service.export_week(site, span, stream, user))
    click.echo(f"{output}: {period_words(span, zone_of(site))}")


@click.command("utilisation")
@click.option("--from", "first", required=True, metavar="DAY", help="First day, written like 2026-11-01.")
@click.option("--until", "last", required=True, metavar="DAY", help="Last day, itself included.")
@_output
def utilisation(first: str, last: str, output: Path) -> None:
    """Write the utilisation workbook of whole days, the last one included."""
    from scheduler.reports import service
    from scheduler.reports.paper import period_words

    user, site = acting_user(), the_site()
    span = read_days(first, last, zone_of(site), service.MOST_DAYS)
    _write(output, lambda stream: service.export_utilisation(site, span, stream, user))
    click.echo(f"{output}: {period_words(span, zone_of(site))}")


def _write(output: Path, write: Callable[[BinaryIO], None]) -> None:
    """The whole file or, where something fails, what was there before."""
    from scheduler.reports import service

    stream = BytesIO()
    write(stream)
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_bytes(stream.getvalue())
        part.replace(output)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    session.rollback()
    with transaction(actor=acting_user(), reason="command line: export"):
        service.note_export(output.name)


export_commands: list[click.Command] = [week, utilisation]
