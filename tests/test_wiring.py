"""What a command announces is heard as what a page announces."""

from scheduler import events, wiring
from scheduler.events import OutageReported, SlotFreed


def test_whoever_listens_is_told_once_however_often_it_is_wired(monkeypatch):
    heard = events._handlers
    monkeypatch.setattr(events, "_handlers", type(heard)(list))
    wiring.listen()
    once = {event: len(handlers) for event, handlers in events._handlers.items()}
    wiring.listen()
    assert {event: len(handlers) for event, handlers in events._handlers.items()} == once
    assert once[OutageReported] == 1 and once[SlotFreed] == 1
