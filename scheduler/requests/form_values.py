"""From the form of a request to its values, and back: text and rows on one side, ids and UTC on the other."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scheduler.accounts.models import User
from scheduler.calendars.rules import wall_to_utc
from scheduler.errors import UserError
from scheduler.requests import queries
from scheduler.requests.choices import HAZARDS, PREFERRED, joined, known
from scheduler.requests.forms import RequestForm
from scheduler.requests.preferences import read_slot, write_slot
from scheduler.requests.templates import Known
from scheduler.requests.values import After, DrawValue, NeedValue, RequestValues, Way, WindowValue
from scheduler.requests.wall_times import read_wall, which_hour, write_wall


def read(
    form: RequestForm,
    site_id: int,
    zone: ZoneInfo,
    user: User | None,
    *,
    is_manager: bool,
    kept: RequestValues | None = None,
) -> RequestValues | None:
    """The values that the form asks for, or None with every fault beside its field.

    What only managers decide (value, must be placed) is taken from `kept` for everybody else.
    """
    is_sound = form.validate()
    reader = _Reader(form, zone)
    form.row_numbers = {}
    ways = reader.ways()
    windows = reader.windows()
    needs = reader.needs()
    draws = reader.draws()
    afters = reader.afters(site_id, user)
    earliest = reader.moment(form.earliest, form.earliest_hour)
    latest = reader.moment(form.latest, form.latest_hour)
    due = reader.moment(form.due, form.due_hour)
    chosen = read_slot(form.slot.data or "")
    if form.slot.data and chosen is None:
        reader.put(form.slot, "This slot cannot be read. Look for time again and choose one.")
    if form.project.data is None and not form.project.errors:
        reader.put(form.project, "Choose the project that it is for.")
    wish: int | None = form.wish.data
    if wish is None or not is_sound or not reader.is_sound:
        return None
    return RequestValues(
        title=form.title.data,
        project_id=form.project.data,
        wish_minutes=wish,
        least_minutes=wish if form.least.data is None else form.least.data,
        ways=ways,
        setup_minutes=form.setup.data,
        teardown_minutes=form.teardown.data,
        most_parts=form.most_parts.data or 1,
        least_part_minutes=form.least_part.data,
        earliest_at=earliest,
        latest_at=latest,
        due_at=due,
        windows=windows,
        needs=needs,
        draws=draws,
        afters=afters,
        participant_ids=tuple(form.participants.data or ()),
        exclusion_group_id=form.exclusion_group.data,
        priority=form.priority.data,
        value=(form.value.data or 0) if is_manager else (kept.value if kept else 0),
        is_mandatory=form.is_mandatory.data if is_manager else bool(kept and kept.is_mandatory),
        configuration=form.configuration.data or None,
        chain=form.chain.data or None,
        note=form.note.data or "",
        preferred=joined(word for word in PREFERRED if word in (form.preferred.data or ())),
        preferred_from=chosen.start if chosen else None,
        preferred_until=chosen.end if chosen else None,
        hazards=joined(word for word in HAZARDS if word in (form.hazards.data or ())),
    )


def fill(values: RequestValues, zone: ZoneInfo, codes: dict[int, str], version: int) -> dict[str, Any]:
    """What the form shows for `values`; `codes` of the requests that come before, by id."""
    data: dict[str, Any] = {
        "version": version,
        "title": values.title,
        "project": values.project_id,
        "wish": values.wish_minutes,
        "least": None if values.least_minutes == values.wish_minutes else values.least_minutes,
        "setup": values.setup_minutes,
        "teardown": values.teardown_minutes,
        "most_parts": values.most_parts,
        "least_part": values.least_part_minutes,
        "participants": list(values.participant_ids),
        "exclusion_group": values.exclusion_group_id,
        "priority": values.priority,
        "value": values.value or None,
        "is_mandatory": values.is_mandatory,
        "configuration": values.configuration,
        "chain": values.chain,
        "note": values.note,
        "preferred": known(values.preferred, PREFERRED),
        "hazards": known(values.hazards, HAZARDS),
        "slot": write_slot(values.chosen) if values.chosen else "",
        "ways": [{"resources": list(way.resource_ids), "penalty": way.penalty} for way in values.ways],
        "windows": [
            {"way": window.way, "binds": window.binds}
            | _wall("since", window.starts_at, zone)
            | _wall("until", window.ends_at, zone)
            for window in values.windows
        ],
        "needs": [
            {"qualification": need.qualification_id, "count": need.count, "phase": need.phase}
            for need in values.needs
        ],
        "draws": [
            {"utility": draw.utility_id, "amount": draw.amount, "phase": draw.phase} for draw in values.draws
        ],
        "afters": [
            {
                "code": codes[after.before_id],
                "min_lag": after.min_lag_minutes,
                "max_lag": after.max_lag_minutes,
                "same_resource": after.same_resource,
            }
            for after in values.afters
        ],
    }
    for name, moment in (
        ("earliest", values.earliest_at),
        ("latest", values.latest_at),
        ("due", values.due_at),
    ):
        data |= _wall(name, moment, zone)
    return data


def fill_template(typed: dict[str, Any], told: Known) -> dict[str, Any]:
    """What was typed, with what a template knows; title and length only where none stands."""
    data = dict(typed)
    if not (data.get("title") or "").strip():
        data["title"] = told.title
    if data.get("wish") is None:
        data["wish"] = told.wish_minutes
    for name, field in (
        ("least", "least_minutes"),
        ("setup", "setup_minutes"),
        ("teardown", "teardown_minutes"),
        ("least_part", "least_part_minutes"),
        ("exclusion_group", "exclusion_group_id"),
        ("configuration", "configuration"),
        ("note", "note"),
    ):
        data[name] = told.plain.get(field)
    data["most_parts"] = told.plain.get("most_parts", 1)
    data["hazards"] = known(told.plain.get("hazards", ""), HAZARDS)
    data["preferred"] = data.get("preferred") or known(told.plain.get("preferred", ""), PREFERRED)
    data["ways"] = [{"resources": list(way.resource_ids), "penalty": way.penalty} for way in told.ways]
    data["needs"] = [
        {"qualification": need.qualification_id, "count": need.count, "phase": need.phase}
        for need in told.needs
    ]
    data["draws"] = [
        {"utility": draw.utility_id, "amount": draw.amount, "phase": draw.phase} for draw in told.draws
    ]
    return data


class _Reader:
    """Reads the parts of a form that need more than one field; notes whether all could be read."""

    def __init__(self, form: RequestForm, zone: ZoneInfo) -> None:
        self.form = form
        self.zone = zone
        self.is_sound = True

    def put(self, field: Any, message: str) -> None:
        field.errors = [*field.errors, message]
        self.is_sound = False

    def moment(self, field: Any, hour: Any) -> datetime | None:
        text = (field.data or "").strip()
        if not text:
            return None
        wall = read_wall(text)
        if wall is None:
            self.put(field, f'"{text[:40]}" is no day and time. Write it like 2026-08-26 09:00.')
            return None
        second = {"first": False, "second": True}.get(hour.data or "")
        try:
            return wall_to_utc(wall, self.zone, second=second)
        except UserError as error:
            field.is_twice = "twice" in error.message
            self.put(field, error.message)
            return None

    def ways(self) -> tuple[Way, ...]:
        ways = []
        rows = self.form.row_numbers.setdefault("ways", [])
        for number, row in enumerate(self.form.ways):
            chosen = tuple(field.data for field in row.resources if field.data is not None)
            if chosen:
                ways.append(Way(chosen, row.penalty.data or 0))
                rows.append(number)
        first = self.form.ways[0].resources[0]
        if not ways and not first.errors:
            self.put(first, "Choose at least one facility.")
        return tuple(ways)

    def windows(self) -> tuple[WindowValue, ...]:
        windows = []
        rows = self.form.row_numbers.setdefault("windows", [])
        ways = {number + 1: n for n, number in enumerate(self.form.row_numbers["ways"], start=1)}
        for number, row in enumerate(self.form.windows):
            texts = [(field.data or "").strip() for field in (row.since, row.until)]
            if not any(texts):
                continue
            start = self.moment(row.since, row.since_hour)
            end = self.moment(row.until, row.until_hour)
            for field, text in zip((row.since, row.until), texts, strict=True):
                if not text:
                    self.put(field, "Write both ends of the window, or leave both blank.")
            if row.way.data is not None and row.way.data not in ways and not row.way.errors:
                self.put(row.way, f"Choice {row.way.data} is blank. Fill it in, or take another one.")
            elif start is not None and end is not None:
                way = ways[row.way.data] if row.way.data is not None else None
                windows.append(WindowValue(start, end, row.binds.data, way))
                rows.append(number)
        return tuple(windows)

    def needs(self) -> tuple[NeedValue, ...]:
        needs = []
        rows = self.form.row_numbers.setdefault("needs", [])
        for number, row in enumerate(self.form.needs):
            if row.qualification.data is not None:
                count = 1 if row.count.data is None else row.count.data
                needs.append(NeedValue(row.qualification.data, count, row.phase.data))
                rows.append(number)
        return tuple(needs)

    def draws(self) -> tuple[DrawValue, ...]:
        draws = []
        rows = self.form.row_numbers.setdefault("draws", [])
        for number, row in enumerate(self.form.draws):
            if row.utility.data is not None:
                draws.append(DrawValue(row.utility.data, row.amount.data or 0, row.phase.data))
                rows.append(number)
            elif row.amount.data:
                self.put(row.utility, "Choose the utility that is drawn, or leave the amount blank.")
        return tuple(draws)

    def afters(self, site_id: int, user: User | None) -> tuple[After, ...]:
        afters = []
        rows = self.form.row_numbers.setdefault("afters", [])
        for number, row in enumerate(self.form.afters):
            code = (row.code.data or "")[:60]
            if not code:
                continue
            before = queries.find_by_code(site_id, code, user)
            if before is None:
                self.put(
                    row.code, f'There is no request "{code}" that you may see. Write its code, like R-0012.'
                )
                continue
            afters.append(After(before.id, row.min_lag.data or 0, row.max_lag.data, row.same_resource.data))
            rows.append(number)
        return tuple(afters)


def _wall(name: str, moment: datetime | None, zone: ZoneInfo) -> dict[str, str]:
    """Text of a wall time, and which of both where it comes twice."""
    if moment is None:
        return {name: "", f"{name}_hour": ""}
    return {name: write_wall(moment, zone), f"{name}_hour": which_hour(moment, zone)}
