"""The form of a request: filled by a template or a copy, asked again and again, on behalf of others."""

import re
from datetime import timedelta
from io import BytesIO

import pytest

from scheduler.database import session, transaction, utc_now
from scheduler.errors import Forbidden, Stale, UserError
from scheduler.requests import service, templates
from scheduler.requests.models import ActivityRequest, RequestTemplate
from scheduler.requests.values import DrawValue, NeedValue
from tests.pages import client_of, text_of
from tests.requests.asking import NOW, Asking
from tests.requests.test_views import WHEN, typed


@pytest.fixture
def centre(app):
    made = Asking()
    with transaction():
        values = made.values(
            needs=(NeedValue(made.operator.id),), draws=(DrawValue(made.nitrogen.id, 4),), hazards="laser",
            setup_minutes=45, preferred="morning",
        )  # fmt: skip
        made.row_id = service.create_request(values, made.researcher, now=NOW).id
    return made


@pytest.fixture
def researcher(app, centre):
    return client_of(app, centre.researcher)


@pytest.fixture
def manager(app, centre):
    return client_of(app, centre.manager)


def save(centre, name="Thermal cycling", kind="R&D", user=None):
    with transaction():
        row = session.get(ActivityRequest, centre.row_id)
        return templates.save_template(row, user or centre.manager, name, kind).id


def rows():
    session.rollback()
    return session.query(ActivityRequest).order_by(ActivityRequest.id).all()


def test_a_template_gives_back_what_was_kept(centre):
    template_id = save(centre)
    session.rollback()
    told = templates.known(session.get(RequestTemplate, template_id))
    assert [way.resource_ids for way in told.ways] == [(centre.first.id,), (centre.second.id,)]
    assert told.needs == (NeedValue(centre.operator.id),)
    assert told.draws == (DrawValue(centre.nitrogen.id, 4),)
    assert told.plain["setup_minutes"] == 45
    assert templates.said_by(session.get(RequestTemplate, template_id)) == (
        "TV-1 or TV-2, 1 vacuum operator, 4 l/h LN2"
    )


def test_of_what_is_retired_a_template_says_nothing(centre):
    template_id = save(centre)
    with transaction():
        centre.first.retired_at = utc_now()
        centre.operator.retired_at = utc_now()
    told = templates.known(session.get(RequestTemplate, template_id))
    assert [way.resource_ids for way in told.ways] == [(centre.second.id,)]
    assert told.needs == ()


def test_one_of_the_same_name_is_replaced_and_researchers_keep_none(centre):
    assert save(centre) == save(centre, "  thermal   CYCLING ")
    with pytest.raises(Forbidden, match="kept by managers"):
        save(centre, user=centre.researcher)
    with pytest.raises(UserError, match="Write the kind of work"):
        save(centre, " ")
    with pytest.raises(UserError, match="or all"):
        save(centre, "X", "holiday")


def test_a_template_is_renamed_once_and_not_upon_an_older_version(centre):
    template_id, _ = save(centre), save(centre, "Leak test")
    with transaction():
        templates.change_template(
            session.get(RequestTemplate, template_id), centre.manager, 1, "Cycling", None
        )
    with transaction(), pytest.raises(Stale):
        templates.change_template(session.get(RequestTemplate, template_id), centre.manager, 1, "X", None)
    with transaction(), pytest.raises(UserError, match="already"):
        row = session.get(RequestTemplate, template_id)
        templates.change_template(row, centre.manager, row.version, "leak TEST", None)


def test_the_form_offers_templates_for_one_s_kinds_of_project(centre, researcher):
    save(centre)
    save(centre, "Night vision", "training")
    page = text_of(researcher.get("/requests/new"))
    assert "Thermal cycling" in page
    assert "Night vision" not in page


