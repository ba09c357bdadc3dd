"""The packages that are asked for, the versions that were tested, and the lock of uv agree."""

import re
import tomllib

import pytest

from scheduler.__main__ import CONSTRAINTS, ROOT


def _normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.fixture(scope="module")
def asked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return {_normal(re.match(r"[\w.-]+", line).group()) for line in lines}


@pytest.fixture(scope="module")
def tested():
    lines = CONSTRAINTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {_normal(name): version for name, version in pairs}


@pytest.fixture(scope="module")
def locked():
    return tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]


def test_every_package_that_is_asked_for_has_a_tested_version(asked, tested):
    assert asked - tested.keys() == set()


def test_the_lock_of_uv_holds_the_tested_versions(asked, tested, locked):
    versions = {_normal(package["name"]): package.get("version") for package in locked}
    assert asked - versions.keys() == set()
    assert {name: versions.get(name) for name in tested} == tested


def test_the_lock_names_the_public_index_only(locked):
    sources = {package["source"].get("registry", "") for package in locked}
    assert sources == {"", "https://pypi.org/simple"}
    hosts = set(re.findall(r"https?://([^/\"]+)", (ROOT / "uv.lock").read_text(encoding="utf-8")))
    assert hosts == {"pypi.org", "files.pythonhosted.org"}
