"""A relaxation at work beside the search."""

import pytest

from solver.search.proof import Proof
from solver.state.index import Index
from tests.solver.plans import activity, week


def proof_of(problem):
    proof = Proof(Index(problem), 10.0)
    proof.start()
    proof.join(20)
    assert not proof.is_alive()
    return proof


def test_it_ends_with_a_bound_that_no_schedule_exceeds():
    assert proof_of(week(activity("x", 6, value=3), activity("y", 6, value=2), horizon=10)).bound == 3


def test_stopped_before_it_begins_it_says_nothing():
    proof = Proof(Index(week(activity("x"))), 10.0)
    proof.stop()
    proof.run()
    assert proof.bound >= 1


def test_a_fault_in_its_thread_is_not_lost(monkeypatch):
    def broken(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("solver.bounds.relaxation.Relaxation.run", broken)
    with pytest.raises(ZeroDivisionError):
        proof_of(week(activity("x"))).bound  # noqa: B018 - asking is what raises
