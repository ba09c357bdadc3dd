"""Keeping an instance: opening it, serving, migrating, backing up, examining. No room is imported
before a command is run.
"""

import os
import stat
import sys
from pathlib import Path

import click

from scheduler.config import Config, load_config

MOST_FAULTS = 20


def first_steps() -> str | None:
    """What to do where nobody can sign in yet; None where somebody can."""
    from sqlalchemy import select

    from scheduler.accounts.models import User
    from scheduler.database import session

    if session.scalar(select(User.id).limit(1)) is not None:
        return None
    return (
        "There is no user yet. Make the first administrator:\n"
        "  markaz user add --role administrator you@centre.example"
    )


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def serve(host: str, port: int) -> None:
    """Serve the pages, with one worker beside them that builds the plans."""
    from scheduler.serve import run

    if hint := first_steps():
        click.echo(hint)
    run(load_config(), host, port)


@click.command()
def migrate() -> None:
    """Bring the database to the present schema."""
    from scheduler import migrations
    from scheduler.instance import open_database

    engine = open_database(load_config())
    before = migrations.current_revision(engine)
    migrations.upgrade(engine)
    after = migrations.current_revision(engine)
    if before == after:
        click.echo(f"The database is at {after} already.")
    else:
        click.echo(f"The database went from {before or 'nothing'} to {after}.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write everything - database and secret key - into one file."""
    from scheduler.backup import write_backup

    done = write_backup(load_config(), file)
    click.echo(f"{file}: {done.rows} rows of {done.tables} tables, revision {done.revision}.")
    click.echo("It holds the secret key and the password hashes: keep it where only you can read it.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Throw away what the instance holds now.")
def restore(file: Path, replace: bool) -> None:
    """Put a backup into an empty instance, on either kind of database."""
    from scheduler.backup import read_backup

    done = read_backup(load_config(), file, replace=replace)
    click.echo(f"{file}: {done.rows} rows of {done.tables} tables are back, revision {done.revision}.")
    click.echo("Now: markaz doctor")


@click.command()
def doctor() -> None:
    """Examine the instance: overlaps, guards, holds, draws, changeovers, schema, permissions."""
    from scheduler import migrations
    from scheduler.bookings.doctor import examine
    from scheduler.errors import UserError
    from scheduler.instance import open_database, outdated

    config = load_config()
    engine = open_database(config)
    revision = migrations.current_revision(engine)
    if revision is None:
        raise UserError("There is nothing to examine: this instance has no database yet.")
    if not migrations.is_current(engine):
        click.echo(f"wrong schema: {outdated(revision)}")
        sys.exit(1)
    found = examine()
    findings = [
        ("overlaps", found.overlaps),
        ("missing guards", found.missing_guards),
        ("wrong holds", found.wrong_holds),
        ("wrong draws", found.wrong_draws),
        ("wrong changeovers", found.wrong_changeovers),
        ("files that others can read", open_files(config)),
    ]
    click.echo(f"ok    schema: revision {revision} on {engine.dialect.name}")
    click.echo(
        f"ok    read and recomputed: {found.bookings} bookings, {found.holds} holds, {found.draws} draws, "
        f"{found.changeovers} changeovers"
    )
    for what, faults in findings:
        click.echo(f"{'wrong' if faults else 'ok':<6}{what}: {len(faults)}")
        for fault in faults[:MOST_FAULTS]:
            click.echo(f"      {fault}")
        if len(faults) > MOST_FAULTS:
            click.echo(f"      and {len(faults) - MOST_FAULTS} more")
    if any(faults for _, faults in findings):
        click.echo("Stop serving, keep a copy of the files, and ask for help with these lines.")
        sys.exit(1)


def open_files(config: Config) -> list[str]:
    """Files of the instance with secrets in them that other accounts of the machine can read."""
    if os.name == "nt":
        return []
    faults = []
    for name in ("secret.key", "markaz.db", "queue.db"):
        path = config.instance / name
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            # Behind a closed folder nobody else gets at it.
            if not config.instance.stat().st_mode & (stat.S_IXGRP | stat.S_IXOTH):
                continue
            faults.append(f"{path}: chmod 600 {path}")
    return faults


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--long", "is_long", is_flag=True, help="Add the long share and keep its results.")
@click.option("--setup-only", is_flag=True, help="Only set up what the tests need.")
@click.argument("pytest_arguments", nargs=-1, type=click.UNPROCESSED)
def test(is_long: bool, setup_only: bool, pytest_arguments: tuple[str, ...]) -> None:
    """Run the tests of this checkout; other words go to pytest."""
    from scheduler.selftest import run

    sys.exit(run(is_long=is_long, setup_only=setup_only, pytest_arguments=pytest_arguments))


commands: list[click.Command] = [serve, migrate, backup, restore, doctor, test]
