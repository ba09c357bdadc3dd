"""A request's values and its rows: the one translator between them."""

from collections.abc import Collection, Iterable
from typing import TypeVar

from sqlalchemy import select

from scheduler.calendars.models import Site
from scheduler.database import Coded, session
from scheduler.errors import UserError
from scheduler.people.models import ExclusionGroup, Person, Qualification
from scheduler.projects.models import Project
from scheduler.requests import queries, rules
from scheduler.requests.models import (
    ActivityRequest,
    Alternative,
    AlternativeResource,
    Participant,
    Precedence,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)
from scheduler.requests.values import After, DrawValue, Facts, NeedValue, RequestValues, Way, WindowValue
from scheduler.resources.models import Resource, Utility

CODE_LETTERS = {"R&D": "R", "training": "T", "application": "A"}
Named = TypeVar("Named", bound=Coded)

PLAIN = (
    "title", "wish_minutes", "least_minutes", "setup_minutes", "teardown_minutes", "most_parts",
    "least_part_minutes", "earliest_at", "latest_at", "due_at", "exclusion_group_id", "priority", "value",
    "is_mandatory", "configuration", "chain", "note", "preferred", "preferred_from", "preferred_until",
    "hazards",
)  # fmt: skip
"""Fields that a row and its values call the same."""


def values_of(row: ActivityRequest) -> RequestValues:
    """A request as it stands, in the shape that `edit_request` takes."""
    numbers = {way.id: number for number, way in enumerate(row.alternatives, start=1)}
    return RequestValues(
        title=row.title,
        project_id=row.project_id,
        wish_minutes=row.wish_minutes,
        least_minutes=row.least_minutes,
        ways=tuple(Way(tuple(use.resource_id for use in way.uses), way.penalty) for way in row.alternatives),
        setup_minutes=row.setup_minutes,
        teardown_minutes=row.teardown_minutes,
        most_parts=row.most_parts,
        least_part_minutes=row.least_part_minutes,
        earliest_at=row.earliest_at,
        latest_at=row.latest_at,
        due_at=row.due_at,
        windows=tuple(
            WindowValue(
                window.starts_at,
                window.ends_at,
                window.binds,
                numbers[window.alternative_id] if window.alternative_id is not None else None,
            )
            for window in row.windows
        ),
        needs=tuple(NeedValue(need.qualification_id, need.count, need.phase) for need in row.needs),
        draws=tuple(DrawValue(draw.utility_id, draw.amount, draw.phase) for draw in row.draws),
        afters=tuple(
            After(link.before_id, link.min_lag_minutes, link.max_lag_minutes, link.same_resource)
            for link in queries.predecessors(row.id)
        ),
        participant_ids=tuple(participant.person_id for participant in row.participants),
        exclusion_group_id=row.exclusion_group_id,
        priority=row.priority,
        value=row.value,
        is_mandatory=row.is_mandatory,
        configuration=row.configuration,
        chain=row.chain,
        note=row.note,
        preferred=row.preferred,
        preferred_from=row.preferred_from,
        preferred_until=row.preferred_until,
        hazards=row.hazards,
    )


def write(row: ActivityRequest, values: RequestValues) -> None:
    """Make `row` say what `values` say. What does not change is not touched, so the audit log is short."""
    session.flush()
    before = values_of(row)
    for name in PLAIN:
        if getattr(row, name) != getattr(values, name):
            setattr(row, name, getattr(values, name))
    if (before.ways, before.windows) != (values.ways, values.windows):
        _write_ways(row, values)
    if before.needs != values.needs:
        row.needs = [
            RequestNeed(qualification_id=need.qualification_id, count=need.count, phase=need.phase)
            for need in values.needs
        ]
    if before.draws != values.draws:
        row.draws = [
            RequestDraw(utility_id=draw.utility_id, amount=draw.amount, phase=draw.phase)
            for draw in values.draws
        ]
    if before.participant_ids != values.participant_ids:
        _write_participants(row, values.participant_ids)
    if before.afters != values.afters:
        _write_afters(row, values.afters)
    session.flush()


def take_code(project: Project) -> str:
    """The next free code of a kind of project at its site."""
    # Two who ask at once would take the same number: one waits here for the other.
    session.execute(select(Site.id).where(Site.id == project.site_id).with_for_update(key_share=True))
    letter = CODE_LETTERS.get(project.kind, "Q")
    codes = session.scalars(
        select(ActivityRequest.code_key).where(
            ActivityRequest.site_id == project.site_id,
            ActivityRequest.code_key.startswith(f"{letter.lower()}-"),
        )
    )
    tails = (code.partition("-")[2] for code in codes)
    return rules.next_code(letter, (int(tail) for tail in tails if tail.isascii() and tail.isdigit()))


def quota_left(project: Project, row: ActivityRequest | None) -> int | None:
    """Minutes left of the hours of a project without `row`; None is no limit."""
    if project.quota_minutes is None:
        return None
    return project.quota_minutes - queries.spent_minutes(project.id, row.id if row else None)


