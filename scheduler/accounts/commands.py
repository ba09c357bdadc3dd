"""`markaz user ...`, and the user in whose name the command line acts."""

import sys

import click

from scheduler.accounts import service
from scheduler.accounts.models import ROLES, User
from scheduler.accounts.service import random_password as random_password
from scheduler.database import transaction, utc_now
from scheduler.errors import NotFound


def acting_user() -> User | None:
    """Who was named with `--as`; None is the system, which may do all."""
    context = click.get_current_context(silent=True)
    email = context.find_root().params.get("as_email") if context else None
    if not email:
        return None
    user = service.find_user(email)
    if user is None or user.disabled_at is not None:
        raise NotFound(
            f'--as: there is no enabled user "{email}". Make one: markaz user add --role manager {email}'
        )
    return user


@click.group("user")
def user_group() -> None:
    """Users: make one, give a new password."""


@user_group.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What the user may do.")
@click.option("--name", default="", help="Name that pages show; without it the e-mail address.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Make a user; without --password-stdin a random password is shown once."""
    password = _read_password() if password_stdin else random_password()
    actor = acting_user()
    service.require(actor, "administrator")
    with transaction(actor=actor, reason="command line: user add"):
        user = service.add_user(email, name, password, role)
        email = user.email
    click.echo(f"{email} can sign in as {role}.")
    if not password_stdin:
        click.echo(f"Password (shown only now): {password}")


@user_group.command("password")
@click.argument("email")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def password(email: str, password_stdin: bool) -> None:
    """Give a user a new password, and sign them out everywhere; without --password-stdin a random one."""
    new = _read_password() if password_stdin else random_password()
    actor = acting_user()
    service.require(actor, "administrator")
    with transaction(actor=actor, reason="command line: user password"):
        user = service.find_user(email)
        if user is None:
            raise NotFound(f'There is no user "{email}". Make one: markaz user add --role ROLE {email}')
        service.set_password(user, new)
        service.end_all_sessions(user, utc_now())
    click.echo(f"{email} has a new password.")
    if not password_stdin:
        click.echo(f"Password (shown only now): {new}")


def _read_password() -> str:
    return sys.stdin.readline().rstrip("\r\n")


commands: list[click.Command] = [user_group]
