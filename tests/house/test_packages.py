"""The packages that are asked for and the versions that were tested agree."""

import re
import tomllib
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement

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


def test_every_package_that_is_asked_for_has_a_tested_version(asked, tested):
    assert asked - tested.keys() == set()


def test_the_tested_versions_go_together(tested):
    # A package that one of them does not admit would stop the first start on a new machine.
    wrong = [
        f"{package.metadata['Name']} asks for {line}, tested is {tested[name]}"
        for package in distributions()
        if tested.get(_normal(package.metadata["Name"])) == package.version
        for line in package.requires or ()
        if (need := Requirement(line)) and (name := _normal(need.name)) in tested
        if need.marker is None or need.marker.evaluate({"extra": ""})
        if not need.specifier.contains(tested[name], prereleases=True)
    ]
    assert wrong == []
