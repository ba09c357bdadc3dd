"""`markaz approve`: by code or all, in somebody's name."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from scheduler.database import session, transaction
from scheduler.errors import NotFound, UserError
from scheduler.requests.commands import approve
from scheduler.requests.models import ActivityRequest, Approval
from tests.centre import make_request
from tests.requests.asking import Asking


@pytest.fixture
def centre(any_database):
    made = Asking()
    with transaction():
        for number in (1, 2, 3):
            make_request(made.project, made.first, code=f"R-{number}", state="submitted", minutes=60)
        make_request(made.project, made.first, code="R-4", state="draft", minutes=60)
    return made


def run(*arguments):
    result = CliRunner().invoke(approve, arguments, standalone_mode=False)
    if result.exception:
        raise result.exception
    return result.output


def approved():
    session.rollback()
    query = select(ActivityRequest.code).where(ActivityRequest.state == "approved")
    return sorted(session.scalars(query))


def test_those_that_are_named_are_approved_each_once(centre):
    assert run("R-1", "r-3", "R-1") == "Approved 2 requests.\n"
    assert approved() == ["R-1", "R-3"]
    assert len(list(session.scalars(select(Approval)))) == 2


def test_all_that_wait_are_approved_and_then_none_waits(centre):
    assert run("--all") == "Approved 3 requests.\n"
    assert approved() == ["R-1", "R-2", "R-3"]
    assert run("--all") == "No requests wait.\n"


def test_one_that_is_unknown_stops_all(centre):
    with pytest.raises(NotFound, match="There is no request R-9"):
        run("R-1", "R-9")
    assert approved() == []


def test_one_that_does_not_wait_stops_all(centre):
    with pytest.raises(UserError, match="1 of 2 cannot be approved, so none was"):
        run("R-1", "R-4")
    assert approved() == []


@pytest.mark.parametrize("arguments", [(), ("R-1", "--all")])
def test_either_codes_or_all(centre, arguments):
    with pytest.raises(UserError, match="Name the requests"):
        run(*arguments)
