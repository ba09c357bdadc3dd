"""Comments, a question back until it is answered, and the history of a request."""

import pytest

from scheduler.database import session, transaction
from scheduler.errors import Forbidden, UserError
from scheduler.outbox import OutboxMessage
from scheduler.requests import history, service, talking
from scheduler.requests.models import ActivityRequest
from scheduler.requests.writing import values_of
from tests.centre import make_request
from tests.pages import client_of, text_of
from tests.requests.asking import NOW, Asking


@pytest.fixture
def centre(app):
    made = Asking()
    with transaction(actor=made.researcher):
        row = service.create_request(made.values(), made.researcher, now=NOW)
        service.submit(row, made.researcher)
        made.row_id = row.id
    return made


def row_of(centre):
    session.rollback()
    return session.get(ActivityRequest, centre.row_id)


def do(centre, user, work, *args):
    with transaction(actor=user):
        return work(session.get(ActivityRequest, centre.row_id), user, *args)


def test_a_question_waits_until_who_asked_answers(centre):
    do(centre, centre.manager, talking.ask_back, "Can it run without the hood?")
    assert row_of(centre).asked_back_at is not None
    assert row_of(centre).state == "submitted"
    do(centre, centre.manager, talking.comment, "Nothing yet")
    assert row_of(centre).asked_back_at is not None
    do(centre, centre.researcher, talking.comment, "Yes, it can.")
    assert row_of(centre).asked_back_at is None
    assert [said.kind for said in row_of(centre).comments] == ["question", "comment", "answer"]


def test_a_change_by_who_asked_answers_too_and_one_by_a_manager_does_not(centre):
    for user, waits in ((centre.manager, True), (centre.researcher, False)):
        do(centre, centre.manager, talking.ask_back, "How long?")
        with transaction(actor=user):
            row = session.get(ActivityRequest, centre.row_id)
            service.edit_request(row, values_of(row), user, row.version, now=NOW)
        assert (row_of(centre).asked_back_at is not None) is waits


def test_a_decision_ends_the_question(centre):
    do(centre, centre.manager, talking.ask_back, "How long?")
    do(centre, centre.manager, service.approve)
    assert row_of(centre).asked_back_at is None


def test_only_who_decides_asks_back_and_only_of_what_waits(centre):
    with pytest.raises(Forbidden, match="Write a comment instead"):
        do(centre, centre.researcher, talking.ask_back, "Why?")
    do(centre, centre.manager, service.approve)
    with pytest.raises(UserError, match="nothing waits"):
        do(centre, centre.manager, talking.ask_back, "Why?")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_an_empty_or_endless_comment_is_refused(centre, text):
    with pytest.raises(UserError):
        do(centre, centre.researcher, talking.comment, text)
    assert row_of(centre).comments == []


def test_what_is_said_goes_to_the_outbox(centre):
    do(centre, centre.manager, talking.ask_back, "How long?")
    session.rollback()
    assert [one.body["kind"] for one in session.query(OutboxMessage).filter_by(topic="request.said")] == [
        "question"
    ]


def test_the_history_names_who_did_what_the_latest_first(centre):
    do(centre, centre.manager, talking.ask_back, "How long?")
    do(centre, centre.researcher, talking.comment, "An hour")
    do(centre, centre.manager, service.approve, "Good")
    said = [(each.who, each.words) for each in history.events(row_of(centre))]
    assert said == [
        ("Manager", "approved it"),
        ("Researcher", "answered"),
        ("Manager", "asked back"),
        ("Researcher", "asked for it"),
        ("Researcher", "wrote it down"),
    ]


def test_what_is_changed_behind_the_back_of_decisions_is_in_the_history(centre):
    do(centre, centre.manager, service.approve)
    with transaction(actor=centre.manager):
        session.get(ActivityRequest, centre.row_id).state = "booked"
    assert history.events(row_of(centre))[0].words == "booked it"
    steps = history.steps(row_of(centre), is_planned=False)
    assert [step.is_done for step in steps] == [True, True, True, True]


@pytest.mark.parametrize(
    ("state", "planned", "done"),
    [
        ("draft", False, 0),
        ("submitted", False, 1),
        ("approved", False, 2),
        ("approved", True, 3),
        ("declined", False, 1),
    ],
)
def test_the_steps_say_how_far_it_is(centre, state, planned, done):
    with transaction():
        row = make_request(centre.project, centre.first, code="R-9", state=state)
        steps = history.steps(row, is_planned=planned)
    assert sum(step.is_done for step in steps) == done
    assert [step.word for step in steps if step.is_bad] == (["declined"] if state == "declined" else [])


def test_the_page_shows_the_question_and_takes_the_answer_once(app, centre):
    manager, researcher = client_of(app, centre.manager), client_of(app, centre.researcher)
    path = f"/requests/{centre.row_id}"
    page = text_of(
        manager.post(f"{path}/ask-back", data={"note": "Without the hood?"}, follow_redirects=True)
    )
    assert "asked back" in page
    assert "Without the hood?" in text_of(researcher.get(path))
    for _ in range(3):
        page = text_of(
            researcher.post(f"{path}/comment", data={"text": "Yes", "key": "k1"}, follow_redirects=True)
        )
    assert len(row_of(centre).comments) == 2
    assert "Answer</a>" not in page


def test_a_question_without_words_is_refused_on_the_page(app, centre):
    manager = client_of(app, centre.manager)
    page = text_of(
        manager.post(f"/requests/{centre.row_id}/ask-back", data={"note": " "}, follow_redirects=True)
    )
    assert "Write what you want to ask." in page
    assert row_of(centre).asked_back_at is None


@pytest.mark.parametrize("deed", ["ask-back", "comment", "wait", "prefer", "template", "attachments"])
def test_who_does_not_see_it_does_nothing_to_it(app, centre, deed):
    for who, status in ((centre.other, {403, 404}), (centre.viewer, {403})):
        answer = client_of(app, who).post(
            f"/requests/{centre.row_id}/{deed}", data={"text": "x", "note": "x"}
        )
        assert answer.status_code in status
    assert row_of(centre).comments == []
