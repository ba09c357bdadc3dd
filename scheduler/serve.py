"""Serving an instance: the pages, and beside them one worker process that is kept alive.

Run as a module this file is that worker: it ends when the server's end of its standard input does,
so that a killed server leaves nothing behind.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from types import FrameType
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from scheduler.config import Config
from scheduler.errors import UserError

THREADS = 100
"""Each open stream of a plan's progress holds one, and others must not wait for them."""

WRITES_AT_ONCE = 2
TURN_SECONDS = 0.25
"""So many writes are worked on at once, and so long another one waits until one of them is done.

Python works on one thing at a time: eight writes at once take each other's turns, and hold each other's
locks the longer for it. Who has waited in vain (an import is under way) goes on all the same.
"""

LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A worker that lived that long died of something new: it is restarted at once."""


def run(config: Config, host: str, port: int) -> None:
    """Serve until stopped."""
    from waitress import create_server

    from scheduler.app import create_app

    refuse_open_address(config, host)
    refuse_taken_port(host, port)
    server = create_server(
        in_turn(create_app(config)),
        host=host,
        port=port,
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=True,
    )
    worker = Worker()
    worker.start()
    # A polite kill ends as Ctrl-C does: the worker is stopped as well.
    earlier = signal.signal(signal.SIGTERM, _stop)
    shown = f"[{host}]" if ":" in host else host
    print(f"Markaz is served on http://{shown}:{port}/ (Ctrl-C stops it).", flush=True)
    try:
        with contextlib.suppress(KeyboardInterrupt):
            server.run()
    finally:
        signal.signal(signal.SIGTERM, earlier)
        server.close()
        worker.stop()


def in_turn(app: WSGIApplication) -> WSGIApplication:
    """The application, with its writes a few at a time; nothing depends on that but the pace."""
    turns = threading.BoundedSemaphore(WRITES_AT_ONCE)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        waits = environ["REQUEST_METHOD"] not in ("GET", "HEAD")
        is_mine = waits and turns.acquire(timeout=TURN_SECONDS)
        try:
            return app(environ, start_response)
        finally:
            if is_mine:
                turns.release()

    return answer


def refuse_open_address(config: Config, host: str) -> None:
    """Passwords and cookies go in clear over plain HTTP: only this machine may ask for them so."""
    if config.secure_cookies or host in ("127.0.0.1", "::1", "localhost"):
        return
    raise UserError(
        f"{host} can be reached from other machines, and this server speaks no TLS. "
        "Put it behind one that does, set MARKAZ_SECURE_COOKIES=1, and serve again; or serve on 127.0.0.1."
    )


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        if os.name != "nt":  # as the server does: a port that was just left may be taken again
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UserError(
                f"{host}:{port} cannot be used ({error.strerror}). Take another: --port {port + 1}"
            ) from None


class Worker:
    """A child process that builds plans, started again whenever it dies."""

    def __init__(self, command: list[str] | None = None) -> None:
        self.command = command or [sys.executable, "-m", "scheduler.serve"]
        self.process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="worker keeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience_seconds: float = 10.0) -> None:
        """End the worker: politely, then by force. A build that it was at is taken up again later."""
        self._stopping.set()
        process = self.process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(patience_seconds)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(patience_seconds)

    def _keep_alive(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE)
            code = self.process.wait()
            if self.process.stdin is not None:
                self.process.stdin.close()
            if self._stopping.is_set():
                return
            pause = (
                0.5 if time.monotonic() - started > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE_SECONDS)
            )
            print(
                f"The worker ended ({code}); it is started again in {pause:.0f} s.",
                file=sys.stderr,
                flush=True,
            )
            self._stopping.wait(pause)


def work() -> None:
    """Be the worker of a server."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    from scheduler.cli import main

    main(["worker"], prog_name="markaz")


def _end_with_the_server() -> None:
    # Blocks until the server closes its end, whether it wants to or was killed.
    while os.read(0, 1):  # not of `sys.stdin`, whose lock a thread that waits for it would not give back
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _stop(_number: int, _frame: FrameType | None) -> Any:
    raise KeyboardInterrupt


if __name__ == "__main__":
    work()
