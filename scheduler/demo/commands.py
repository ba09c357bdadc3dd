"""`markaz demo`."""

import sys

import click

from scheduler.config import load_config


@click.command()
@click.option(
    "--serve", "is_served", is_flag=True, help="Serve the pages afterwards, also outside a terminal."
)
@click.option("--no-serve", "is_not_served", is_flag=True, help="Do not serve, also in a terminal.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--time-limit", default=30.0, show_default=True, type=click.FloatRange(1, 600), help="Seconds.")
def demo(is_served: bool, is_not_served: bool, port: int, time_limit: float) -> None:
    """Load a made-up space centre, plan and publish its coming week, write the workbooks.

    Touches only an empty instance or an earlier demo. Served afterwards when run in a terminal.
    """
    from scheduler.database import utc_now
    from scheduler.demo import projects
    from scheduler.demo.walk import start_anew, walk
    from scheduler.plans import summary
    from scheduler.serve import refuse_taken_port, run

    config = load_config()
    serves = is_served or (sys.stdout.isatty() and not is_not_served)
    if serves:
        refuse_taken_port("127.0.0.1", port)
    start_anew(config)
    click.echo(
        f"A made-up space centre in {config.instance}: its coming week is being planned ({time_limit:g} s)."
    )
    with summary.progress_bar(time_limit) as show:
        done = walk(config, utc_now(), time_limit, show)
    click.echo()
    summary.print_summary(done.plan)
    click.echo()
    click.echo(f"Published: {done.bookings} bookings. Workbooks:")
    for path in done.workbooks:
        click.echo(f"  {path}")
    click.echo(f"\nSign-ins at http://127.0.0.1:{port}/ (new passwords on each run):")
    for email, _, role, _ in projects.USERS:
        click.echo(f"  {role:<14} {email:<26} {done.passwords[email]}")
    click.echo()
    if serves:
        run(config, "127.0.0.1", port)
    else:
        program = click.get_current_context().find_root().info_name
        click.echo(f"To see it in a browser: {program} serve")


commands: list[click.Command] = [demo]
