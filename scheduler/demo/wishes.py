"""The demo's wishes become requests."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from scheduler.database import session
from scheduler.demo import shapes
from scheduler.demo.shapes import Ask, Week, minutes
from scheduler.requests.models import (
    ActivityRequest,
    Alternative,
    AlternativeResource,
    Approval,
    Participant,
    Precedence,
    RequestDraw,
    RequestNeed,
    RequestWindow,
)

if TYPE_CHECKING:
    from scheduler.demo.load import Centre

DECIDED = {"approved": "Fits the week.", "declined": "A lab is not lent for a whole week: ask for days."}


def add_requests(made: "Centre", week: Week, asks: Sequence[tuple[str, Ask]]) -> None:
    """A request in its state for each of `asks`, whose moments belong to `week`."""
    rows = {ask.code: _request(made, week, state, ask) for state, ask in asks}
    session.flush()
    for _, ask in asks:
        for lag in shapes.lags_of(ask.after):
            session.add(
                Precedence(
                    before=rows[lag.before],
                    after=rows[ask.code],
                    min_lag_minutes=minutes(lag.min_hours),
                    max_lag_minutes=minutes(lag.max_hours),
                    same_resource=lag.same_resource,
                )
            )


def _request(made: "Centre", week: Week, state: str, ask: Ask) -> ActivityRequest:
    project = made.projects[ask.project]
    row = ActivityRequest(
        site_id=made.site.id,
        code=ask.code,
        title=ask.title,
        project=project,
        requester=_requester(made, ask.project),
        state=state,
        wish_minutes=minutes(ask.hours),
        least_minutes=minutes(ask.hours if ask.least is None else ask.least),
        setup_minutes=minutes(ask.setup),
        teardown_minutes=minutes(ask.teardown),
        most_parts=ask.parts,
        least_part_minutes=minutes(ask.least_part),
        value=round(ask.worth * ask.hours),
        priority=ask.priority,
        is_mandatory=ask.mandatory,
        earliest_at=week.moment(ask.earliest or "Mon 00:00"),
        latest_at=week.moment(ask.latest or "Sun 24:00"),
        due_at=week.moment(ask.due) if ask.due else None,
        configuration=ask.configuration,
        chain=ask.chain,
        exclusion_group=made.groups[ask.group] if ask.group else None,
        note=ask.note,
    )
    for number, codes in enumerate(shapes.ways_of(ask.ways), start=1):
        uses = [AlternativeResource(resource=made.resources[code]) for code in codes]
        row.alternatives.append(Alternative(number=number, uses=uses, penalty=number - 1))
    for words in shapes.listed(ask.within):
        span = week.span(words.removeprefix("!"))
        binds = "whole" if words.startswith("!") else "run"
        row.windows.append(RequestWindow(starts_at=span.start, ends_at=span.end, binds=binds))
    for need in shapes.needs_of(ask.needs):
        qualification = made.qualifications[need.qualification]
        row.needs.append(RequestNeed(qualification=qualification, count=need.count, phase=need.phase))
    for draw in shapes.draws_of(ask.draws):
        utility = made.utilities[draw.utility]
        row.draws.append(RequestDraw(utility=utility, amount=draw.amount, phase=draw.phase))
    for code in shapes.listed(ask.participants):
        row.participants.append(Participant(person=made.people[code]))
    if state in DECIDED:
        manager = made.users["manager@nsc.example"]
        row.approvals.append(Approval(user=manager, decision=state, note=DECIDED[state]))
    session.add(row)
    return row


def _requester(made: "Centre", project_code: str) -> Any:
    members = made.projects[project_code].members
    return members[0].user if members else made.users["manager@nsc.example"]