def test_choosing_a_template_fills_in_and_keeps_what_was_typed(centre, researcher):
    template_id = save(centre)
    data = {
        "title": "My own words",
        "project": centre.project.id,
        "template": template_id,
        "more": "template",
    }
    page = researcher.post("/requests/new", data=data).text
    assert 'value="My own words"' in page
    assert re.search(rf'<option[^>]*selected[^>]*value="{centre.first.id}"', page)
    assert 'value="0.75"' in page
    assert "filled in:" in page
    assert len(rows()) == 1


def test_with_a_template_three_answers_are_enough(centre, researcher):
    template_id = save(centre)
    page = researcher.get(f"/requests/new?template={template_id}").text
    assert 'value="Leak test"' in page
    chosen = {name: value for name, value in _selected(page).items() if value}
    data = {"title": "Leak test 2", "wish": "4", "priority": "3", "key": "k", "then": "submit"} | chosen
    data |= {"draws-0-amount": "4", "needs-0-count": "1"}
    data |= {"earliest": f"{WHEN:%Y-%m-%d %H:%M}", "latest": f"{WHEN + timedelta(days=5):%Y-%m-%d %H:%M}"}
    assert researcher.post("/requests/new", data=data).status_code == 302
    made = rows()[-1]
    assert (made.title, made.needs[0].qualification_id) == ("Leak test 2", centre.operator.id)


def _selected(page):
    found = {}
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        option = re.search(r"<option([^>]*)selected([^>]*)>", inside)
        if option:
            value = re.search(r'value="([^"]*)"', option[0])
            found[name] = value[1] if value else ""
    return found


def test_the_pages_of_templates_are_for_managers(centre, researcher, manager):
    template_id = save(centre)
    assert researcher.get("/requests/templates").status_code == 403
    assert researcher.post(f"/requests/templates/{template_id}", data={"then": "retire"}).status_code == 403
    assert researcher.post(f"/requests/{centre.row_id}/template", data={"name": "X"}).status_code == 403
    page = text_of(manager.get("/requests/templates"))
    assert "TV-1 or TV-2, 1 vacuum operator" in page
    bad = manager.post(f"/requests/templates/{template_id}", data={"version": "1", "name": ""})
    assert bad.status_code == 400
    assert "Write the kind of work" in text_of(bad)
    data = {"version": "1", "name": "A", "then": "retire"}
    said = text_of(manager.post(f"/requests/templates/{template_id}", data=data, follow_redirects=True))
    assert "is offered no more." in said
    assert "Thermal cycling" not in text_of(manager.get("/requests/new"))
    assert "No kind of work has a template yet." in text_of(manager.get("/requests/templates"))


def test_a_request_is_saved_as_a_template_on_its_page(centre, manager):
    data = {"name": "Vent", "project_kind": "R&D"}
    page = text_of(manager.post(f"/requests/{centre.row_id}/template", data=data, follow_redirects=True))
    assert "&#34;Vent&#34; is a template now." in page


def test_a_copy_is_filled_in_with_times_that_are_still_to_come(centre, researcher):
    page = researcher.get(f"/requests/new?copy={centre.row_id}").text
    assert 'value="Leak test"' in page
    day = re.search(r'value="(\d{4}-\d\d-\d\d) 08:00"', page)
    assert day is not None
    assert day[1] > utc_now().date().isoformat()
    assert researcher.get("/requests/new?copy=99999").status_code == 404


def test_a_series_is_asked_for_once_and_its_page_lists_it(centre, researcher):
    data = typed(centre, wish="1", every="week", count="3")
    answers = [researcher.post("/requests/new", data=data) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {302}
    made = rows()[1:]
    assert len(made) == 3
    assert {row.state for row in made} == {"submitted"}
    page = text_of(researcher.get(answers[0].location))
    assert "Series of 3" in page
    assert made[2].code in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"every": "week"}, "Say how many times"),
        ({"every": "week", "count": "3", "until": "soon"}, "is no day"),
        ({"every": "week", "count": "99"}, "Write a whole number from 1 to 60"),
        ({"every": "week", "count": "3", "earliest": ""}, "the series counts its days from there"),
    ],
)
def test_a_series_that_cannot_be_read_is_shown_again(centre, researcher, changes, words):
    answer = researcher.post("/requests/new", data=typed(centre, **changes))
    assert answer.status_code == 400
    assert words in text_of(answer)
    assert len(rows()) == 1


