"""Pages of plans: order a build, follow it, stop it, see why not, publish once."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from scheduler.bookings.models import Booking
from scheduler.database import session, transaction, utc_now
from scheduler.plans import live, queries, service
from scheduler.plans.models import Plan, SolveRun
from scheduler.requests.models import ActivityRequest
from scheduler.resources.models import Resource
from tests import centre
from tests.pages import app_on, client_of, text_of
from tests.plans.week import WEEK, Centre, build


class World:
    """A chamber, one request that fits and one that is too long for any day, a user of each role."""

    def __init__(self) -> None:
        with transaction():
            self.centre = Centre()
            self.users = {role: centre.make_user(role) for role in ("viewer", "researcher", "manager")}
            fits = centre.make_request(self.centre.project, self.centre.chamber, code="R-1")
            self.too_long = centre.make_request(
                self.centre.project, self.centre.chamber, code="R-2", minutes=11 * 60, title="Endless soak"
            ).id
            self.fits = fits.id
            self.site = self.centre.site

    def built(self) -> int:
        return build(session.merge(self.site)).id


@pytest.fixture
def app(sqlite_database: str, tmp_path: Path) -> Flask:
    return app_on(sqlite_database, tmp_path)


@pytest.fixture
def world(app: Flask) -> World:
    return World()


def manager(app: Flask, world: World):
    return client_of(app, world.users["manager"])


def order(world: World) -> int:
    """A build that no worker has taken."""
    with transaction():
        return service.order_build(session.merge(world.site), WEEK).id


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/plans/"),
        ("post", "/plans/build"),
        ("get", "/plans/runs/1"),
        ("get", "/plans/runs/1.json"),
        ("get", "/plans/runs/1/events"),
        ("post", "/plans/runs/1/stop"),
        ("get", "/plans/1"),
        ("get", "/plans/1/publish"),
        ("post", "/plans/1/publish"),
    ],
)
@pytest.mark.parametrize("role", ["viewer", "researcher"])
def test_plans_are_for_managers(app, world, method, path, role):
    order(world)
    assert client_of(app, world.users[role]).open(path, method=method).status_code == 403
    assert session.scalars(select(SolveRun)).one().cancel_requested is False


def test_a_manager_of_one_chamber_sees_plans_and_changes_none(app, world):
    run_id, plan_id = order(world), world.built()
    with transaction():
        steward = centre.make_user("viewer", "steward@centre.example")
        steward.roles[0].role = "manager"
        steward.roles[0].scope_kind, steward.roles[0].scope_id = "resource", 1
    client = client_of(app, steward)
    assert client.get(f"/plans/{plan_id}").status_code == 200
    for path in ("/plans/build", f"/plans/runs/{run_id}/stop", f"/plans/{plan_id}/publish"):
        assert client.post(path, data={"week": "2026-W49"}).status_code == 403
    assert session.scalars(select(Booking)).all() == []
    assert len(session.scalars(select(Plan)).all()) == 2


def test_a_build_is_ordered_and_followed(app, world):
    client = manager(app, world)
    response = client.post("/plans/build", data={"week": "", "time_limit": "20"})
    run = session.scalars(select(SolveRun)).one()
    assert (response.status_code, response.location) == (302, f"/plans/runs/{run.id}")
    assert (run.state, run.time_limit_seconds) == ("queued", 20)
    page = text_of(client.get(response.location))
    assert "Waiting for a worker" in page
    assert "2 requests asked for" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"week": "2026-49"}, "is no week"),
        ({"week": "", "time_limit": "soon"}, "no number of seconds"),
        ({"week": "", "time_limit": "0"}, "takes from 1 to"),
        ({"week": "2030-W10"}, "No approved request waits"),
    ],
    ids=["no week", "no number", "no time", "a week for which nobody asks"],
)
def test_a_bad_order_is_shown_again_with_its_fault(app, world, data, words):
    response = manager(app, world).post("/plans/build", data=data)
    assert response.status_code == 400
    page = text_of(response)
    assert words in page
    assert 'aria-invalid="true"' in page
    assert session.scalars(select(Plan)).all() == []


def test_a_build_that_nobody_takes_says_how_to_start_a_worker(app, world):
    client, run_id = manager(app, world), order(world)
    hidden = "data-alone hidden"
    assert hidden in text_of(client.get(f"/plans/runs/{run_id}"))
    with transaction():
        run = queries.get_run(run_id)
        run.queued_at = run.queued_at.replace(year=run.queued_at.year - 1)
    page = text_of(client.get(f"/plans/runs/{run_id}"))
    assert hidden not in page
    assert "markaz worker" in page
    assert client.get(f"/plans/runs/{run_id}.json").json["is_waiting_alone"] is True


def test_a_build_that_waits_for_another_does_not_ask_for_a_worker(app, world):
    first, second = order(world), order(world)
    with transaction():
        run = queries.get_run(first)
        run.state = "running"
        later = queries.get_run(second)
        later.queued_at = later.queued_at.replace(year=later.queued_at.year - 1)
    assert manager(app, world).get(f"/plans/runs/{second}.json").json["is_waiting_alone"] is False


def test_a_build_is_told_to_stop_once(app, world):
    client, run_id = manager(app, world), order(world)
    with transaction():
        queries.get_run(run_id).state = "running"
    assert client.post(f"/plans/runs/{run_id}/stop").status_code == 302
    assert queries.get_run(run_id).cancel_requested is True
    assert "Improving, stopping" in text_of(client.get(f"/plans/runs/{run_id}"))


def test_a_build_that_is_over_cannot_be_stopped_and_says_so(app, world):
    client, plan_id = manager(app, world), world.built()
    run_id = queries.latest_run(queries.get_plan(plan_id)).id
    page = text_of(client.post(f"/plans/runs/{run_id}/stop", follow_redirects=True))
    assert "over already" in page


def test_events_tell_how_it_stands_and_end_with_the_build(app, world):
    run_id = queries.latest_run(queries.get_plan(world.built())).id
    response = manager(app, world).get(f"/plans/runs/{run_id}/events")
    assert response.mimetype == "text/event-stream"
    assert response.headers["X-Accel-Buffering"] == "no"
    lines = response.get_data(as_text=True).splitlines()
    assert lines[0] == "retry: 2000"
    facts = json.loads(next(line for line in lines if line.startswith("data: "))[6:])
    assert (facts["state"], facts["placed"], facts["asked"]) == ("done", 1, 2)
    assert any(line.startswith("id: ") for line in lines)


def test_events_go_on_from_the_last_one_seen(app, world):
    run_id = queries.latest_run(queries.get_plan(world.built())).id
    told = list(live.events(run_id))
    seen = told[1].splitlines()[0].removeprefix("id: ")
    assert list(live.events(run_id, last_seen=seen)) == ["retry: 2000\n\n"]


def test_events_follow_a_change_and_keep_the_line_alive(app, world, monkeypatch):
    run_id = order(world)
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.0)
    told = live.events(run_id, wait=lambda _: None)
    assert next(told).startswith("retry:")
    assert '"state": "queued"' in next(told)
    assert next(told) == ": still here\n\n"
    with transaction():
        queries.get_run(run_id).state = "cancelled"
    assert '"state": "cancelled"' in next(told)
    assert list(told) == []


def test_a_stream_ends_itself(app, world, monkeypatch):
    monkeypatch.setattr(live, "STREAM_SECONDS", 0.0)
    assert list(live.events(order(world))) == ["retry: 2000\n\n"]


def test_too_many_streams_are_refused_and_given_back(app, world, monkeypatch):
    client, run_id = manager(app, world), queries.latest_run(queries.get_plan(world.built())).id
    monkeypatch.setattr(live, "streams", live.BoundedSemaphore(1))
    first = client.get(f"/plans/runs/{run_id}/events", buffered=False)
    assert client.get(f"/plans/runs/{run_id}/events").status_code == 503
    first.close()
    assert client.get(f"/plans/runs/{run_id}/events").status_code == 200


def test_a_plan_shows_what_is_placed_and_why_the_rest_is_not(app, world):
    plan_id = world.built()
    page = text_of(manager(app, world).get(f"/plans/{plan_id}"))
    assert "<b>1</b> of 2 asked" in page
    (missing,) = queries.unplaced(queries.get_plan(plan_id))
    assert missing.code == "R-2"
    for words in ("Endless soak", missing.reason_text, missing.remedy_text):
        assert words.replace("'", "&#39;") in page
    assert "Activity R-1, TV-1" in page


def test_the_page_of_a_request_says_why_it_is_not_placed(app, world):
    plan_id = world.built()
    client = manager(app, world)
    reason = queries.unplaced(queries.get_plan(plan_id))[0].reason_text.replace("'", "&#39;")
    assert reason in text_of(client.get(f"/requests/{world.too_long}"))
    assert "Why is this not placed" not in text_of(client.get(f"/requests/{world.fits}"))


def test_publishing_asks_first_and_counts_what_it_does(app, world):
    plan_id = world.built()
    page = text_of(manager(app, world).get(f"/plans/{plan_id}/publish"))
    assert "Publish week 49?" in page
    assert "1 booking, 0 people. Checked independently: 0 clashes." in page
    assert session.scalars(select(Booking)).all() == []


def test_a_plan_is_published_once(app, world):
    client, plan_id = manager(app, world), world.built()
    response = client.post(f"/plans/{plan_id}/publish")
    assert (response.status_code, response.location) == (302, "/week/?week=2026-W49")
    again = text_of(client.post(f"/plans/{plan_id}/publish", follow_redirects=True))
    assert "already published" in again
    assert len(session.scalars(select(Booking)).all()) == 1
    assert session.get_one(ActivityRequest, world.fits).state == "booked"


def test_a_plan_whose_facts_have_changed_is_refused_with_what_to_do(app, world):
    client, plan_id = manager(app, world), world.built()
    with transaction():
        session.scalars(select(Resource)).one().setup_minutes = 45
    assert "It no longer fits" in text_of(client.get(f"/plans/{plan_id}"))
    assert client.get(f"/plans/{plan_id}/publish").status_code == 409
    response = client.post(f"/plans/{plan_id}/publish")
    assert response.status_code == 409
    assert "Build again" in text_of(response)
    assert session.scalars(select(Booking)).all() == []
    assert queries.get_plan(plan_id).state == "stale"


def test_the_list_shows_every_plan_with_its_share(app, world):
    world.built()
    page = text_of(manager(app, world).get("/plans/"))
    assert "Plan 1" in page
    assert "1 of 2" in page


def test_a_plan_that_is_being_built_leads_to_its_build(app, world):
    run_id = order(world)
    plan_id = queries.get_run(run_id).plan_id
    assert manager(app, world).get(f"/plans/{plan_id}").location == f"/plans/runs/{run_id}"


def test_a_build_that_failed_says_why_and_offers_another(app, world):
    run_id = order(world)
    with transaction():
        run = queries.get_run(run_id)
        run.state, run.error, run.finished_at = "failed", "The answer broke 2 rules.", utc_now()
        run.plan.state = "failed"
    client = manager(app, world)
    for path in (f"/plans/runs/{run_id}", f"/plans/{queries.get_run(run_id).plan_id}"):
        page = text_of(client.get(path))
        assert "The answer broke 2 rules." in page
        assert "Build again" in page


@pytest.mark.parametrize("path", ["/plans/99", "/plans/runs/99", "/plans/runs/99.json", "/plans/99/publish"])
def test_what_is_not_there_is_not_found(app, world, path):
    assert manager(app, world).get(path).status_code == 404
