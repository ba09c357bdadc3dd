"""The pages about requests: what they show, whom they refuse, and that each deed is done once."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.database import session, transaction, utc_now
from scheduler.requests.models import ActivityRequest
from tests.centre import make_request
from tests.pages import client_of, text_of
from tests.requests.asking import Asking

WHEN = (utc_now() + timedelta(days=30)).replace(hour=8, minute=0, second=0, microsecond=0)


@pytest.fixture
def centre(app):
    made = Asking()
    with transaction():
        made.asked = make_request(
            made.project, made.first, code="R-1", title="Leak test", state="submitted",
            requester_id=made.researcher.id, earliest_at=WHEN, latest_at=WHEN + timedelta(days=5),
        )  # fmt: skip
        made.hidden = make_request(
            made.secret, made.first, code="T-1", title="Night vision", state="submitted"
        )
        made.ids = {"R-1": made.asked.id, "T-1": made.hidden.id}
    return made


@pytest.fixture
def manager(app, centre):
    return client_of(app, centre.manager)


@pytest.fixture
def researcher(app, centre):
    return client_of(app, centre.researcher)


@pytest.fixture
def viewer(app, centre):
    return client_of(app, centre.viewer)


def typed(centre, **changes):
    return {
        "title": "Cold start",
        "project": centre.project.id,
        "wish": "4",
        "ways-0-resources-0": centre.first.id,
        "earliest": f"{WHEN:%Y-%m-%d %H:%M}",
        "latest": f"{WHEN + timedelta(days=5):%Y-%m-%d %H:%M}",
        "priority": "3",
        "key": "one-form",
        "then": "submit",
    } | changes


def state_of(code):
    session.rollback()
    return session.scalar(select(ActivityRequest.state).where(ActivityRequest.code == code))


def count():
    session.rollback()
    return session.scalar(select(func.count(ActivityRequest.id)))


def test_a_manager_sees_what_waits_and_how_much(manager):
    page = text_of(manager.get("/requests/"))
    assert "2 wait for an answer." in page
    assert "Leak test" in page
    assert "Night vision" in page
    assert 'name="request"' in page


def test_a_researcher_sees_the_own_ones_and_decides_nothing(researcher):
    page = text_of(researcher.get("/requests/?state=submitted"))
    assert "Leak test" in page
    assert "Night vision" not in page
    assert 'name="request"' not in page


@pytest.mark.parametrize("path", ["/requests/", "/requests/new", "/requests/1", "/requests/1/edit"])
def test_a_viewer_is_refused(viewer, path):
    answer = viewer.get(path)
    assert answer.status_code == 403
    assert "needs the role researcher" in text_of(answer)


@pytest.mark.parametrize(
    "query", ["state=submitted", "state=all&q=leak", "kind=training", "sort=length&order=down", "page=7",
              "page=x", "page=99999999999999999999", "sort=nonsense", "q=%27%20OR%201%3D1"]
)  # fmt: skip
def test_any_list_that_can_be_asked_for_is_shown(manager, query):
    assert manager.get(f"/requests/?{query}").status_code == 200


@pytest.mark.parametrize("query", ["state=lost", "kind=unkind", "q=%00"])
def test_a_list_that_is_none_is_refused(manager, query):
    assert manager.get(f"/requests/?{query}").status_code == 400


def test_an_empty_list_says_what_would_be_here(manager):
    assert "No request is here yet." in text_of(manager.get("/requests/?state=done"))
    assert "Nothing here matches." in text_of(manager.get("/requests/?q=zzz"))


def test_the_page_of_a_request_says_all_of_it(researcher, centre):
    page = text_of(researcher.get(f"/requests/{centre.ids['R-1']}"))
    for words in ("Leak test", "R-1", "Badr-3", "TV-1", "2 h", "Where it stands: submitted", "Withdraw"):
        assert words in page
    assert "Approve" not in page


def test_another_s_request_is_not_there(researcher, centre):
    answer = researcher.get(f"/requests/{centre.ids['T-1']}")
    assert answer.status_code == 404
    assert "Night vision" not in text_of(answer)


@pytest.mark.parametrize("number", ["0", "999999", "2147483648", "9" * 20, "-1", "x"])
def test_a_number_that_is_no_request_is_not_there(manager, number):
    assert manager.get(f"/requests/{number}").status_code == 404


def test_asking_stores_it_once_however_often_the_button_is_pressed(researcher, centre):
    answers = [researcher.post("/requests/new", data=typed(centre)) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert count() == 3
    assert "R-0002 is asked for. A manager answers it." in text_of(researcher.get(answers[0].location))
    assert state_of("R-0002") == "submitted"


def test_the_same_key_with_something_else_is_refused(researcher, centre):
    researcher.post("/requests/new", data=typed(centre))
    answer = researcher.post("/requests/new", data=typed(centre, title="Other"))
    assert answer.status_code == 400
    assert "sent before with something else" in text_of(answer)
    assert count() == 3


def test_a_draft_is_kept_and_not_asked_for(researcher, centre):
    researcher.post("/requests/new", data=typed(centre, then="draft"))
    assert state_of("R-0002") == "draft"


def test_a_bad_form_is_shown_again_with_the_faults_and_what_was_typed(researcher, centre):
    answer = researcher.post("/requests/new", data=typed(centre, title="", wish="four", note="Keep me"))
    page = text_of(answer)
    assert answer.status_code == 400
    assert "Say in a few words what is to be done." in page
    assert "&#34;four&#34; is no length" in page
    assert 'value="four"' in page
    assert "Keep me" in page
    assert page.count("autofocus") == 1
    assert re.search(r"<input[^>]*aria-invalid=\"true\"[^>]*autofocus[^>]*id=\"title\"", page)
    assert count() == 2


def test_what_the_rules_refuse_stands_beside_its_field(researcher, centre):
    data = typed(centre, latest=f"{WHEN + timedelta(hours=3):%Y-%m-%d %H:%M}", wish="4", least="4")
    page = text_of(researcher.post("/requests/new", data=data))
    assert re.search(
        r'id="latest-fault" role="alert">.*That leaves 3 h for 4.5 h of work, setup and teardown', page
    )


def test_one_more_row_is_shown_and_nothing_is_checked_or_stored(researcher, centre):
    answer = researcher.post("/requests/new", data={"title": "Half", "more": "ways", "key": "k"})
    page = text_of(answer)
    assert answer.status_code == 200
    assert 'name="ways-4-resources-0"' in page
    assert 'value="Half"' in page
    assert "Nothing is saved yet" not in page
    assert count() == 2


def test_a_script_in_a_title_is_shown_as_text(researcher, centre):
    researcher.post("/requests/new", data=typed(centre, title="<script>alert(1)</script>{{7*7}}"))
    page = researcher.get("/requests/?state=all").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page


@pytest.mark.parametrize("title", ["🚀 \u202eRTL", "=cmd|'/c calc'!A1", "冷启动", "سرد آغاز"])
def test_odd_titles_are_kept_exactly(researcher, centre, title):
    researcher.post("/requests/new", data=typed(centre, title=title))
    session.rollback()
    assert session.scalar(select(ActivityRequest.title).where(ActivityRequest.code == "R-0002")) == title


def test_a_title_with_nul_is_refused(researcher, centre):
    assert researcher.post("/requests/new", data=typed(centre, title="a\x00b")).status_code == 400
    assert count() == 2


def test_a_project_of_others_cannot_be_asked_for(researcher, centre):
    answer = researcher.post("/requests/new", data=typed(centre, project=centre.secret.id))
    assert answer.status_code == 400
    assert "Qamar" not in text_of(answer)


def test_what_a_researcher_may_not_decide_is_not_taken_from_the_form(researcher, centre):
    stolen = {
        "value": "999",
        "is_mandatory": "y",
        "state": "approved",
        "requester_id": "1",
        "code": "X",
        "revision": "9",
    }
    researcher.post("/requests/new", data=typed(centre, **stolen))
    session.rollback()
    row = session.scalar(select(ActivityRequest).where(ActivityRequest.code == "R-0002"))
    assert (row.value, row.is_mandatory, row.state, row.revision) == (0, False, "submitted", 1)
    assert row.requester_id == centre.researcher.id


def version_on(page):
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]


def test_changing_shows_what_stands_and_stores_what_is_new(researcher, centre):
    path = f"/requests/{centre.ids['R-1']}/edit"
    page = researcher.get(path).text
    assert 'value="Leak test"' in page
    answer = researcher.post(path, data=typed(centre, version=version_on(page), then="save"))
    assert answer.status_code == 302
    assert "Cold start" in text_of(researcher.get(answer.location))


def test_a_change_upon_an_older_version_is_shown_again_and_saved_the_second_time(researcher, centre):
    path = f"/requests/{centre.ids['R-1']}/edit"
    seen = version_on(researcher.get(path).text)
    researcher.post(path, data=typed(centre, version=seen, title="First"))
    answer = researcher.post(path, data=typed(centre, version=seen, title="Second"))
    assert answer.status_code == 409
    assert "changed while you wrote" in text_of(answer)
    assert 'value="Second"' in answer.text
    again = researcher.post(path, data=typed(centre, version=version_on(answer.text), title="Second"))
    assert again.status_code == 302


def test_a_bad_change_is_shown_again_and_nothing_is_stored(researcher, centre):
    path = f"/requests/{centre.ids['R-1']}/edit"
    version = version_on(researcher.get(path).text)
    answer = researcher.post(path, data=typed(centre, version=version, wish="0"))
    assert answer.status_code == 400
    assert "A run takes more than 0 min" in text_of(answer)
    session.rollback()
    assert session.get(ActivityRequest, centre.ids["R-1"]).title == "Leak test"


def test_the_owner_does_not_change_what_is_approved_but_a_manager_does(researcher, manager, centre):
    manager.post(f"/requests/{centre.ids['R-1']}/approve")
    path = f"/requests/{centre.ids['R-1']}/edit"
    assert researcher.get(path).status_code == 403
    page = manager.get(path)
    assert page.status_code == 200
    assert "becomes revision 2" in text_of(page)


@pytest.mark.parametrize("deed", ["approve", "decline"])
def test_only_managers_decide(researcher, viewer, centre, deed):
    for client in (researcher, viewer):
        answer = client.post(f"/requests/{centre.ids['R-1']}/{deed}", data={"note": "x"})
        assert answer.status_code == 403
    assert state_of("R-1") == "submitted"


def test_approving_is_done_once_and_the_second_time_says_so(manager, centre):
    path = f"/requests/{centre.ids['R-1']}/approve"
    assert "R-1 is approved." in text_of(manager.post(path, follow_redirects=True))
    page = text_of(manager.post(path, follow_redirects=True))
    assert "R-1 is approved: from there it can become" in page
    session.rollback()
    assert len(session.get(ActivityRequest, centre.ids["R-1"]).approvals) == 1


def test_declining_needs_a_reason_which_the_requester_reads(manager, researcher, centre):
    path = f"/requests/{centre.ids['R-1']}/decline"
    assert "Say why" in text_of(manager.post(path, data={"note": " "}, follow_redirects=True))
    assert state_of("R-1") == "submitted"
    manager.post(path, data={"note": "TV-1 is out until March."})
    assert "TV-1 is out until March." in text_of(researcher.get(f"/requests/{centre.ids['R-1']}"))


def test_several_are_decided_at_once(manager, centre):
    data = {"request": list(centre.ids.values()), "decision": "approve"}
    page = text_of(manager.post("/requests/decide", data=data, follow_redirects=True))
    assert "Approved 2 requests." in page
    assert [state_of(code) for code in centre.ids] == ["approved", "approved"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"decision": "approve"}, "Nothing was ticked"),
        ({"request": ["1"], "decision": "lose"}, "Nothing was ticked"),
        ({"request": ["9" * 20], "decision": "approve"}, "There is no such request"),
        ({"request": ["1"], "decision": "decline", "note": ""}, "Say why"),
    ],
)
def test_a_decision_upon_nothing_changes_nothing(manager, centre, data, words):
    assert words in text_of(manager.post("/requests/decide", data=data, follow_redirects=True))
    assert [state_of(code) for code in centre.ids] == ["submitted", "submitted"]


def test_a_researcher_decides_on_none_of_several(researcher, centre):
    data = {"request": [centre.ids["R-1"]], "decision": "approve"}
    assert researcher.post("/requests/decide", data=data).status_code == 403
    assert state_of("R-1") == "submitted"


def test_the_owner_withdraws_and_asks_again(researcher, centre):
    path = f"/requests/{centre.ids['R-1']}"
    for deed, state in (("withdraw", "withdrawn"), ("reopen", "draft"), ("submit", "submitted")):
        assert researcher.post(f"{path}/{deed}").status_code == 302
        assert state_of("R-1") == state


def test_nobody_withdraws_what_one_does_not_see(researcher, centre):
    assert researcher.post(f"/requests/{centre.ids['T-1']}/withdraw").status_code == 404
    assert state_of("T-1") == "submitted"


def test_writes_are_never_done_by_get(manager, centre):
    for deed in ("approve", "decline", "withdraw", "submit", "reopen"):
        assert manager.get(f"/requests/{centre.ids['R-1']}/{deed}").status_code == 405
    assert manager.get("/requests/decide").status_code in (404, 405)
