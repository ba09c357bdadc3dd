"""`markaz approve`."""

import click

from scheduler.accounts.commands import acting_user
from scheduler.calendars.queries import the_site
from scheduler.database import transaction
from scheduler.errors import NotFound, UserError
from scheduler.requests import queries, service


@click.command()
@click.argument("codes", metavar="[CODE]...", nargs=-1)
@click.option("--all", "is_all", is_flag=True, help="Approve every request that waits.")
@click.option("--note", default="", help="A word to those who asked.")
def approve(codes: tuple[str, ...], is_all: bool, note: str) -> None:
    """Approve requests by their codes, or all that wait: all of them or none."""
    if bool(codes) == is_all:
        raise UserError("Name the requests to approve, like R-0012, or say --all for all that wait.")
    actor = acting_user()
    with transaction(actor=actor, reason=note or "command line: approve"):
        site = the_site()
        if is_all:
            rows = queries.list_waiting(actor, site.id)
        else:
            found = {code: queries.find_by_code(site.id, code, actor) for code in codes}
            if missing := [code for code, row in found.items() if row is None]:
                raise NotFound(f"There is no request {', '.join(missing)}. The page Requests lists them all.")
            rows = list({row.id: row for row in found.values() if row is not None}.values())
        service.decide_many(rows, actor, "approved", note)
        count = len(rows)
    click.echo(
        "No requests wait." if not count else f"Approved {count} {'request' if count == 1 else 'requests'}."
    )


commands: list[click.Command] = [approve]
