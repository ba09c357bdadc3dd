"""Every way in which a booking is written, each as one attempt of somebody who looked a moment ago.

An attempt looks first, in a transaction of its own that only reads, and then writes what it made up
its mind to: between the two others write too. `Nothing` is raised where there is nothing to act on.
"""

import io
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import openpyxl
from sqlalchemy import select

from scheduler.bookings import acts, edits, series, waiting
from scheduler.bookings.models import Booking
from scheduler.bookings.offer import Offer
from scheduler.calendars.patterns import Pattern
from scheduler.calendars.queries import the_site
from scheduler.database import retrying, session, transaction, utc_now
from scheduler.excel import child
from scheduler.excel import service as excel
from scheduler.excel.models import ImportRun
from scheduler.excel.reading import RawWorkbook, assemble, wanted_titles
from scheduler.excel.sheets import BY_TITLE
from scheduler.intervals import Interval
from scheduler.plans import service as plans
from scheduler.plans.models import Plan, SolveRun
from scheduler.requests import service as requests
from scheduler.requests.models import ActivityRequest
from solver import Options, problem_from_json, solution_to_json, solve
from tests.bookings.attempts_centre import DAYS, FIRST, NOW, Wishes, times_of, user_of

LIVE = ("booked", "needs repair")


class Nothing(Exception):
    """There is nothing that could be attempted."""


class Somebody:
    """One process: who it is, and what it made ready to press next."""

    def __init__(self, number: int, seed: int) -> None:
        self.number = number
        self.round = 0
        self.dice = random.Random(f"{seed} {number}")
        self.wishes = Wishes(self.dice)
        self.imported: tuple[int, RawWorkbook] | None = None

    def attempt(self, path: str) -> None:
        session.rollback()
        PATHS[path](self)

    def write(self, deed: Callable[[], object]) -> None:
        """As a page does it: again where the database says try again."""

        def work() -> None:
            with transaction(actor=user_of(self.number)):
                deed()

        retrying(work)

    def how(self) -> dict:
        return {"user": user_of(self.number), "now": NOW}

    def live(self, *where: object) -> list[tuple[int, int]]:
        """(id, version) of bookings that stand."""
        rows = session.execute(
            select(Booking.id, Booking.version).where(Booking.state.in_(LIVE), *where).order_by(Booking.id)
        ).all()
        session.rollback()
        if not rows:
            raise Nothing
        return [(row.id, row.version) for row in rows]

    def seen(self, *where: object) -> tuple[int, int | None]:
        """One booking, and the version that stood on the page; half of them are among the oldest three."""
        rows = self.live(*where)
        booking_id, version = self.dice.choice(rows[:3] if self.dice.random() < 0.5 else rows)
        return booking_id, version if self.dice.random() < 0.7 else None


def create(me: Somebody) -> None:
    me.write(lambda: edits.book_by_hand([me.wishes.proposal()], **me.how()))


def move(me: Somebody) -> None:
    booking_id, version = me.seen()
    start = me.wishes.start()

    def deed() -> None:
        booking = session.get_one(Booking, booking_id)
        edits.move(booking, start, version=version, **me.how())

    me.write(deed)


def resize(me: Somebody) -> None:
    booking_id, version = me.seen()
    longer = timedelta(minutes=me.dice.choice((-30, 30, 30, 60)))

    def deed() -> None:
        booking = session.get_one(Booking, booking_id)
        end = max(booking.ends_at + longer, booking.starts_at + timedelta(minutes=15))
        edits.resize(booking, Interval(booking.starts_at, end), version=version, **me.how())

    me.write(deed)


def split(me: Somebody) -> None:
    booking_id, version = me.seen()
    elsewhere = me.wishes.start() if me.dice.random() < 0.5 else None

    def deed() -> None:
        booking = session.get_one(Booking, booking_id)
        half = booking.starts_at + (booking.ends_at - booking.starts_at) / 2
        edits.split(booking, half.replace(second=0), second_start=elsewhere, version=version, **me.how())

    me.write(deed)


