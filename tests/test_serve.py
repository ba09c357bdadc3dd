"""Serving: one worker beside the pages that is kept alive and leaves nothing behind."""

import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scheduler import serve
from scheduler.config import Config
from scheduler.errors import UserError
from scheduler.serve import WRITES_AT_ONCE, Worker, in_turn, refuse_open_address, refuse_taken_port


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


class Slow:
    """An application that answers when it is told to, and counts who is in it."""

    def __init__(self):
        self.inside, self.most, self.go_on = 0, 0, threading.Event()
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        with self._lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        try:
            if environ["REQUEST_METHOD"] == "DELETE":
                raise ZeroDivisionError
            assert environ["REQUEST_METHOD"] == "GET" or self.go_on.wait(20)
        finally:
            with self._lock:
                self.inside -= 1
        return [b""]


def _asked(app, method):
    return app({"REQUEST_METHOD": method}, None)


def test_writes_wait_for_their_turn_and_pages_do_not(monkeypatch):
    monkeypatch.setattr(serve, "TURN_SECONDS", 20)
    slow = Slow()
    app = in_turn(slow)
    with ThreadPoolExecutor(WRITES_AT_ONCE + 3) as pool:
        writes = [pool.submit(_asked, app, "POST") for _ in range(WRITES_AT_ONCE + 3)]
        _wait_for(lambda: slow.inside == WRITES_AT_ONCE)
        time.sleep(0.2)
        assert _asked(app, "GET") == [b""]
        slow.go_on.set()
        assert [write.result(20) for write in writes] == [[b""]] * (WRITES_AT_ONCE + 3)
    assert slow.most == WRITES_AT_ONCE + 1  # the page besides


def test_a_write_that_waited_in_vain_goes_on_all_the_same(monkeypatch):
    monkeypatch.setattr(serve, "TURN_SECONDS", 0.05)
    slow = Slow()
    app = in_turn(slow)
    with ThreadPoolExecutor(WRITES_AT_ONCE + 1) as pool:
        writes = [pool.submit(_asked, app, "POST") for _ in range(WRITES_AT_ONCE + 1)]
        _wait_for(lambda: slow.inside == WRITES_AT_ONCE + 1)
        slow.go_on.set()
        assert [write.result(20) for write in writes] == [[b""]] * (WRITES_AT_ONCE + 1)


def test_a_write_that_fails_gives_its_turn_back(monkeypatch):
    monkeypatch.setattr(serve, "TURN_SECONDS", 20)
    slow = Slow()
    app = in_turn(slow)
    begun = time.monotonic()
    for _ in range(WRITES_AT_ONCE + 1):
        with pytest.raises(ZeroDivisionError):
            _asked(app, "DELETE")
    assert time.monotonic() - begun < 10
