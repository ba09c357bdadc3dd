"""Asking, changing, deciding: on both databases."""

import pytest
from sqlalchemy import select

from scheduler.accounts.models import Role
from scheduler.audit import Audit
from scheduler.database import session, transaction
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.outbox import OutboxMessage
from scheduler.requests import queries, service
from scheduler.requests.models import ActivityRequest, Approval
from scheduler.requests.values import After, DrawValue, NeedValue, Way, WindowValue
from scheduler.requests.writing import values_of
from tests.centre import at, make_resource, make_user
from tests.requests.asking import NOW, Asking


@pytest.fixture
def centre(any_database):
    return Asking()


def ask(centre, user=None, state="submitted", **changes):
    user = user or centre.researcher
    with transaction(actor=user):
        row = service.create_request(centre.values(**changes), user, now=NOW)
        if state != "draft":
            service.submit(row, user)
        if state == "approved":
            service.approve(row, centre.manager)
        if state == "booked":
            service.approve(row, centre.manager)
            row.state = "booked"
    return row


def full(centre):
    return centre.values(
        ways=(Way((centre.first.id, centre.second.id)), Way((centre.second.id,), 5)),
        setup_minutes=15,
        most_parts=2,
        least_minutes=120,
        least_part_minutes=60,
        due_at=at(3, 12),
        windows=(WindowValue(at(0, 8), at(0, 18)), WindowValue(at(1, 8), at(1, 18), "whole", 2)),
        needs=(NeedValue(centre.operator.id, 2, "run"),),
        draws=(DrawValue(centre.nitrogen.id, 4, "all"),),
        participant_ids=(centre.person.id,),
        priority=2,
        note="Handle with care",
    )


def test_what_is_asked_for_is_stored_and_read_back_whole(centre):
    wished = full(centre)
    with transaction(actor=centre.researcher):
        row = service.create_request(wished, centre.researcher, now=NOW)
    session.expire_all()
    assert values_of(row) == wished
    assert (row.state, row.requester_id, row.revision) == ("draft", centre.researcher.id, 1)


def test_codes_count_on_for_each_kind_of_project(centre):
    assert [ask(centre).code for _ in range(2)] == ["R-0001", "R-0002"]
    assert ask(centre, centre.other, project_id=centre.secret.id).code == "T-0001"


def test_all_faults_are_refused_at_once_and_nothing_is_stored(centre):
    with pytest.raises(UserError) as refused, transaction():
        service.create_request(centre.values(title="", wish_minutes=0), centre.researcher, now=NOW)
    assert {"title", "wish"} <= set(refused.value.faults)
    assert session.scalar(select(ActivityRequest)) is None


def test_only_own_projects_can_be_asked_for_managers_may_for_all(centre):
    with pytest.raises(UserError) as refused, transaction():
        service.create_request(centre.values(), centre.other, now=NOW)
    assert set(refused.value.faults) == {"project"}
    assert ask(centre, centre.manager).requester_id == centre.manager.id


def test_a_closed_project_is_not_asked_for(centre):
    with transaction():
        centre.project.closed_at = NOW
    with pytest.raises(UserError, match="open projects"):
        ask(centre)


@pytest.mark.parametrize(
    "field", ["ways", "needs", "draws", "participant_ids", "exclusion_group_id", "afters"]
)
def test_rows_that_do_not_exist_are_refused_beside_their_field(centre, field):
    value = {
        "ways": (Way((999_999,)),),
        "needs": (NeedValue(999_999),),
        "draws": (DrawValue(999_999, 1),),
        "participant_ids": (999_999,),
        "exclusion_group_id": 999_999,
        "afters": (After(999_999),),
    }[field]
    with pytest.raises(UserError, match="does not exist any more") as refused:
        ask(centre, **{field: value})
    assert len(refused.value.faults) == 1


def test_a_retired_facility_stays_where_it_is_but_is_not_chosen_anew(centre):
    row = ask(centre)
    with transaction():
        centre.first.retired_at = NOW
    with transaction():
        service.edit_request(row, centre.values(title="Other"), centre.researcher, row.version, now=NOW)
    with pytest.raises(UserError, match="facility does not exist"):
        ask(centre)


