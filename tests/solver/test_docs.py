"""What the docstrings promise: every example runs, and no public name is without words."""

import doctest
import importlib
import inspect
import pkgutil
import sys

import pytest

import solver

MODULES = ["solver", *(each.name for each in pkgutil.walk_packages(solver.__path__, "solver."))]
FUNCTIONS = [name for name in solver.__all__ if inspect.isfunction(getattr(solver, name))]


def examples(text):
    return [example.source for example in doctest.DocTestParser().get_examples(text or "")]


def module(name):
    # Not `from solver import ...`: `solver.solve` is the function, not the module of that name.
    importlib.import_module(name)
    return sys.modules[name]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    assert doctest.testmod(module(name)).failed == 0


def test_examples_are_found():
    found = {
        name for name in MODULES if any(each.examples for each in doctest.DocTestFinder().find(module(name)))
    }
    assert {
        "solver",
        "solver.checks.check",
        "solver.verification.verify",
        "solver.codec",
        "solver.schema",
    } <= found


@pytest.mark.parametrize("name", solver.__all__)
def test_a_public_name_says_what_it_is(name):
    public = getattr(solver, name)
    # A dataclass without a docstring gets its signature for one.
    assert public.__doc__
    assert not public.__doc__.startswith(f"{public.__name__}(")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_is_shown_in_an_example(name):
    """In its own docstring, or in the tour of the package."""
    own = examples(getattr(solver, name).__doc__)
    tour = [each for each in examples(solver.__doc__) if f"solver.{name}(" in each]
    assert own or tour


def test_the_public_names_are_in_order_and_there():
    assert solver.__all__ == sorted(solver.__all__, key=lambda name: (not name[0].isupper(), name))
    assert len(FUNCTIONS) > 20
    assert all(hasattr(solver, name) for name in solver.__all__)
