"""Two ways through a page: a hand that counts what it presses, and fingers that know only the keyboard."""

import time
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

MENTAL, POINT, PRESS, KEY, HOME = 1.35, 1.1, 0.2, 0.28, 0.4
"""Seconds of the keystroke-level model (Card, Moran and Newell 1980) for somebody who types 40 words a
minute: to think what comes next, to point, to press the mouse, to press a key, to change between the two."""

WHERE = """() => {
    const node = document.activeElement;
    if (!node || node === document.body) return null;
    const look = getComputedStyle(node), box = node.getBoundingClientRect();
    const ring = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2
        && look.outlineColor !== 'rgba(0, 0, 0, 0)';
    const inside = box.top < innerHeight && box.bottom > 0 && box.left < innerWidth && box.right > 0;
    return {html: node.outerHTML.slice(0, 120), ring, inside, big: box.width > 1 && box.height > 1};
}"""


@dataclass
class Hand:
    """Mouse and keyboard; `seconds` is what the counted work takes a person, the page's own time beside."""

    page: Page
    presses: int = 0
    keys: int = 0
    changes: int = 0
    thoughts: int = 0
    began: float = field(default_factory=time.monotonic)
    _on_keys: bool = False

    def press(self, what: Locator) -> None:
        self._begin(on_keys=False)
        self.presses += 1
        what.click()

    def choose(self, what: Locator, words: str) -> None:
        """Of a list: pressed once to open it, once on the line."""
        self._begin(on_keys=False)
        self.presses += 2
        value = what.locator("option").filter(has_text=words).first.get_attribute("value")
        what.select_option(value)

    def write(self, what: Locator, text: str) -> None:
        """Into a field: pressed once to get there."""
        self.press(what)
        self._begin(on_keys=True)
        self.keys += len(text)
        what.fill(text)

    @property
    def seconds(self) -> float:
        return self.thoughts * MENTAL + self.presses * (POINT + PRESS) + self.keys * KEY + self.changes * HOME

    def tell(self, what: str) -> None:
        """For those who read the log of a run; asserted is the count."""
        took = time.monotonic() - self.began
        print(
            f"{what}: {self.presses} presses of the mouse, {self.keys} keys, "
            f"{self.seconds:.0f} s of a person, {took:.1f} s of the machine"
        )

    def _begin(self, *, on_keys: bool) -> None:
        self.thoughts += not on_keys
        self.changes += on_keys != self._on_keys
        self._on_keys = on_keys


@dataclass
class Fingers:
    """Tab, Enter, blank, arrows and letters. Wherever the focus comes to rest, it can be seen."""

    page: Page
    keys: int = 0

    def key(self, name: str) -> None:
        self.keys += 1
        self.page.keyboard.press(name)

    def write(self, text: str) -> None:
        """Over what stands in the field."""
        self.key("Control+a")
        self.keys += len(text)
        self.page.keyboard.type(text)

    def skip(self) -> None:
        """Past the bar with the pages, by the first link of the page."""
        self.go(self.page.get_by_role("link", name="To the content"), most=1)
        self.key("Enter")

    def go(self, what: Locator, most: int = 40, *, back: bool = False) -> None:
        """Tab until it has the focus."""
        expect(what).to_be_attached()
        for _ in range(most):
            self.key("Shift+Tab" if back else "Tab")
            self.see()
            if what.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"{most} times Tab do not lead to {what}")

    def see(self) -> None:
        found = self.page.evaluate(WHERE)
        assert found is None or (found["ring"] and found["inside"] and found["big"]), found

    def enter(self, what: Locator, most: int = 40) -> None:
        self.go(what, most)
        self.key("Enter")
