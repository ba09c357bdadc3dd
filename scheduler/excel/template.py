"""The blank centre workbook."""

from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from scheduler.excel.book import write_book

ABOUT = "Blank: for what a centre has, who works there, and what is to be done. Fill it and import it."


def write_template(target: Path | IO[bytes]) -> None:
    """Write it to a file or a stream."""
    if isinstance(target, Path):
        with target.open("wb") as stream:
            write_book(stream, {}, ZoneInfo("UTC"), ABOUT)
    else:
        write_book(target, {}, ZoneInfo("UTC"), ABOUT)
