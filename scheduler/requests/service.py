"""Requests: asking, changing, deciding. One function for each thing a user wants.

Each is called inside `transaction()` and raises a `UserError` that says what to do instead.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from scheduler import outbox
from scheduler.accounts.models import User
from scheduler.accounts.rules import Place
from scheduler.accounts.service import can
from scheduler.database import session, utc_now
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.intervals import Interval
from scheduler.projects.models import Project
from scheduler.requests import queries, rules, writing
from scheduler.requests.models import ActivityRequest, Approval
from scheduler.requests.values import Facts, RequestValues


def create_request(
    values: RequestValues,
    user: User | None,
    *,
    requester: User | None = None,
    now: datetime | None = None,
) -> ActivityRequest:
    """A new draft in the name of `user`, or of `requester` by a manager; refused with all faults at once."""
    project = project_for(values.project_id, user)
    asker = requester or user
    _refuse_other_asker(project, asker, user)
    _refuse_faults(values, project, None, now or utc_now())
    row = ActivityRequest(
        site_id=project.site_id,
        code=writing.take_code(project),
        project=project,
        requester_id=asker.id if asker else None,
        title=values.title,
        wish_minutes=values.wish_minutes,
        least_minutes=values.least_minutes,
    )
    session.add(row)
    writing.write(row, values)
    return row


def edit_request(
    row: ActivityRequest,
    values: RequestValues,
    user: User | None,
    version: int,
    *,
    now: datetime | None = None,
) -> ActivityRequest:
    """Change what is asked for; refused when somebody changed it since `version` was shown.

    After the first approval each change is a new revision; a booking stays as it is.
    """
    if row.version != version:
        raise Stale(
            f"{row.code} was changed while you wrote. What you typed stands below and is not saved: "
            "compare it with the request as it is now, and save again."
        )
    refuse_edit(row, user)
    project = row.project
    if values.project_id != row.project_id:
        project = project_for(values.project_id, user)
    _refuse_faults(values, project, row, now or utc_now())
    row.project = project
    if row.state not in rules.OWNER_EDITS:
        row.revision += 1
    if is_owner(row, user):
        row.asked_back_at = None
    row.updated_at = utc_now()  # so that the version counts changes of its lists too
    writing.write(row, values)
    return row


def submit(row: ActivityRequest, user: User | None) -> None:
    """Ask for a decision."""
    _refuse_other_owner(row, user)
    _go(row, "submitted")
    _post(row, "submitted")


def reopen(row: ActivityRequest, user: User | None) -> None:
    """Make a draft again of what was declined or withdrawn."""
    _refuse_other_owner(row, user)
    _go(row, "draft")


def approve(row: ActivityRequest, user: User | None, note: str = "") -> None:
    """Say yes; refused where the project has not enough hours left."""
    _decide(row, user, "approved", note)


def decline(row: ActivityRequest, user: User | None, note: str, *, waits: bool = False) -> None:
    """Say no, and why: the requester reads it. With `waits` for lack of room only: it waits for a slot."""
    if not note.strip():
        message = "Say why, in a sentence that helps to ask better."
        raise UserError(message, {"note": message})
    _decide(row, user, "declined", note)
    row.waiting_since = utc_now() if waits else None


def wait(row: ActivityRequest, user: User | None, *, waits: bool = True) -> None:
    """Wait for a slot to come free, or wait no more. What was declined waits only where a manager says so."""
    _refuse_other_owner(row, user)
    if waits and row.state not in ("approved", "declined"):
        raise UserError(f"{row.code} is {row.state}. What is approved and has no slot may wait for one.")
    if waits and row.state == "declined" and not may_decide(row, user):
        raise Forbidden(f"{row.code} was declined. Ask a manager to let it wait for a slot.")
    if not waits:
        row.waiting_since = None
    elif row.waiting_since is None:
        row.waiting_since = utc_now()


def note_booked(row: ActivityRequest) -> None:
    """A slot that it waited for is booked."""
    if row.state != "booked":
        _go(row, "booked")
    row.waiting_since = None


def prefer(row: ActivityRequest, run: Interval | None, user: User | None, version: int) -> None:
    """Like one free slot above all other times; None likes none."""
    values = replace(
        writing.values_of(row),
        preferred_from=run.start if run else None,
        preferred_until=run.end if run else None,
    )
    edit_request(row, values, user, version)


def withdraw(row: ActivityRequest, user: User | None) -> None:
    """Take back what was asked; what is booked has to lose its booking first."""
    _refuse_other_owner(row, user)
    if row.state == "booked":
        raise UserError(f"{row.code} is booked. Ask a manager to cancel its booking, then withdraw it.")
    _go(row, "withdrawn")
    _post(row, "withdrawn")


def decide_many(rows: Sequence[ActivityRequest], user: User | None, decision: str, note: str = "") -> None:
    """Approve or decline several, all or none; says of each that cannot be why."""
    refused = []
    # In one order for all: two who decide many at once wait for each other, and not in a circle.
    for row in sorted(rows, key=lambda each: (each.project_id, each.id)):
        try:
            (approve if decision == "approved" else decline)(row, user, note)
            session.flush()
        except UserError as error:
            if error.faults:
                raise
            refused.append(error.message)
    if refused:
        raise UserError(
            f"{len(refused)} of {len(rows)} cannot be {decision}, so none was. " + " ".join(refused)
        )


def may_edit(row: ActivityRequest, user: User | None) -> bool:
    if may_decide(row, user):
        return row.state in rules.MANAGER_EDITS
    return is_owner(row, user) and row.state in rules.OWNER_EDITS


def may_decide(row: ActivityRequest, user: User | None) -> bool:
    """Managers of the centre, the site, the project, or of a facility that is asked for."""
    return _may_decide_all(row, user) or _steward_of(row, user) is not None


def is_owner(row: ActivityRequest, user: User | None) -> bool:
    return user is not None and row.requester_id == user.id


def refuse_edit(row: ActivityRequest, user: User | None) -> None:
    """Refuse whoever may not change `row` as it stands, and say who may."""
    if may_edit(row, user):
        return
    if is_owner(row, user) and row.state in rules.MANAGER_EDITS:
        raise Forbidden(f"{row.code} is {row.state} already. Ask a manager to change it, or withdraw it.")
    if row.state not in rules.MANAGER_EDITS:
        raise UserError(f"{row.code} is {row.state} and stays as it is. Ask anew.")
    raise Forbidden(f"{row.code} was asked for by somebody else. Ask them or a manager to change it.")


def _decide(row: ActivityRequest, user: User | None, decision: str, note: str) -> None:
    if not may_decide(row, user):
        raise Forbidden(f"{row.code} is decided by managers. Ask an administrator for that role.")
    if decision == "approved" and row.project.quota_minutes is not None:
        # Two requests of one project would each find the hours that only one of them can have.
        session.refresh(row.project, with_for_update={"of": Project, "key_share": True})
    # The second of two who decide at once waits here, and is told what became of it.
    session.refresh(row, with_for_update={"of": ActivityRequest, "key_share": True})
    _go(row, decision)
    if decision == "approved":
        # The row itself counts as spent from here on; what is left is without it.
        left = writing.quota_left(row.project, row)
        facts = Facts(row.project.name, row.project.quota_minutes, left)
        if fault := rules.quota_fault(row.wish_minutes, facts):
            raise UserError(f"{row.code}: {fault}")
    row.approvals.append(
        Approval(
            user_id=user.id if user else None,
            resource_id=None if _may_decide_all(row, user) else _steward_of(row, user),
            decision=decision,
            note=note.strip()[:500],
        )
    )
    _post(row, decision)


def _may_decide_all(row: ActivityRequest, user: User | None) -> bool:
    return can(user, "manager", Place(site_id=row.site_id, project_id=row.project_id))


def _steward_of(row: ActivityRequest, user: User | None) -> int | None:
    """A resource of the request that `user` manages."""
    for way in row.alternatives:
        for use in way.uses:
            if can(user, "manager", Place(resource_id=use.resource_id)):
                return use.resource_id
    return None


def _go(row: ActivityRequest, state: str) -> None:
    if not rules.is_allowed(row.state, state):
        following = ", ".join(sorted(rules.allowed_transitions(row.state))) or "nothing else"
        raise UserError(f"{row.code} is {row.state}: from there it can become {following}, not {state}.")
    row.state = state
    row.asked_back_at = None
    if state in ("draft", "submitted", "withdrawn", "booked"):
        row.waiting_since = None


def _refuse_other_owner(row: ActivityRequest, user: User | None) -> None:
    if not (is_owner(row, user) or may_decide(row, user)):
        raise Forbidden(f"{row.code} was asked for by somebody else. Ask them or a manager to do this.")


def faults_of(values: RequestValues, user: User | None, row: ActivityRequest | None = None) -> dict[str, str]:
    """What would be refused of these values, by field; nothing is written."""
    try:
        project = (
            row.project
            if row and row.project_id == values.project_id
            else project_for(values.project_id, user)
        )
        return rules.faults(values, writing.facts_of(values, project, row), utc_now())
    except UserError as error:
        return error.faults or {"": error.message}


def project_for(project_id: int, user: User | None) -> Project:
    project = session.get(Project, project_id)
    if project is not None and project in queries.projects_to_ask_for(user, project.site_id):
        return project
    message = "Choose one of your own open projects, or ask a manager to make you a member."
    raise UserError(message, {"project": message})


def _refuse_other_asker(project: Project, asker: User | None, user: User | None) -> None:
    if asker is None or user is None or asker.id == user.id:
        return
    if not can(user, "manager", Place(site_id=project.site_id, project_id=project.id)):
        raise Forbidden("Only managers ask on behalf of others. Ask in your own name.")
    if asker.disabled_at is not None or project not in queries.projects_to_ask_for(asker, project.site_id):
        message = f"{asker.name} is no member of {project.name}. Choose a member, or another project."
        raise UserError(message, {"requester": message})


def _refuse_faults(
    values: RequestValues, project: Project, row: ActivityRequest | None, now: datetime
) -> None:
    found = rules.faults(values, writing.facts_of(values, project, row), now)
    found |= {name: text for name, text in writing.cycle_fault(values, row).items() if name not in found}
    if found:
        raise UserError(next(iter(found.values())), found)


def _post(row: ActivityRequest, what: str) -> None:
    session.flush()
    outbox.post(f"request.{what}", {"request_id": row.id, "code": row.code, "revision": row.revision})
