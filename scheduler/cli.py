"""`markaz`: the commands of every room under one name, with one way to fail.

Exit codes: 0 done; 1 our fault (a plain line here, the traceback in the instance folder); 2 the
user's (what is wrong and what to do, no traceback).
"""

import contextlib
import importlib
import logging
import sys
import traceback
from collections.abc import Callable, Sequence
from copy import copy
from functools import wraps
from typing import Any

import click

from scheduler import __version__
from scheduler.errors import UserError

HOMES = (
    "scheduler.demo.commands",
    "scheduler.excel.commands",
    "scheduler.requests.commands",
    "scheduler.plans.commands",
    "scheduler.accounts.commands",
    "scheduler.upkeep",
)
"""Modules with `commands`, in the order in which the help lists them."""

EXPORT_HOMES = ("scheduler.reports.commands", "scheduler.excel.commands")
"""Modules with `export_commands`, which become `markaz export ...`."""

WITHOUT_DATABASE = {"template", "demo", "test", "migrate", "backup", "restore", "doctor"}
"""Commands that need none, or bring their own."""

DONE, OUR_FAULT, USERS_FAULT = 0, 1, 2


class Markaz(click.Group):
    """The group of all commands; rooms are imported when their commands are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._assembled())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self._assembled().get(cmd_name)

    def _assembled(self) -> dict[str, click.Command]:
        if not self.commands:
            self.commands = assemble()
        return self.commands  # type: ignore[return-value]

    def main(  # type: ignore[override]  # of its two overloads only one: it always exits
        self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any
    ) -> Any:
        extra["standalone_mode"] = False
        try:
            code = super().main(args, prog_name, **extra)
        except UserError as error:
            _complain(error)
            code = USERS_FAULT
        except click.Abort:
            click.echo("Stopped. Nothing more was changed.", err=True)
            code = USERS_FAULT
        except click.ClickException as error:
            error.show()
            code = USERS_FAULT
        except BrokenPipeError:
            # Whoever read our output has seen enough; without this Python complains once more at exit.
            with contextlib.suppress(OSError):
                sys.stdout.close()
            code = DONE
        except OSError as error:
            code = _file_trouble(error)
        except Exception as error:
            code = _our_fault(error)
        sys.exit(code if isinstance(code, int) else DONE)


def assemble() -> dict[str, click.Command]:
    """Every command by its name, the database opened before each that needs it."""
    found = [command for home in HOMES for command in importlib.import_module(home).commands]
    export = click.Group("export", help="Write a workbook: the week, the utilisation, the whole centre.")
    for home in EXPORT_HOMES:
        for command in importlib.import_module(home).export_commands:
            export.add_command(command)
    found.insert(len(found) - 1, export)
    return {
        str(command.name): command if command.name in WITHOUT_DATABASE else _opening_first(command)
        for command in found
    }


def _opening_first(command: click.Command) -> click.Command:
    """A copy that opens the instance's database before it runs; the room's own command stays as it is."""
    opening = copy(command)
    if isinstance(opening, click.Group):
        opening.commands = {name: _opening_first(inner) for name, inner in opening.commands.items()}
    elif opening.callback is not None:
        opening.callback = _after_opening(opening.callback)
    return opening


def _after_opening(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def opened(*args: Any, **values: Any) -> Any:
        from scheduler import wiring
        from scheduler.instance import open_instance

        open_instance()
        wiring.listen()
        return callback(*args, **values)

    return opened


def _complain(error: UserError) -> None:
    click.echo(error.message, err=True)
    for field, fault in error.faults.items():
        if fault and fault not in error.message:
            click.echo(f"  {field}: {fault}", err=True)


def _file_trouble(error: OSError) -> int:
    """A file that was named cannot be read or written: whoever named it can mend that."""
    if error.filename is None:
        return _our_fault(error)
    click.echo(f"{error.filename}: {error.strerror}. Choose another file or folder.", err=True)
    return USERS_FAULT


def _our_fault(error: Exception) -> int:
    from scheduler.config import load_config

    trace = "".join(traceback.format_exception(error))
    first = str(error).strip().splitlines()[0] if str(error).strip() else "no more is known"
    click.echo(f"Markaz failed: {type(error).__name__}: {first}", err=True)
    path = load_config().instance / "markaz.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(path, encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        handler.emit(logging.LogRecord("markaz", logging.ERROR, __file__, 0, "%s", (trace,), None))
        handler.close()
    except OSError:
        click.echo(trace, err=True)
    else:
        click.echo(f"This is not your fault. What happened in detail is in {path}.", err=True)
    return OUR_FAULT


@click.group(cls=Markaz, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--as", "as_email", metavar="EMAIL", help="The user in whose name this is done (default: the system)."
)
@click.version_option(__version__, prog_name="Markaz")
def main(as_email: str | None) -> None:
    """Schedule a space centre: requests in, one conflict-free week out.

    MARKAZ_INSTANCE names another instance folder, MARKAZ_DATABASE_URL another database.
    """