def swap(me: Somebody) -> None:
    one, other = me.seen(), me.seen()

    def deed() -> None:
        pair = [session.get_one(Booking, booking_id) for booking_id, _ in (one, other)]
        edits.swap(*pair, versions=(one[1], other[1]), **me.how())

    me.write(deed)


def book_series(me: Somebody) -> None:
    def deed() -> None:
        wish = me.wishes.proposal()
        wish = replace(wish, run=Interval.lasting(_on_first_day(wish.run), wish.run.minutes))
        pattern = Pattern(weekdays=tuple(range(DAYS)), count=DAYS)
        series.book_series(wish, pattern, **me.how())

    me.write(deed)


def change_series(me: Somebody) -> None:
    """One, following or all of a series: moved, mostly, or let go."""
    booking_id, version = me.seen(Booking.series_id.is_not(None))
    scope, goes = me.dice.choice(series.SCOPES), me.dice.random() < 0.2
    later = timedelta(minutes=me.dice.choice((-60, -30, 30, 60)))

    def deed() -> None:
        booking = session.get_one(Booking, booking_id)
        if goes:
            series.cancel_series(booking, scope, "not needed", **me.how())
            return
        wish = acts.proposal_of(booking)
        wish = replace(wish, run=Interval.lasting(wish.run.start + later, wish.run.minutes))
        series.change_series(booking, wish, scope, version=version, **me.how())

    me.write(deed)


def ready_import(me: Somebody) -> None:
    """Send a workbook that asks otherwise, has more or fewer places, or changes over otherwise."""
    me.imported = None
    longer = 30 * me.dice.randint(0, 2)
    kind = me.dice.choice(("DECIDE", "PLAN"))
    asked, times = f"{kind}-{me.dice.randrange(3)}", times_of(kind)
    session.rollback()
    state = session.scalars(select(ActivityRequest.state).where(ActivityRequest.code == asked)).one()
    rows = {
        "Resources": [
            {"Code": "MANY", "Name": "Chamber MANY", "Capacity": me.dice.choice((2, 3, 3, 3))},
        ],
        "Projects": [{"Code": "FREE", "Name": "Project FREE", "Kind": "R&D"}],
        "Requests": [
            {"Code": asked, "Title": f"asked {me.dice.randrange(10**6)}", "Project": "FREE", "State": state,
             "Wish min": 60, "Earliest": times.start.replace(tzinfo=None),
             "Latest": times.end.replace(tzinfo=None)}
        ],
    }  # fmt: skip
    if me.dice.random() < 0.5:
        rows["Changeovers"] = [
            {"Resource": "ONE", "From": "hot", "To": "cold", "Minutes": 90 - longer},
            {"Resource": "ONE", "From": "cold", "To": "hot", "Minutes": 30 + longer},
        ]
    content = _workbook(rows)
    reading = assemble(child.read(content, set(wanted_titles())))
    with transaction(actor=user_of(me.number)):
        # Two share a user, and a later workbook takes the place of an earlier one: sent as the system.
        run = excel.preview(content, f"{me.number}.xlsx", None, the_site(), reading)
        run.user_id = user_of(me.number).id
        me.imported = (run.id, reading) if run.state == "previewed" else None


def accept_import(me: Somebody) -> None:
    if me.imported is None:
        raise Nothing
    (run_id, reading), me.imported = me.imported, None
    me.write(lambda: excel.accept(session.get_one(ImportRun, run_id), user_of(me.number), reading))


