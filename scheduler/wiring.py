"""Rooms to the right hear what rooms to the left announce, whichever process does the work."""


def listen() -> None:
    """For the web application, the command line and the worker alike; doing it again changes nothing."""
    from scheduler.bookings import hits, waiting

    hits.listen()
    waiting.listen()
