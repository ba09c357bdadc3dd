"""Serving: one worker beside the pages that is kept alive and leaves nothing behind."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduler.config import Config
from scheduler.errors import UserError
from scheduler.serve import Worker, refuse_open_address, refuse_taken_port


@pytest.fixture
def note_start(tmp_path):
    """A command that writes a line when it starts and then waits, and the file of the lines."""
    notes = tmp_path / "starts"
    script = f"import time\nopen({str(notes)!r}, 'a').write('x\\n')\ntime.sleep(60)"
    return [sys.executable, "-c", script], notes


def _wait_for(what, seconds=20.0):
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def _starts(notes: Path) -> int:
    return len(notes.read_text().split()) if notes.exists() else 0


def test_a_worker_that_is_killed_is_started_again(note_start, capfd):
    command, notes = note_start
    worker = Worker(command)
    worker.start()
    try:
        _wait_for(lambda: _starts(notes) == 1)
        worker.process.kill()
        _wait_for(lambda: _starts(notes) == 2)
    finally:
        worker.stop()
    assert "started again" in capfd.readouterr().err


def test_a_worker_that_is_stopped_stays_stopped(note_start):
    command, notes = note_start
    worker = Worker(command)
    worker.start()
    _wait_for(lambda: _starts(notes) == 1)
    worker.stop()
    assert worker.process.poll() is not None
    time.sleep(1.2)
    assert _starts(notes) == 1


def test_a_worker_ends_when_its_server_is_gone():
    script = (
        "import threading, time\nfrom scheduler.serve import _end_with_the_server\n"
        "threading.Thread(target=_end_with_the_server, daemon=True).start()\nprint('up', flush=True)\n"
        "time.sleep(60)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout.readline() == "up\n"
        child.stdin.close()
        child.stdin = None
        assert child.wait(20) != 0


def test_a_taken_port_is_refused_with_another_one_named():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"--port {port + 1}"):
            refuse_taken_port("127.0.0.1", port)
    refuse_taken_port("127.0.0.1", port)


@pytest.mark.parametrize(
    ("host", "secure", "allowed"),
    [
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("0.0.0.0", False, False),
        ("10.1.2.3", False, False),
        ("10.1.2.3", True, True),
    ],
)
def test_plain_http_is_for_this_machine_only(tmp_path, host, secure, allowed):
    config = Config(tmp_path, "sqlite://", "sqlite://", secure_cookies=secure)
    if allowed:
        refuse_open_address(config, host)
    else:
        with pytest.raises(UserError, match="MARKAZ_SECURE_COOKIES=1"):
            refuse_open_address(config, host)
