"""From what is typed into the form to values, and back: nothing is lost on the way."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from scheduler.database import transaction
from scheduler.requests import form_values
from scheduler.requests.forms import RequestForm
from scheduler.requests.offers import offers_for
from scheduler.requests.values import After, DrawValue, NeedValue, Way, WindowValue
from tests.centre import at, make_request
from tests.requests.asking import Asking

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
def centre(app):
    made = Asking()
    with transaction():
        made.before = make_request(made.project, made.first, code="R-77")
    return made


def typed(centre, **changes):
    """What a browser sends for a small request."""
    fields = {
        "title": "Leak test",
        "project": centre.project.id,
        "wish": "4",
        "ways-0-resources-0": centre.first.id,
        "earliest": "2026-11-30 08:00",
        "latest": "2026-12-04 18:00",
        "priority": "3",
    } | changes
    return MultiDict({name: str(value) for name, value in fields.items() if value is not None})


def read(app, centre, data, zone=UTC, is_manager=False, kept=None):
    """Values and the faults by field."""
    user = centre.manager if is_manager else centre.researcher
    with app.test_request_context(method="POST", data=data):
        form = RequestForm(offers_for(user, centre.site.id))
        values = form_values.read(form, centre.site.id, zone, user, is_manager=is_manager, kept=kept)
        return values, {field.name: list(field.errors) for field in form.all_fields() if field.errors}


def test_three_answers_are_enough(app, centre):
    values, faults = read(app, centre, typed(centre))
    assert faults == {}
    assert values == centre.values(ways=(Way((centre.first.id,)),))


def test_what_the_form_shows_is_read_back_as_it_was(app, centre):
    stored = centre.values(
        ways=(Way((centre.first.id, centre.second.id)), Way((centre.second.id,), 5)),
        least_minutes=100,
        setup_minutes=15,
        teardown_minutes=0,
        most_parts=3,
        least_part_minutes=45,
        due_at=at(3, 12),
        windows=(WindowValue(at(0, 8), at(0, 18)), WindowValue(at(1, 8), at(1, 18), "whole", 2)),
        needs=(NeedValue(centre.operator.id, 2, "run"),),
        draws=(DrawValue(centre.nitrogen.id, 4, "all"),),
        afters=(After(centre.before.id, 90, 2880, True),),
        participant_ids=(centre.person.id,),
        priority=2,
        value=77,
        is_mandatory=True,
        configuration="cold",
        chain="A",
        note="Handle with care",
        preferred="morning; Wed",
        preferred_from=at(2, 9),
        preferred_until=at(2, 13),
        hazards="laser; cryogenics",
    )
    for zone in (UTC, BERLIN):
        with app.test_request_context():
            data = form_values.fill(stored, zone, {centre.before.id: "R-77"}, 1)
            form = RequestForm(offers_for(centre.manager, centre.site.id), data=data)
            shown = MultiDict()
            for field in form.all_fields():
                if field.type == "BooleanField":
                    shown.update({field.name: "y"} if field.data else {})
                elif field.type in ("Choices", "Words"):
                    shown.setlist(field.name, [str(value) for value in field.data or ()])
                else:
                    text = field._value() if hasattr(field, "_value") else field.data
                    shown.add(field.name, "" if text is None else str(text))
        assert read(app, centre, shown, zone, is_manager=True) == (stored, {})


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": " "}, "title", "Say in a few words"),
        ({"title": "x" * 201}, "title", "200"),
        ({"project": ""}, "project", "Choose the project"),
        ({"project": "999"}, "project", "not to be had any more"),
        ({"project": "x"}, "project", ""),
        ({"wish": ""}, "wish", "Write a length"),
        ({"wish": "four"}, "wish", "is no length"),
        ({"least": "4 hrs"}, "least", "is no length"),
        ({"earliest": "abc"}, "earliest", "is no day and time"),
        ({"earliest": "31 Feb 2026 09:00"}, "earliest", "is no day and time"),
        ({"earliest": "0001-01-01 00:00"}, "earliest", "out of range"),
        ({"latest": "9999-12-31 00:00"}, "latest", "out of range"),
        ({"ways-0-resources-0": "999"}, "ways-0-resources-0", "not to be had any more"),
        ({"ways-0-penalty": "much"}, "ways-0-penalty", "Write a whole number"),
        ({"ways-0-penalty": "-1"}, "ways-0-penalty", "Write a whole number"),
        ({"ways-0-penalty": str(2**63)}, "ways-0-penalty", "Write a whole number"),
        ({"most_parts": "1.5"}, "most_parts", "Write a whole number"),
        ({"draws-0-amount": "3"}, "draws-0-utility", "Choose the utility"),
        ({"windows-0-since": "2026-11-30 08:00"}, "windows-0-until", "Write both ends"),
        ({"afters-0-code": "R-999"}, "afters-0-code", 'There is no request "R-999"'),
        ({"participants": "999"}, "participants", "not to be had any more"),
        ({"priority": "7"}, "priority", "not to be had any more"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(app, centre, changes, field, words):
    values, faults = read(app, centre, typed(centre, **changes))
    assert values is None
    assert list(faults) == [field]
    assert words in faults[field][0]


def test_every_fault_is_said_at_once(app, centre):
    wrong = {"title": "", "wish": "x", "latest": "y", "project": "", "ways-0-resources-0": ""}
    assert set(read(app, centre, typed(centre, **wrong))[1]) == set(wrong)


def test_a_time_that_does_not_exist_is_refused_with_the_nearest_two(app, centre):
    faults = read(app, centre, typed(centre, earliest="2026-03-29 02:30"), BERLIN)[1]
    assert "Write 01:45 or 03:00" in faults["earliest"][0]


def test_of_a_time_that_comes_twice_the_user_chooses_one(app, centre):
    data = typed(centre, earliest="2026-10-25 02:30")
    assert "comes twice" in read(app, centre, data, BERLIN)[1]["earliest"][0]
    chosen = [
        read(app, centre, typed(centre, earliest="2026-10-25 02:30", earliest_hour=hour), BERLIN)[
            0
        ].earliest_at
        for hour in ("first", "second")
    ]
    assert [f"{moment:%H:%M}" for moment in chosen] == ["00:30", "01:30"]


def test_blank_rows_are_passed_over_and_faults_still_find_their_row(app, centre):
    data = typed(
        centre,
        **{
            **{f"ways-{row}-resources-{column}": "" for row in range(4) for column in range(2)},
            "ways-2-resources-1": centre.second.id,
            "ways-3-resources-0": centre.second.id,
            "windows-0-since": "2026-11-30 08:00",
            "windows-0-until": "2026-11-30 18:00",
            "windows-0-way": "4",
        },
    )
    with app.test_request_context(method="POST", data=data):
        form = RequestForm(offers_for(centre.researcher, centre.site.id))
        values = form_values.read(form, centre.site.id, UTC, centre.researcher, is_manager=False)
        assert values.ways == (Way((centre.second.id,)), Way((centre.second.id,)))
        assert values.windows[0].way == 2
        assert form.place_faults({"ways-1-resources-0": "twice", "nowhere": "lost"}) == ["lost"]
        assert form.ways[3].resources[0].errors == ["twice"]


def test_a_window_for_a_choice_that_is_blank_is_refused(app, centre):
    window = {
        "windows-0-since": "2026-11-30 08:00",
        "windows-0-until": "2026-11-30 18:00",
        "windows-0-way": "2",
    }
    assert set(read(app, centre, typed(centre, **window))[1]) == {"windows-0-way"}


def test_only_managers_say_what_it_is_worth(app, centre):
    data = typed(centre, value="900", is_mandatory="y")
    assert (read(app, centre, data)[0].value, read(app, centre, data)[0].is_mandatory) == (0, False)
    kept = replace(centre.values(), value=5, is_mandatory=True)
    values = read(app, centre, typed(centre), kept=kept)[0]
    assert (values.value, values.is_mandatory) == (5, True)
    values = read(app, centre, data, is_manager=True)[0]
    assert (values.value, values.is_mandatory) == (900, True)


def test_requests_that_one_may_not_see_are_not_named_as_what_comes_first(app, centre):
    with transaction():
        make_request(centre.secret, centre.first, code="T-1")
    faults = read(app, centre, typed(centre, **{"afters-0-code": "T-1"}))[1]
    assert "that you may see" in faults["afters-0-code"][0]