def facts_of(values: RequestValues, project: Project, row: ActivityRequest | None) -> Facts:
    """What the centre says about the rows that `values` names; ids that are none are refused."""
    kept = values_of(row) if row else None
    old_ids = {i for way in kept.ways for i in way.resource_ids} if kept else set()
    site_id = project.site_id
    resource_ids = {i for way in values.ways for i in way.resource_ids}
    resources = _known(Resource, resource_ids, site_id, "ways-0-resources-0", "facility", old_ids)
    utilities = _known(
        Utility,
        {draw.utility_id for draw in values.draws},
        site_id,
        "draws-0-utility",
        "utility",
        {draw.utility_id for draw in kept.draws} if kept else (),
    )
    _known(
        Qualification,
        {need.qualification_id for need in values.needs},
        site_id,
        "needs-0-qualification",
        "qualification",
        {need.qualification_id for need in kept.needs} if kept else (),
    )
    old_people = kept.participant_ids if kept else ()
    _known(Person, values.participant_ids, site_id, "participants", "person", old_people)
    if values.exclusion_group_id is not None:
        _known(ExclusionGroup, [values.exclusion_group_id], site_id, "exclusion_group", "group")
    before_ids = {after.before_id for after in values.afters}
    _known(ActivityRequest, before_ids, site_id, "afters-0-code", "request")
    ways = [[resources[i] for i in way.resource_ids] for way in values.ways]
    return Facts(
        project_name=project.name,
        quota_minutes=project.quota_minutes,
        quota_left_minutes=quota_left(project, row),
        capacities={utility.id: (_most(utility), utility.unit) for utility in utilities.values()},
        setup_minutes=min((max((r.setup_minutes for r in way), default=0) for way in ways), default=0),
        teardown_minutes=min((max((r.teardown_minutes for r in way), default=0) for way in ways), default=0),
    )


def cycle_fault(values: RequestValues, row: ActivityRequest | None) -> dict[str, str]:
    """Requests that would wait for each other in a circle; a new request cannot close one."""
    if row is None or not values.afters:
        return {}
    pairs = [pair for pair in queries.precedence_pairs(row.site_id) if pair[1] != row.id]
    cycle = rules.find_cycle([*pairs, *((after.before_id, row.id) for after in values.afters)])
    if cycle is None:
        return {}
    codes = {
        found.id: found.code
        for found in session.scalars(select(ActivityRequest).where(ActivityRequest.id.in_(cycle)))
    }
    chain = ", then ".join(codes.get(i, "?") for i in [*cycle, cycle[0]])
    return {"afters-0-code": f"They would wait for each other: {chain}. Take one of them out."}


def _write_ways(row: ActivityRequest, values: RequestValues) -> None:
    row.windows = []
    session.flush()
    row.alternatives = []
    session.flush()  # the new ones take the same numbers
    row.alternatives = [
        Alternative(
            number=number,
            penalty=way.penalty,
            uses=[AlternativeResource(resource_id=resource_id) for resource_id in way.resource_ids],
        )
        for number, way in enumerate(values.ways, start=1)
    ]
    session.flush()
    row.windows = [
        RequestWindow(
            starts_at=window.starts_at,
            ends_at=window.ends_at,
            binds=window.binds,
            alternative=row.alternatives[window.way - 1] if window.way is not None else None,
        )
        for window in values.windows
    ]


def _write_participants(row: ActivityRequest, person_ids: tuple[int, ...]) -> None:
    stay = [participant for participant in row.participants if participant.person_id in person_ids]
    there = {participant.person_id for participant in stay}
    row.participants = [*stay, *(Participant(person_id=i) for i in person_ids if i not in there)]


def _write_afters(row: ActivityRequest, afters: Iterable[After]) -> None:
    for link in queries.predecessors(row.id):
        session.delete(link)
    session.flush()
    session.add_all(
        Precedence(
            before_id=after.before_id,
            after_id=row.id,
            min_lag_minutes=after.min_lag_minutes,
            max_lag_minutes=after.max_lag_minutes,
            same_resource=after.same_resource,
        )
        for after in afters
    )


def _known(
    row_type: type[Named],
    ids: Collection[int],
    site_id: int,
    place: str,
    word: str,
    kept: Collection[int] = (),
) -> dict[int, Named]:
    """The rows with these ids at the site; retired ones only where the request has them already."""
    query = select(row_type).where(row_type.id.in_(list(ids)), row_type.site_id == site_id)
    found = {row.id: row for row in session.scalars(query) if row.retired_at is None or row.id in kept}
    if len(found) < len(set(ids)):
        message = f"This {word} does not exist any more. Choose another one."
        raise UserError(message, {place: message})
    return found


def _most(utility: Utility) -> int:
    return max([utility.capacity, *(level.capacity for level in utility.levels)])
