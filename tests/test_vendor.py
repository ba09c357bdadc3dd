"""What others made and we serve: all of it listed, unchanged, with its licence; nothing from elsewhere."""

import hashlib
import json
import re

from scheduler.config import PACKAGE

STATIC = PACKAGE / "static"
VENDOR = STATIC / "vendor"
LISTED = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def test_every_file_is_the_one_that_is_listed():
    for package in LISTED:
        assert package["name"]
        assert package["version"]
        assert package["licence"] in ("MIT", "OFL-1.1", "Apache-2.0")
        for name, digest in package["files"].items():
            assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


def test_every_file_that_lies_there_is_listed_and_every_package_brings_its_licence():
    listed = {name for package in LISTED for name in package["files"]}
    there = {path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file()}
    assert there - {"manifest.json"} == listed
    for package in LISTED:
        assert any(name.endswith("LICENSE") for name in package["files"]), package["name"]


def test_our_own_styles_and_scripts_load_nothing_from_another_host():
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js"), *STATIC.rglob("*.svg")]:
        if VENDOR not in path.parents:
            text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://|url\([\"']?//|@import", text), path
