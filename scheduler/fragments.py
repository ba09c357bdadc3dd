"""A page of a left room leaves a place open; rooms to its right fill it. Wired in `create_app`.

So the page of a request shows its bookings, though requests know no bookings.
"""

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

Filler = Callable[..., str | Markup]
KEY = "markaz_fragments"


def fill(app: Flask, place: str, filler: Filler) -> None:
    """Show what `filler` gives at `place`, after those that were there before."""
    app.extensions.setdefault(KEY, {}).setdefault(place, []).append(filler)


def fragments(place: str, **facts: Any) -> Markup:
    """What the rooms to the right put at `place`; in templates `{{ fragments("...", ...) }}`.

    Fillers render templates, which escape; what they give is markup.
    """
    fillers = current_app.extensions.get(KEY, {}).get(place, [])
    return Markup("").join(Markup(filler(**facts)) for filler in fillers)  # noqa: S704
