"""What all tests of the benchmarks share."""

import time

import pytest


@pytest.fixture(autouse=True)
def the_process_begins_with_the_test(monkeypatch):
    """A time limit counts from the start of the process, and the one of the tests is old by now."""
    begun = time.monotonic()
    for module in ("solving", "peer"):
        monkeypatch.setattr(f"tests.benchmarks.{module}.process_seconds", lambda: time.monotonic() - begun)
