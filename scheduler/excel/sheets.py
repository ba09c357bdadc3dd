"""The centre workbook: every sheet in its order, for template, reader, faults and export alike."""

from scheduler.excel import centre_sheets as centre
from scheduler.excel import request_sheets as requests
from scheduler.excel import resource_sheets as resources
from scheduler.excel.columns import Sheet

SHEETS: tuple[Sheet, ...] = (
    centre.SITE,
    resources.RESOURCES,
    resources.UTILITIES,
    centre.ORGANISATIONS,
    centre.STAFF,
    centre.PROJECTS,
    centre.CALENDARS,
    requests.REQUESTS,
    requests.ALTERNATIVES,
    requests.WINDOWS,
    requests.NEEDS,
    requests.DRAWS,
    requests.PRECEDENCES,
    resources.CHANGEOVERS,
    resources.OUTAGES,
    centre.HELD,
    centre.ABSENCES,
    centre.HOLIDAYS,
    centre.OVERLAYS,
    resources.LEVELS,
    centre.QUALIFICATION_CODES,
    centre.EXCLUSIVE_GROUPS,
)

BY_TITLE = {sheet.title: sheet for sheet in SHEETS}
PARENTS = tuple(sheet for sheet in SHEETS if not sheet.is_child)
CHILDREN = tuple(sheet for sheet in SHEETS if sheet.is_child)


def children_of(title: str) -> tuple[Sheet, ...]:
    """The sheets whose rows belong to rows of that one."""
    return tuple(sheet for sheet in CHILDREN if sheet.parent == title)
