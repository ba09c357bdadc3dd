"""`markaz test`: what is missing is a failure with its remedy, and the shares say truly what passed."""

import json
import os

import pytest

from scheduler import selftest
from scheduler.selftest import Share, find_browser, find_office, find_postgres, shares


@pytest.fixture
def bare(monkeypatch, tmp_path):
    """A machine with nothing on its path, on which nothing can be installed."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("MARKAZ_CHROMIUM", raising=False)
    monkeypatch.delenv("MARKAZ_TEST_POSTGRES_URL", raising=False)
    monkeypatch.setattr(selftest, "_quietly", lambda command: False)
    monkeypatch.setattr(selftest, "_of_playwright", lambda: iter(()))
    return tmp_path


def test_a_missing_browser_fails_with_the_remedy(bare):
    assert "apt-get install -y chromium" in find_browser()


def test_a_browser_that_is_named_but_is_not_there_is_missing(bare, monkeypatch):
    monkeypatch.setenv("MARKAZ_CHROMIUM", str(bare / "nowhere"))
    assert "MARKAZ_CHROMIUM=" in find_browser()


def test_the_named_browser_comes_before_the_one_on_the_path(bare, monkeypatch):
    for name in ("chromium", "mine"):
        (bare / name).write_text("#!/bin/sh\n")
        (bare / name).chmod(0o755)
    monkeypatch.setenv("MARKAZ_CHROMIUM", str(bare / "mine"))
    assert find_browser() is None
    assert os.environ["MARKAZ_CHROMIUM"] == str(bare / "mine")
    monkeypatch.delenv("MARKAZ_CHROMIUM")
    assert find_browser() is None
    assert os.environ["MARKAZ_CHROMIUM"] == str(bare / "chromium")


def test_a_missing_database_fails_with_the_remedy(bare, monkeypatch):
    monkeypatch.setattr(selftest, "find_spec", lambda name: None)
    assert "MARKAZ_TEST_POSTGRES_URL=postgresql://" in find_postgres()
    monkeypatch.setenv("MARKAZ_TEST_POSTGRES_URL", "postgresql://here/test")
    assert find_postgres() is None


def test_a_missing_office_program_fails_with_the_remedy(bare):
    fault = find_office()
    assert "LibreOffice" in fault
    assert "apt-get install -y libreoffice-calc poppler-utils" in fault


def test_what_is_missing_is_installed_where_that_needs_no_asking(bare, monkeypatch):
    installed = []

    def install(command):
        installed.append(command)
        for name in ("chromium", "soffice", "pdftoppm"):
            (bare / name).write_text("#!/bin/sh\n")
            (bare / name).chmod(0o755)
        return True

    (bare / "apt-get").write_text("#!/bin/sh\n")
    (bare / "apt-get").chmod(0o755)
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    monkeypatch.setattr(selftest, "_quietly", install)
    assert find_office() is None
    assert "libreoffice-calc" in installed[0]


def test_missing_things_end_the_run_before_any_test(bare, monkeypatch, capfd):
    monkeypatch.setattr(selftest, "_run_shares", lambda *_, **__: pytest.fail("it went on"))
    assert selftest.run(is_long=False, setup_only=False) == 1
    lines = [line for line in capfd.readouterr().err.splitlines() if line.startswith("FAILED:")]
    assert len(lines) == 2


@pytest.fixture
def suite(tmp_path, monkeypatch):
    """A little suite of its own in an empty checkout."""
    monkeypatch.setattr(selftest, "ROOT", tmp_path)
    monkeypatch.setattr(selftest, "RESULTS", tmp_path / "results")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # none is needed, and each takes time
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nmarkers =\n  browser\n  long\naddopts = -q -p no:cacheprovider\n"
    )

    def write(*tests):
        (tmp_path / "test_it.py").write_text("import pytest\n" + "\n".join(tests))
        return tmp_path

    return write


GOOD = "def test_good(): pass"
BAD = "def test_bad(): assert False"
PAGE = "@pytest.mark.browser\ndef test_page(): pass"
BAD_PAGE = "@pytest.mark.browser\ndef test_bad_page(): assert False"
LONG = "@pytest.mark.long\ndef test_long(): pass"
SKIPPED = "def test_skipped(): pytest.skip('no reason given')"


def _run(is_long=False, arguments=()):
    parts = [Share(share.name, share.markers, 0) for share in shares(is_long=is_long)]
    return selftest._run_shares(parts, tuple(arguments), keep=is_long)


@pytest.mark.parametrize(
    ("tests", "code", "words"),
    [
        ((GOOD, PAGE), 0, "2 passed"),
        ((BAD, PAGE), 1, "1 passed, 1 failed"),
        ((GOOD, BAD_PAGE), 1, "1 passed, 1 failed"),
        ((GOOD, SKIPPED), 0, "1 passed, 1 skipped"),
        ((LONG,), 1, "no test"),
    ],
    ids=["both", "a room fails", "a page fails", "skipped is said", "nothing to run"],
)
def test_the_code_and_the_closing_line_say_what_happened(suite, capfd, tests, code, words):
    suite(*tests)
    assert _run() == code
    assert f"All together: {words}" in capfd.readouterr().out


def test_the_long_share_is_added_and_its_results_are_kept(suite, capfd):
    folder = suite(GOOD, LONG)
    assert _run(is_long=True) == 0
    (kept,) = (folder / "results").iterdir()
    facts = json.loads((kept / "summary.json").read_text())
    assert (facts["passed"], facts["failed"]) == (2, 0)
    assert (kept / "rooms.xml").is_file()


def test_other_words_go_to_pytest(suite, capfd):
    suite(GOOD, BAD)
    assert _run(arguments=["-k", "good"]) == 0
