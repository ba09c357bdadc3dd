"""What the process has taken."""

import subprocess
import sys

from tests.benchmarks import clock


def test_the_time_from_before_the_import_counts():
    code = "import time; time.sleep(0.3); from tests.benchmarks.clock import process_seconds as p; print(p())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(done.stdout) > 0.28


def test_it_only_grows_and_memory_is_that_of_a_process():
    before = clock.process_seconds()
    assert before <= clock.process_seconds()
    assert 5 < clock.peak_memory_mb() < 1e6


def test_without_proc_the_import_is_the_beginning(monkeypatch):
    monkeypatch.setattr(clock, "Path", lambda text: (_ for _ in ()).throw(FileNotFoundError(text)))
    monkeypatch.setattr(clock, "_IMPORTED_AT", clock.time.monotonic() - 5)
    assert clock.process_seconds() >= 5