def test_a_manager_asks_on_behalf_of_a_member_and_nobody_else_does(centre, researcher, manager):
    data = typed(centre, requester=centre.researcher.id)
    assert manager.post("/requests/new", data=data).status_code == 302
    assert rows()[-1].requester_id == centre.researcher.id
    answer = manager.post("/requests/new", data=typed(centre, requester=centre.other.id, key="k2"))
    assert answer.status_code == 400
    assert "is no member of Badr-3" in text_of(answer)
    stolen = researcher.post("/requests/new", data=typed(centre, requester=centre.manager.id, key="k3"))
    assert stolen.status_code in (302, 400)
    assert all(row.requester_id != centre.manager.id for row in rows())


def test_files_go_with_a_new_request_and_a_bad_one_stops_it(centre, researcher):
    good = typed(centre, key="f1") | {"attachments": [(BytesIO(b"%PDF-1"), "plan.pdf")]}
    assert researcher.post("/requests/new", data=good, content_type="multipart/form-data").status_code == 302
    assert [file.name for file in rows()[-1].attachments] == ["plan.pdf"]
    bad = typed(centre, key="f2") | {"attachments": [(BytesIO(b"MZ\x00"), "plan.pdf")]}
    answer = researcher.post("/requests/new", data=bad, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert "is none of pdf" in text_of(answer)
    assert len(rows()) == 2


def test_hazards_and_liked_times_are_stored_and_strange_ones_refused(centre, researcher):
    researcher.post(
        "/requests/new", data=typed(centre, hazards=["laser", "cryogenics"], preferred=["Wed", "morning"])
    )
    assert (rows()[-1].hazards, rows()[-1].preferred) == ("laser; cryogenics", "morning; Wed")
    page = text_of(researcher.get(f"/requests/{rows()[-1].id}"))
    assert "cryogenics" in page
    assert "morning, Wed" in page
    answer = researcher.post("/requests/new", data=typed(centre, hazards=["soup"], key="k2"))
    assert answer.status_code == 400


def test_the_chosen_slot_is_liked_best(centre, researcher):
    slot = f"{WHEN + timedelta(days=1):%Y-%m-%dT%H:%MZ}/240"
    researcher.post("/requests/new", data=typed(centre, slot=slot))
    made = rows()[-1]
    assert (made.preferred_from, made.preferred_until - made.preferred_from) == (
        WHEN + timedelta(days=1), timedelta(hours=4),
    )  # fmt: skip
    answer = researcher.post("/requests/new", data=typed(centre, slot="tomorrow", key="k2"))
    assert answer.status_code == 400


def test_last_week_is_copied_as_drafts(centre, researcher):
    monday = (utc_now() - timedelta(days=utc_now().weekday() + 7)).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    with transaction():
        values = centre.values(earliest_at=monday, latest_at=monday + timedelta(days=4))
        row = service.create_request(values, centre.researcher, now=monday - timedelta(days=1))
        service.submit(row, centre.researcher)
    page = text_of(researcher.post("/requests/copy-week", follow_redirects=True))
    assert "Copied 1 request to week" in page
    made = rows()[-1]
    assert (made.state, made.earliest_at) == ("draft", monday + timedelta(days=14))
    nothing = text_of(
        researcher.post("/requests/copy-week", data={"from": "2020-W01"}, follow_redirects=True)
    )
    assert "Nothing is copied" in nothing


def test_a_manager_finds_the_own_ones_apart(centre, manager):
    assert "<h1>My requests</h1>" in manager.get("/requests/?mine=1").text
    assert "Leak test" not in text_of(manager.get("/requests/?mine=1"))
    assert "<h1>Requests</h1>" in manager.get("/requests/").text