def test_hours_of_the_project_are_spent_by_what_is_approved(centre):
    ask(centre, state="approved", wish_minutes=600, least_minutes=600)
    ask(centre, state="submitted", wish_minutes=600, least_minutes=600)
    assert ask(centre, wish_minutes=600, least_minutes=600)
    with pytest.raises(UserError, match=r"Badr-3 has 10 of 20 h left, this takes 10\.02") as refused:
        ask(centre, wish_minutes=601, least_minutes=601)
    assert set(refused.value.faults) == {"wish"}


def test_what_was_within_the_hours_when_asked_is_refused_when_they_are_gone(centre):
    rows = [ask(centre, wish_minutes=600, least_minutes=600) for _ in range(3)]
    with transaction():
        service.decide_many(rows[:2], centre.manager, "approved")
    with pytest.raises(UserError, match=r"R-0003: Badr-3 has 0 of 20 h left"), transaction():
        service.approve(rows[2], centre.manager)
    assert [row.state for row in rows] == ["approved", "approved", "submitted"]


def test_of_several_either_all_are_approved_or_none(centre):
    rows = [ask(centre, wish_minutes=600, least_minutes=600) for _ in range(3)]
    with pytest.raises(UserError, match=r"1 of 3 cannot be approved, so none was\. R-0003"), transaction():
        service.decide_many(rows, centre.manager, "approved")
    session.expire_all()
    assert [row.state for row in rows] == ["submitted"] * 3
    assert session.scalar(select(Approval)) is None


def test_a_decision_is_a_row_with_who_and_why_and_is_posted(centre):
    row = ask(centre)
    with transaction(actor=centre.manager):
        service.approve(row, centre.manager, " Fits the week. ")
    (approval,) = row.approvals
    assert (approval.user_id, approval.decision, approval.note) == (
        centre.manager.id,
        "approved",
        "Fits the week.",
    )
    topics = list(session.scalars(select(OutboxMessage.topic).order_by(OutboxMessage.id)))
    assert topics == ["request.submitted", "request.approved"]
    change = session.scalar(
        select(Audit).where(Audit.entity == "activity_request").order_by(Audit.id.desc()).limit(1)
    )
    assert (change.actor_id, change.before, change.after) == (
        centre.manager.id,
        {"state": "submitted"},
        {"state": "approved"},
    )


def test_a_no_needs_a_reason(centre):
    row = ask(centre)
    with pytest.raises(UserError, match="Say why"), transaction():
        service.decline(row, centre.manager, "  ")
    with transaction():
        service.decline(row, centre.manager, "TV-1 is out until March.")
    assert row.state == "declined"


def test_who_is_no_manager_decides_nothing(centre):
    row = ask(centre)
    for user in (centre.researcher, centre.other, centre.viewer):
        with pytest.raises(Forbidden, match="decided by managers"), transaction():
            service.approve(row, user)
    assert row.state == "submitted"


def test_a_manager_of_one_facility_decides_on_requests_for_it_and_speaks_for_it(centre):
    row = ask(centre)
    elsewhere = ask(centre, ways=(Way((centre.second.id,)),))
    with transaction():
        steward = make_user("viewer", "steward@centre.example")
        steward.roles.append(Role(role="manager", scope_kind="resource", scope_id=centre.first.id))
    with transaction():
        service.approve(row, steward)
    assert row.approvals[0].resource_id == centre.first.id
    with pytest.raises(Forbidden), transaction():
        service.approve(elsewhere, steward)


@pytest.mark.parametrize(
    ("state", "allowed"), [("draft", True), ("submitted", True), ("approved", False), ("booked", False)]
)
def test_the_owner_changes_it_until_it_is_approved(centre, state, allowed):
    row = ask(centre, state=state)
    change = centre.values(title="Other title")
    if allowed:
        with transaction():
            service.edit_request(row, change, centre.researcher, row.version, now=NOW)
        assert (row.title, row.revision) == ("Other title", 1)
    else:
        with pytest.raises(Forbidden, match="Ask a manager to change it"), transaction():
            service.edit_request(row, change, centre.researcher, row.version, now=NOW)


@pytest.mark.parametrize(("state", "revision"), [("submitted", 1), ("approved", 2), ("booked", 2)])
def test_after_the_approval_a_change_is_a_new_revision(centre, state, revision):
    row = ask(centre, state=state)
    with transaction():
        service.edit_request(row, centre.values(title="Other"), centre.manager, row.version, now=NOW)
    assert (row.revision, row.state) == (revision, state)


