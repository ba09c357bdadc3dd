"""`markaz template`, `markaz import`, `markaz export centre`."""

import sys
from pathlib import Path
from typing import Any

import click

from scheduler.accounts.commands import acting_user
from scheduler.accounts.models import User
from scheduler.calendars.queries import the_site
from scheduler.database import session, transaction
from scheduler.excel.models import ImportRun

# What reads and writes workbooks is imported where it is used: `markaz --help` need not wait for it.

OUTPUT = click.option(
    "-o",
    "output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write.",
)


@click.command("template")
@OUTPUT
def template(output: Path) -> None:
    """Write a blank centre workbook, with a README sheet that says how to fill it."""
    from scheduler.excel.template import write_template

    write_template(output)
    click.echo(f"{output} is written. Fill it, then: markaz import {output}")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Import without asking, if there is no fault.")
@click.pass_context
def import_workbook(context: click.Context, file: Path, yes: bool) -> None:
    """Import a centre workbook: a trial run first, then all of it or nothing."""
    run = import_file(file, acting_user(), yes=yes)
    if run.state == "refused":
        context.exit(2)


def import_file(path: Path, user: User | None, *, yes: bool) -> ImportRun:
    """Try a workbook, say what it would do, and import it if `yes`, or if one says so on a terminal."""
    from scheduler.excel import service

    content = path.read_bytes()
    reading = service.read_file(content, path.name)
    with transaction(actor=user, reason=f"import of {path.name}"):
        run = service.preview(content, path.name, user, reading=reading)
    if run.state == "refused":
        _print_faults(run)
        return run
    _print_summary(run.summary or {})
    if not yes and not _is_agreed():
        click.echo(f"Nothing was changed: this was a trial run. To import it: markaz import {path} --yes")
        return run
    run_id = run.id
    with transaction(actor=user, reason=f"import of {path.name}"):
        run = session.get_one(ImportRun, run_id)
        service.accept(run, user, reading)
    click.echo(f"{path.name} is imported.")
    return run


def _is_agreed() -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return click.confirm("Import this?", default=False)


def _print_faults(run: ImportRun) -> None:
    from scheduler.excel.faults import line

    faults: list[dict[str, Any]] = run.faults or []
    for fault in faults:
        click.echo(line(fault))
    total = (run.summary or {}).get("faults", len(faults))
    if total > len(faults):
        click.echo(f"And {total - len(faults)} more.")
    number = "1 fault" if total == 1 else f"{total} faults"
    click.echo(f"{number} in {run.file_name}, so nothing was imported. Repair the cells and import it again.")


def _print_summary(summary: dict[str, Any]) -> None:
    click.echo(f"{'Sheet':<20}{'Rows':>8}{'Added':>8}{'Changed':>9}{'Same':>8}{'Removed':>9}")
    names = ("rows", "added", "changed", "same", "removed")
    for sheet in [sheet for sheet in summary["sheets"] if any(sheet[name] for name in names)]:
        click.echo(
            f"{sheet['sheet']:<20}{sheet['rows']:>8}{sheet['added']:>8}{sheet['changed']:>9}"
            f"{sheet['same']:>8}{sheet['removed']:>9}"
        )
    click.echo(
        f"{summary['added']} added, {summary['changed']} changed, {summary['same']} same, "
        f"{summary['removed']} removed."
    )
    for note in summary["notes"]:
        click.echo(note)


@click.command("centre")
@OUTPUT
def export_centre(output: Path) -> None:
    """Write the whole centre as a workbook that can be imported again."""
    from scheduler.excel.export import write_centre

    user = acting_user()
    with output.open("wb") as stream:
        write_centre(the_site(), stream, user)
    click.echo(f"{output} is written.")


commands: list[click.Command] = [template, import_workbook]
export_commands: list[click.Command] = [export_centre]
