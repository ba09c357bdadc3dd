"""Lists of requests: who sees which, pages, order, and how many statements they take."""

import pytest
from sqlalchemy import event

from scheduler.database import engine, session, transaction
from scheduler.errors import NotFound
from scheduler.requests import queries
from scheduler.requests.models import STATES
from tests.centre import at, make_request
from tests.requests.asking import Asking


@pytest.fixture
def centre(any_database):
    made = Asking()
    with transaction():
        ways = (made.first, made.second)
        for number in range(1, 6):
            make_request(made.project, *ways, code=f"R-{number}", state="submitted", minutes=60 * number)
        make_request(made.secret, made.first, code="T-1", title="Night vision", requester_id=made.other.id)
        make_request(made.secret, made.first, code="T-2", title="100 % off", state="draft")
    return made


def codes(page):
    return [row.code for row in page.rows]


def test_managers_see_all_others_their_own_and_those_of_their_projects(centre):
    assert queries.list_requests(centre.manager, centre.site.id).total == 7
    assert codes(queries.list_requests(centre.researcher, centre.site.id)) == [f"R-{n}" for n in range(1, 6)]
    assert codes(queries.list_requests(centre.other, centre.site.id)) == ["T-1", "T-2"]
    assert queries.list_requests(centre.viewer, centre.site.id).total == 0


def test_who_left_a_confidential_project_does_not_see_even_the_own_request(centre):
    with transaction():
        secret = centre.secret
        secret.members.clear()
    assert queries.list_requests(centre.other, centre.site.id).total == 0


def test_one_that_is_not_to_be_seen_is_not_there(centre):
    hidden = queries.find_by_code(centre.site.id, "T-1")
    assert queries.get_request(centre.other, hidden.id).code == "T-1"
    with pytest.raises(NotFound):
        queries.get_request(centre.researcher, hidden.id)
    assert queries.find_by_code(centre.site.id, " t-1 ", centre.researcher) is None
    assert queries.find_by_code(centre.site.id, " t-1 ", centre.other) == hidden


def test_a_text_is_looked_for_as_it_stands(centre):
    found = {
        text: codes(queries.list_requests(centre.manager, centre.site.id, text=text))
        for text in ("night", "NIGHT", "r-4", "Badr", "researcher", "%", "_", "' OR 1=1 --")
    }
    assert found == {
        "night": ["T-1"],
        "NIGHT": ["T-1"],
        "r-4": ["R-4"],
        "Badr": ["R-1", "R-2", "R-3", "R-4", "R-5"],
        "researcher": ["T-1"],
        "%": ["T-2"],
        "_": [],
        "' OR 1=1 --": [],
    }


def test_state_and_kind_narrow_the_list_and_the_counts(centre):
    submitted = queries.list_requests(centre.manager, centre.site.id, state="submitted", kind="R&D")
    assert submitted.total == 5
    counts = queries.counts_by_state(centre.manager, centre.site.id, kind="training")
    assert counts == dict.fromkeys(STATES, 0) | {"approved": 1, "draft": 1}
    assert queries.count_waiting(centre.manager, centre.site.id) == 5
    assert queries.count_waiting(centre.other, centre.site.id) == 0


def test_every_order_goes_both_ways(centre):
    def listed(sort, descending=False):
        return codes(queries.list_requests(centre.manager, centre.site.id, sort=sort, descending=descending))

    everything = ["R-1", "R-2", "R-3", "R-4", "R-5", "T-1", "T-2"]
    for sort in queries.SORTS:
        assert sorted(listed(sort)) == sorted(listed(sort, descending=True)) == everything
    assert listed("code") == listed("code", descending=True)[::-1] == everything
    assert listed("length", descending=True)[:3] == ["R-5", "R-4", "R-3"]


def test_pages_hold_fifty_and_a_number_that_is_none_gives_the_nearest(centre):
    with transaction():
        for number in range(100, 152):
            make_request(centre.project, centre.first, code=f"X-{number}")
    first = queries.list_requests(centre.manager, centre.site.id)
    assert (len(first.rows), first.pages, first.total) == (50, 2, 59)
    assert queries.list_requests(centre.manager, centre.site.id, page=99).number == 2
    assert queries.list_requests(centre.manager, centre.site.id, page=-1).number == 1
    second = queries.list_requests(centre.manager, centre.site.id, page=2)
    assert not set(codes(first)) & set(codes(second))


def test_the_number_of_statements_does_not_grow_with_the_rows(centre):
    def statements():
        seen = []
        session.expunge_all()

        def note(_connection, _cursor, statement, *_rest):
            if statement.startswith("SELECT"):
                seen.append(statement)

        event.listen(engine(), "before_cursor_execute", note)
        try:
            for row in queries.list_requests(None, site_id).rows:
                assert row.project.name
                assert [use.resource.code for way in row.alternatives for use in way.uses]
        finally:
            event.remove(engine(), "before_cursor_execute", note)
        return len(seen)

    site_id = centre.site.id
    few = statements()
    with transaction() as current:
        project = current.get(type(centre.project), queries.find_by_code(site_id, "R-1").project_id)
        first = queries.find_by_code(site_id, "R-1").alternatives[0].resources[0]
        for number in range(40):
            make_request(project, first, code=f"Y-{number}", earliest_at=at(0, 1))
    assert statements() == few
