"""The whole centre as the workbook that it can be imported from."""

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any

from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import require
from scheduler.calendars.models import Site
from scheduler.calendars.service import zone_of
from scheduler.database import normal_code, utc_now
from scheduler.excel.book import write_book
from scheduler.excel.columns import GROUPS, QUALIFICATIONS, Sheet
from scheduler.excel.sheets import SHEETS
from scheduler.excel.stored import Record, Stored, load_stored

NAMED_ELSEWHERE = (QUALIFICATIONS, GROUPS)
"""Codes that are made by being named: they have a row only where they say more than that."""


def write_centre(
    site: Site, stream: IO[bytes], user: User | None = None, now: datetime | None = None
) -> None:
    """Everything of a site, to be imported again without any change. For managers: nothing is left out."""
    require(user, "manager", Place(site_id=site.id))
    zone = zone_of(site)
    stored = load_stored(site)
    rows = {sheet.title: list(_rows(sheet, stored)) for sheet in SHEETS}
    written = (now or utc_now()).astimezone(zone)
    about = (
        f"{site.name} ({site.code}), all of it, written {written:%Y-%m-%d %H:%M}. Times in {site.time_zone}."
    )
    write_book(stream, rows, zone, about)


def _rows(sheet: Sheet, stored: Stored) -> Iterator[dict[str, Any]]:
    if not sheet.is_child:
        for key, record in sorted(stored.parents[sheet.title].items()):
            if sheet.title not in NAMED_ELSEWHERE or _says_more(sheet, key, record, stored):
                yield record.values
        return
    for _, records in sorted(stored.children[sheet.title].items()):
        for record in sorted(records, key=lambda record: _place(sheet, record)):
            yield record.values


def _says_more(sheet: Sheet, key: str, record: Record, stored: Stored) -> bool:
    values = record.values
    if values["retired"] or values["name"] not in ("", values["code"]):
        return True
    return key not in _named(sheet, stored)


def _named(sheet: Sheet, stored: Stored) -> set[str]:
    """Keys of the codes of that sheet that rows of other sheets make by naming them."""
    if sheet.title == GROUPS:
        words = [record.values["exclusion_group"] for record in stored.parents["Requests"].values()]
    else:
        held = stored.children["Qualifications"].values()
        words = [record.values["qualification"] for records in held for record in records]
    return {normal_code(word) for word in words if word}


def _place(sheet: Sheet, record: Record) -> tuple[Any, ...]:
    """By number or time, where a row has one."""
    for name in ("number", "starts_at", "on_day", "from_on"):
        if name in sheet.fields:
            return (record.values[name], record.id)
    return (record.id,)