def ready_plan() -> None:
    """A draft that places what is asked for, for all who publish in the coming round."""
    let_go_of("PLAN", "approved")
    try:
        with transaction():
            span = Interval(FIRST, FIRST + timedelta(days=DAYS))
            plan = plans.order_build(the_site(), span, time_limit_seconds=1, workers=1).plan
            problem = problem_from_json(plan.problem)
            solution = solve(problem, Options(time_limit=1, workers=1, max_rounds=0))
            plan.solution = {"answer": solution_to_json(solution), "left_out": []}
            plan.state = "draft"
            session.query(SolveRun).filter_by(plan_id=plan.id).update({"state": "done"})
            old = session.query(Plan).filter(Plan.state == "draft", Plan.id != plan.id)
            old.update({"state": "stale"})
    except plans.UserError:
        pass  # what is asked for and what there is contradict each other just now


def let_go_of(kind: str, state: str) -> None:
    """Requests of that kind lose what was booked for them, and are as they were before."""
    with transaction():
        for asked in session.scalars(select(ActivityRequest).where(ActivityRequest.code.like(f"{kind}-%"))):
            stands = select(Booking).where(Booking.request_id == asked.id, Booking.state.in_(LIVE))
            if booked := session.scalars(stands).all():
                edits.cancel_by_hand(booked, "asked for again", user=None)
            asked.state = state


def publish(me: Somebody) -> None:
    plan = plans.latest_draft(the_site())
    if plan is None:
        raise Nothing
    plan_id = plan.id
    session.rollback()
    me.write(lambda: plans.publish(session.get_one(Plan, plan_id), user=user_of(me.number), now=NOW))


def decide(me: Somebody) -> None:
    query = select(ActivityRequest.id).where(ActivityRequest.code.like("DECIDE-%"))
    found = session.scalars(query.where(ActivityRequest.state == "submitted")).all()
    found = found or session.scalars(query.where(ActivityRequest.state == "approved")).all()
    chosen = me.dice.choice(found) if found else None
    session.rollback()
    if chosen is None:
        raise Nothing
    me.write(lambda: requests.approve(session.get_one(ActivityRequest, chosen), user_of(me.number)))


def take_offer(me: Somebody) -> None:
    """Take what is offered; once in a while look for whom there is room instead."""
    if me.dice.random() < 0.02:
        retrying(lambda: waiting.look_after(NOW))
        return
    found = session.scalars(select(Offer.id).where(Offer.state == "open")).all()
    session.rollback()
    if not found:
        raise Nothing
    chosen = me.dice.choice(found)
    me.write(lambda: waiting.accept(session.get_one(Offer, chosen), user_of(me.number), NOW))


def ready_undo(me: Somebody) -> None:
    """Something of one's own to take back."""
    try:
        me.attempt(me.dice.choice(("create", "move", "cancel", "swap", "series")))
    except (edits.UserError, Nothing):
        session.rollback()


def undo(me: Somebody) -> None:
    user = user_of(me.number)
    act = acts.last_act(user, utc_now())
    session.rollback()
    if act is None:
        raise Nothing
    me.write(lambda: edits.undo(user_of(me.number), utc_now()))


def cancel(me: Somebody) -> None:
    booking_id, version = me.seen()

    def deed() -> None:
        booking = session.get_one(Booking, booking_id)
        edits.cancel_by_hand([booking], "not needed", user=user_of(me.number), version=version)

    me.write(deed)


PATHS: dict[str, Callable[[Somebody], None]] = {
    "create": create,
    "move": move,
    "resize": resize,
    "split": split,
    "swap": swap,
    "series": book_series,
    "change series": change_series,
    "import": accept_import,
    "publish": publish,
    "approve": decide,
    "waiting list": take_offer,
    "undo": undo,
    "cancel": cancel,
}
DEAR = ("import", "publish")
"""One attempt a round of each process: they cost as much as ten others."""


def _on_first_day(run: Interval) -> object:
    return run.start.replace(day=FIRST.day, month=FIRST.month)


def _workbook(rows: dict[str, list[dict]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, lines in rows.items():
        page = book.create_sheet(title)
        page.append([column.title for column in BY_TITLE[title].columns])
        for line in lines:
            page.append([line.get(column.title) for column in BY_TITLE[title].columns])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