def test_somebody_else_changes_nothing(centre):
    row = ask(centre)
    with pytest.raises(Forbidden, match="asked for by somebody else"), transaction():
        service.edit_request(row, centre.values(title="Mine"), centre.other, row.version, now=NOW)


@pytest.mark.parametrize(
    "changes", [{"title": "Other"}, {"ways": ()}], ids=["the row itself", "only a list of it"]
)
def test_two_who_change_the_same_request_do_not_overwrite_each_other(centre, changes):
    row = ask(centre)
    seen = row.version
    if "ways" in changes:
        changes = {"ways": (Way((centre.second.id,)),)}
    with transaction():
        service.edit_request(row, centre.values(**changes), centre.researcher, seen, now=NOW)
    with pytest.raises(Stale, match="changed while you wrote"), transaction():
        service.edit_request(row, centre.values(title="Late"), centre.researcher, seen, now=NOW)
    assert row.title != "Late"


def test_lists_change_as_a_whole_and_back(centre):
    row = ask(centre, state="draft")
    for wished in (full(centre), centre.values(), full(centre)):
        with transaction():
            service.edit_request(row, wished, centre.researcher, row.version, now=NOW)
        session.expire_all()
        assert values_of(row) == wished


def test_what_did_not_change_leaves_no_trace_in_the_log(centre):
    row = ask(centre)
    with transaction():
        service.edit_request(row, centre.values(), centre.researcher, row.version, now=NOW)
        before = session.scalar(select(Audit.id).order_by(Audit.id.desc()).limit(1))
    assert session.scalar(select(Audit.id).order_by(Audit.id.desc()).limit(1)) == before


def test_what_comes_first_is_stored_and_a_circle_is_refused(centre):
    first, second = ask(centre), ask(centre)
    link = After(first.id, 60, 120, True)
    with transaction():
        service.edit_request(
            second, centre.values(afters=(link,)), centre.researcher, second.version, now=NOW
        )
    assert values_of(second).afters == (link,)
    with pytest.raises(UserError, match=r"R-000\d, then R-000\d, then R-000\d") as refused, transaction():
        values = centre.values(afters=(After(second.id),))
        service.edit_request(first, values, centre.researcher, first.version, now=NOW)
    assert set(refused.value.faults) == {"afters-0-code"}
    with pytest.raises(UserError, match="wait for each other"), transaction():
        values = centre.values(afters=(After(first.id),))
        service.edit_request(first, values, centre.researcher, first.version, now=NOW)


def test_withdrawn_and_asked_again(centre):
    row = ask(centre, state="approved")
    with transaction():
        service.withdraw(row, centre.researcher)
    assert row.state == "withdrawn"
    with transaction():
        service.reopen(row, centre.researcher)
        service.submit(row, centre.researcher)
    assert row.state == "submitted"


def test_what_is_booked_is_not_withdrawn_behind_the_booking_s_back(centre):
    row = ask(centre, state="booked")
    with pytest.raises(UserError, match="Ask a manager to cancel its booking"), transaction():
        service.withdraw(row, centre.researcher)


def test_nobody_withdraws_what_another_asked_for(centre):
    row = ask(centre)
    with pytest.raises(Forbidden), transaction():
        service.withdraw(row, centre.other)


def test_a_step_that_is_not_next_is_refused_with_what_is(centre):
    row = ask(centre, state="approved")
    with pytest.raises(UserError, match="R-0001 is approved: from there it can become booked"), transaction():
        service.approve(row, centre.manager)


def test_a_site_s_rows_are_not_asked_for_from_another(centre):
    with transaction():
        from tests.centre import make_site

        there = make_site(code="OTHER")
        foreign = make_resource(there, "X-1")
    with pytest.raises(UserError, match="facility does not exist"):
        ask(centre, ways=(Way((foreign.id,)),))


def test_spent_hours_are_the_same_for_one_project_and_for_all(centre):
    ask(centre, state="approved")
    ask(centre, state="booked")
    ask(centre, state="submitted")
    assert queries.spent_minutes(centre.project.id) == 480
    assert queries.spent_by_project(centre.site.id) == {centre.project.id: 480}
