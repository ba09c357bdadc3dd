"""What the cards of free slots say: time, place, what differs from the wish, and one tag each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from scheduler.bookings.slots import Found, Slot
from scheduler.calendars.words import DAYS, day_words, hours_words, interval_words, moment_words
from scheduler.intervals import Interval
from scheduler.requests.choices import PARTS_OF_DAY, PREFERRED, known
from scheduler.requests.preferences import liked_starts, write_slot
from scheduler.requests.words import way_words

Tag = tuple[str, str, str]


@dataclass(frozen=True)
class Card:
    """`value` is what the form sends, `short` what its button repeats."""

    value: str
    number: int
    time: str
    short: str
    place: str
    differs: str
    tag: Tag | None
    start: str
    is_on: bool


@dataclass(frozen=True)
class WhyNot:
    """The first reason why nothing fits, what would help, and the end that the button fills in."""

    reason: str
    remedy: str
    latest: str = ""


def cards(found: Found, zone: ZoneInfo, chosen: Interval | None) -> list[Card]:
    chosen_value = write_slot(chosen) if chosen else ""
    values = [write_slot(slot.run) for slot in found.slots]
    on = values.index(chosen_value) if chosen_value in values else 0
    soonest = min((slot.run.start for slot in found.slots), default=None)
    made = []
    for index, slot in enumerate(found.slots):
        local = slot.run.start.astimezone(zone)
        short = f"{day_words(slot.run.start, zone)}, {local:%H:%M}"
        made.append(
            Card(
                value=values[index],
                number=slot.number,
                time=_time_words(slot.run, zone),
                short=short,
                place=" + ".join(resource.code for resource in slot.proposal.resources),
                differs=_differs(found, slot, zone),
                tag=_tag(slot, index, is_soonest=slot.run.start == soonest),
                start=slot.run.start.isoformat(),
                is_on=index == on,
            )
        )
    return made


def why_not(found: Found, later: Slot | None, zone: ZoneInfo) -> WhyNot:
    """`later`: the first slot if it might end later, where there is one."""
    asked = found.asked
    places = " or ".join(dict.fromkeys(way_words(way) for way in asked.alternatives[:3]))
    length = hours_words(asked.least_minutes)
    between = f"until {moment_words(found.looked.end, zone)}"
    if found.refused is not None:
        reason = found.refused.sentence
    elif found.lacking:
        reason = (
            f"There are not enough people for {found.lacking} at any time when {places} is free {between}."
        )
    elif found.longest is not None:
        stretch = hours_words(found.longest.minutes)
        when = interval_words(found.longest, zone).replace("-", "–")
        reason = (
            f"{places} is not free for {length} and its setup in one go {between}. "
            f"The longest free time is {stretch}, {when}."
        )
    else:
        reason = f"{places or 'What is asked for'} is not free at all {between}."
    if later is None:
        return WhyNot(reason, "Choose another place, a shorter length, or other people; or ask all the same.")
    end = later.proposal.occupied.end
    latest = end + timedelta(minutes=-end.minute % 15)
    start = moment_words(later.run.start, zone)
    return WhyNot(
        reason,
        f"The first time that fits is {start}.",
        f"{latest.astimezone(zone):%Y-%m-%d %H:%M}",
    )


def _time_words(run: Interval, zone: ZoneInfo) -> str:
    start, end = run.start.astimezone(zone), run.end.astimezone(zone)
    if start.date() == end.date():
        return f"{day_words(run.start, zone)}, {start:%H:%M}–{end:%H:%M}"
    return f"{day_words(run.start, zone)}, {start:%H:%M} to {moment_words(run.end, zone)}"


def _differs(found: Found, slot: Slot, zone: ZoneInfo) -> str:
    asked, proposal = found.asked, slot.proposal
    said = []
    if known(asked.preferred, PREFERRED):
        said.append("As you prefer." if slot.is_liked else _not_liked(asked.preferred, slot.run, zone))
    first = asked.alternatives[0]
    if slot.number != first.number:
        said.append(f"Instead of {way_words(first)}.")
    if not slot.is_whole:
        said.append(
            f"{hours_words(proposal.run.minutes)} of the {hours_words(asked.wish_minutes)} that are wished."
        )
    crew: dict[str, list[str]] = {}
    for duty in proposal.duties:
        crew.setdefault(duty.qualification.name or duty.qualification.code, []).append(duty.person.name)
    last = [f"{what} {', '.join(names)}" for what, names in crew.items()]
    if proposal.setup_minutes:
        last.append(f"setup from {proposal.occupied.start.astimezone(zone):%H:%M}")
    if last:
        text = "; ".join(last)
        said.append(f"{text[:1].upper()}{text[1:]}.")
    return " ".join(said)


def _not_liked(preferred: str, run: Interval, zone: ZoneInfo) -> str:
    words = known(preferred, PREFERRED)
    days, parts = (
        [word for word in words if word in DAYS],
        [word for word in words if word in PARTS_OF_DAY],
    )
    around = Interval(run.start - timedelta(days=1), run.start + timedelta(days=1))
    if parts and not _begins(run, liked_starts("; ".join(parts), around, zone)):
        article = {"afternoon": "an", "evening": "an"}.get(parts[0], "a")
        return f"Not {article} {' or '.join(parts)}."
    return f"Not on {' or '.join(days)}."


def _begins(run: Interval, starts: Sequence[Interval]) -> bool:
    return any(each.start <= run.start < each.end for each in starts)


def _tag(slot: Slot, index: int, *, is_soonest: bool) -> Tag | None:
    if not slot.is_whole:
        return "warn", "warn", "shorter"
    if index == 0:
        return "ok", "check", "best"
    if is_soonest:
        return "", "clock", "soonest"
    if slot.number > 1:
        return "", "swap", "other place"
    return None
