"""Must show 2: whatever the desk does, in whatever order, the bookings stand as a plain model says."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from scheduler.bookings import acts, edits, series
from scheduler.calendars.patterns import Pattern
from scheduler.database import session, utc_now
from scheduler.intervals import Interval
from scheduler.people import service as people
from scheduler.people.models import Absence, Person
from scheduler.resources import service as resources
from scheduler.resources.models import Outage, Resource
from tests.bookings.desk_machine import DeskMachine, codes, hours, is_any, open_centre, wishes
from tests.bookings.desk_model import DAY


class Desk(DeskMachine):
    """Each rule does one thing to the product and to the model: both say yes, or both say no."""

    @initialize(wishes=st.lists(wishes, min_size=3, max_size=6))
    def begin(self, wishes):
        for one in wishes:
            self.book(*one)

    @rule(one=wishes)
    def book_one(self, one):
        self.book(*one)

    @rule(one=wishes)
    def book_another(self, one):
        self.book(*one)

    def book(self, first, times):
        wanted = {f"new {day}": first.at(first.start + DAY * day) for day in range(times)}
        expected = self.model.may(wanted, since=self.model.now)

        def deed():
            if times == 1:
                found = edits.book_by_hand([self.proposal(first)], **self.how)
            else:
                pattern = Pattern(weekdays=tuple(range(7)), count=times)
                found = series.book_series(self.proposal(first), pattern, **self.how)
            return [(each.id, each.series_id) for each in found]

        found = self.asked(deed, expected, f"book {wanted}")
        if self.agreed(found, expected, f"book {wanted}"):
            made = zip(found, wanted.values(), strict=True)
            self.model.write({key: replace(one, series=number) for (key, number), one in made})

    @precondition(is_any)
    @rule(data=st.data(), start=hours, day=st.sampled_from((0, 0, 1)))
    def move(self, data, start, day):
        key = self.pick(data)
        self.change(key, self.model.bookings[key].at(start + 60 + day * DAY), "move")

    @precondition(is_any)
    @rule(data=st.data(), code=codes)
    def take_elsewhere(self, data, code):
        key = self.pick(data)
        self.change(key, replace(self.model.bookings[key], code=code), "elsewhere")

    @precondition(is_any)
    @rule(data=st.data(), longer=st.sampled_from((-60, 60, 120)))
    def resize(self, data, longer):
        key = self.pick(data)
        one = self.model.bookings[key]
        self.change(key, replace(one, end=max(one.end + longer, one.start + 30)), "resize")

    def change(self, key, wanted, what):
        one = self.model.bookings[key]
        wanted = replace(wanted, state="booked")
        since = min(self.model.now, one.start) if wanted.start == one.start else self.model.now
        expected = one.is_open and self.model.may({key: wanted}, since=since)

        def deed():
            run = self.run_of(wanted)
            if what == "move":
                edits.move(self.row(key), run.start, **self.how)
            elif what == "elsewhere":
                proposal = replace(acts.proposal_of(self.row(key)), resources=(self.place(wanted.code),))
                edits.change(self.row(key), proposal, **self.how)
            else:
                edits.resize(self.row(key), run, **self.how)

        done = self.asked(deed, expected, f"{what} {key} to {wanted}")
        if self.agreed(done, expected, f"{what} {key} to {wanted}"):
            self.model.write({key: wanted})

    @precondition(is_any)
    @rule(data=st.data(), after=st.sampled_from((30, 60, 120, 600)), start=st.none() | hours)
    def split(self, data, after, start):
        key = self.pick(data)
        one = self.model.bookings[key]
        at = one.start + after
        stays = start is None and one.setup
        first = replace(one, end=at, state="booked")
        rest = replace(
            one, start=at, series=None, state="booked", begun=False, setup=0 if stays else one.setup
        )
        rest = rest if start is None else rest.at(start)
        since = min(self.model.now, one.start) if start is None else self.model.now
        expected = one.is_open and at < one.end and self.model.may({key: first, "rest": rest}, since=since)

        def deed():
            second = None if start is None else self.moment(start)
            found = edits.split(self.row(key), self.moment(at), second_start=second, **self.how)
            return [each.id for each in found if each.id != key]

        done = self.asked(deed, expected, f"split {key} at {at}, rest {rest}")
        if self.agreed(done, expected, f"split {key} at {at}, rest {rest}"):
            self.model.write({key: first, done[0]: rest})

    @precondition(is_any)
    @rule(data=st.data())
    def swap(self, data):
        one, other = self.pick(data), self.pick(data)
        a, b = self.model.bookings[one], self.model.bookings[other]
        wanted = {
            one: replace(a, code=b.code, state="booked").at(b.start),
            other: replace(b, code=a.code, state="booked").at(a.start),
        }
        expected = one != other and a.is_open and b.is_open and self.model.may(wanted, since=self.model.now)
        done = self.asked(
            lambda: edits.swap(self.row(one), self.row(other), **self.how), expected, f"swap {one} {other}"
        )
        if self.agreed(done, expected, f"swap {one} {other}"):
            self.model.write(wanted)

    @precondition(is_any)
    @rule(data=st.data(), scope=st.sampled_from(series.SCOPES), later=st.sampled_from((-60, 60, 180, DAY)))
    def change_series(self, data, scope, later):
        key = self.pick(data)
        one = self.model.bookings[key]
        wish = replace(one.at(one.start + later), state="booked")
        keys = self.model.members(key, scope)
        days = wish.start // DAY - one.start // DAY
        wanted = {
            each: replace(wish, begun=self.model.bookings[each].begun).at(
                wish.start if each == key
                else (self.model.bookings[each].start // DAY + days) * DAY + wish.start % DAY
            )
            for each in keys
        }  # fmt: skip
        # Of a series only what is open is changed along, but for the one that was pointed at.
        expected = one.is_open and self.model.may(wanted, since=self.model.now)

        def deed():
            booking = self.row(key)
            proposal = replace(acts.proposal_of(booking), run=self.run_of(wish))
            series.change_series(booking, proposal, scope, **self.how)

        done = self.asked(deed, expected, f"change {scope} of {key}: {wanted}")
        if self.agreed(done, expected, f"change {scope} of {key}: {wanted}"):
            self.model.write(wanted)

    @precondition(is_any)
    @rule(data=st.data(), scope=st.sampled_from(series.SCOPES))
    def cancel(self, data, scope):
        key = self.pick(data)
        keys = self.model.members(key, scope)
        expected = all(self.model.bookings[each].is_open for each in keys)
        done = self.asked(
            lambda: series.cancel_series(self.row(key), scope, "not needed", **self.how),
            expected, f"cancel {scope} of {key}",
        )  # fmt: skip
        if self.agreed(done, expected, f"cancel {scope} of {key}"):
            gone = {each: replace(self.model.bookings[each], state="cancelled") for each in keys}
            self.model.write(gone)

    @precondition(lambda self: self.model.last is not None)
    @rule()
    def undo(self):
        back = self.model.back()
        done = self.asked(lambda: edits.undo(self.user, utc_now()), back is not None, "undo")
        if self.agreed(done, back is not None, "undo"):
            self.model.write(back, deed=False)
            self.model.last = None

    @precondition(lambda self: len(self.model.outages) < 2)
    @rule(code=codes, start=hours, length=st.integers(1, 6))
    def report_outage(self, code, start, length):
        time = (start, start + 60 * length)

        def deed():
            resource = session.scalars(select(Resource).where(Resource.code == code)).one()
            span = Interval(self.moment(time[0]), self.moment(time[1]))
            resources.report_outage(resource, [span], "broken", self.user)

        self.asked(deed, True, "outage")
        self.model.outages.append((code, *time))
        self.model.ground_moved()

    @precondition(lambda self: self.model.outages)
    @rule(data=st.data())
    def end_outage(self, data):
        code, start, end = data.draw(st.sampled_from(self.model.outages))

        def deed():
            times = {"starts_at": self.moment(start), "ends_at": self.moment(end)}
            rows = select(Outage).join(Resource).where(Resource.code == code).filter_by(**times)
            resources.end_outage(session.scalars(rows).first(), utc_now(), self.user)

        self.asked(deed, True, "end of an outage")
        self.model.outages.remove((code, start, end))
        self.model.ground_moved()

    @precondition(lambda self: len(self.model.absences) < 2)
    @rule(start=hours, length=st.integers(1, 6))
    def go_away(self, start, length):
        time = (start, start + 60 * length)
        expected = not any(a <= time[0] and time[1] <= z for a, z in self.model.absences)

        def deed():
            person = session.scalars(select(Person)).one()
            people.add_absence(person, self.moment(time[0]), self.moment(time[1]), "leave", self.user)

        done = self.asked(deed, expected, "absence")
        if self.agreed(done, expected, "absence"):
            self.model.absences.append(time)
            self.model.ground_moved()

    @precondition(lambda self: self.model.absences)
    @rule(data=st.data())
    def come_back(self, data):
        time = data.draw(st.sampled_from(self.model.absences))

        def deed():
            rows = select(Absence).where(
                Absence.starts_at == self.moment(time[0]), Absence.ends_at == self.moment(time[1])
            )
            people.remove_absence(session.scalars(rows).one(), self.user)

        self.asked(deed, True, "end of an absence")
        self.model.absences.remove(time)
        self.model.ground_moved()

    @precondition(is_any)
    @rule(data=st.data(), minutes=st.sampled_from((-15, 15, 45, 120)))
    def time_passes(self, data, minutes):
        self.model.now = max(self.model.now, self.model.bookings[self.pick(data)].start + minutes)

    @precondition(is_any)
    @rule(data=st.data(), deed=st.sampled_from(("check in", "end", "no show")))
    def attend(self, data, deed):
        key, now = self.pick(data), self.model.now
        one = self.model.bookings[key]
        if deed == "check in":
            expected = not one.begun and one.whole[0] - 30 <= now < one.end
            after = replace(one, begun=True)
        elif deed == "end":
            expected, after = now >= one.start, self.model.over(key)
        else:
            expected, after = not one.begun and now >= one.start + 15, self.model.over(key)
        expected = expected and one.is_open
        work = {"check in": edits.check_in, "end": edits.end, "no show": edits.note_no_show}[deed]
        done = self.asked(lambda: work(self.row(key), **self.how), expected, f"{deed} {key}")
        if self.agreed(done, expected, f"{deed} {key}"):
            self.model.write({key: replace(after, begun=one.begun or deed != "no show")}, deed=False)


def agree(runs: int, steps: int, *, is_long: bool = False) -> None:
    open_centre()
    run_state_machine_as_test(
        Desk,
        settings=settings(
            max_examples=runs,
            derandomize=not is_long,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.timeout(600)
def test_the_desk_does_what_a_plain_model_does(any_database):
    agree(100, 12)


@pytest.mark.long
@pytest.mark.timeout(8 * 3600)
def test_the_desk_does_what_a_plain_model_does_for_long(any_database):
    agree(2000, 50, is_long=True)
