"""People at a browser: what they press, click and type is counted, and what they see photographed."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import struct
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PATIENCE = 120_000  # milliseconds: for a busy machine
PAUSE = 120  # milliseconds between keys: a quick editor's
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 375, "height": 800}
PASSWORD = secrets.token_urlsafe(12)  # of everybody in a newsroom that lives for minutes


@dataclass(slots=True)
class Album:
    """Pictures in the order in which they are taken."""

    folder: Path
    taken: list[str] = field(default_factory=list)

    def take(self, page: Any, name: str, phone: bool = False) -> None:
        """A picture of what stands in the window; on a `phone`, too, where that is asked."""
        _when_still(page)
        numbered = f"{len(self.taken) + 1:02}-{name}"
        self.taken.append(numbered)
        self._save(page, numbered)
        if phone:
            page.set_viewport_size(PHONE)
            page.evaluate("scrollTo(0, 0)")
            _when_still(page)
            self._save(page, f"{numbered}-375")
            page.set_viewport_size(WIDE)

    def _save(self, page: Any, name: str) -> None:
        page.screenshot(path=self.folder / f"{name}.jpg", type="jpeg", quality=70)


def _when_still(page: Any) -> None:
    page.wait_for_load_state("load")
    page.wait_for_timeout(600)  # what fades in has come


class Hand:
    """Somebody at a browser of their own. `keys` are those of commands, a chord's each; `typed` are the
    characters of words.
    """

    def __init__(self, chrome: Any, url: str, album: Album) -> None:
        context = chrome.new_context(viewport=WIDE, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        self.page, self.url, self.album = context.new_page(), url, album
        self.keys = self.clicks = self.typed = 0
        self._secret = ""

    @property
    def counts(self) -> dict[str, int]:
        return {"keys": self.keys, "clicks": self.clicks, "typed": self.typed}

    def open(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else f"{self.url}{path}")

    def press(self, chord: str, until: str = "") -> None:
        """Press a key, or several at once; wait until the desk has said something."""
        self.page.keyboard.press(chord)
        self.keys += chord.count("+") + 1
        if until:
            self.page.wait_for_function(
                "w => document.getElementById('desk-said').textContent.includes(w)", arg=until
            )
        self.page.wait_for_timeout(PAUSE)

    def click(self, selector: str, leads_on: bool = False) -> None:
        """Click the first that is seen of what a selector finds; where that `leads_on`, wait for the page."""
        target = self.page.locator(selector).locator("visible=true").first
        if leads_on:
            with self.page.expect_navigation():
                target.click()
            self.page.wait_for_load_state("load")
        else:
            target.click()
        self.clicks += 1

    def go(self, selector: str) -> None:
        self.click(selector, leads_on=True)

    def more(self) -> None:
        """Open what an editor's footer offers besides saving."""
        self.page.wait_for_timeout(800)  # its scripts have run
        self.click("footer [data-w-dropdown-target=toggle]")
        self.page.wait_for_timeout(300)

    def uncover(self, target: Any) -> None:
        """Unfold the panels of an editor that a field is folded in."""
        folded = target.locator("xpath=ancestor::section[@data-panel][.//button[@data-panel-toggle]]")
        for n in range(folded.count()):
            toggle = folded.nth(n).locator("[data-panel-toggle]").first
            if toggle.get_attribute("aria-expanded") == "false":
                toggle.click()
                self.clicks += 1
        target.scroll_into_view_if_needed()

    def write(self, selector: str, words: str) -> None:
        """Go into a field and type, instead of what stands there."""
        field_ = self.page.locator(selector).locator("visible=true").first
        field_.fill(words)
        self.clicks += 1
        self.typed += len(words)

    def retype(self, words: str) -> None:
        """Type words instead of what stands in the field that one is in."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)
        self.typed += len(words)

    def choose(self, selector: str, **what: Any) -> None:
        self.page.locator(selector).locator("visible=true").first.select_option(**what)
        self.clicks += 1

    def take(self, name: str, phone: bool = False) -> None:
        self.album.take(self.page, name, phone)

    def sees(self, words: str) -> None:
        """Wait until something says so."""
        self.page.locator(f"text={words}").locator("visible=true").first.wait_for()

    # --- coming in -----------------------------------------------------------------------

    def sign_in(self, name: str, password: str) -> None:
        self.open("/admin/login/")
        self.write("[name=login]", name)
        self.write("[name=password]", password)
        self.go("form button[type=submit]")

    def accept(self, link: str, email: str, picture: str = "") -> None:
        """Come by the link of an invitation: choose a password, and sign in with it."""
        self.open(link)
        if picture:
            self.take(picture)
        self.write("[name=new_password1]", PASSWORD)
        self.write("[name=new_password2]", PASSWORD)
        self.go("form button[type=submit]")
        self.sign_in(email, PASSWORD)

    def prove_a_second_factor(self, password: str, picture: str = "") -> None:
        """Where one is asked for: set an authenticator app up, and go on to what one wanted to open."""
        if not self.page.locator("a[href$='/totp/activate/']").count():
            return
        if picture:
            self.take(picture)
        self.go("a[href$='/totp/activate/']")
        if self.page.locator("[name=password]").count():
            self.write("[name=password]", password)
            self.go("main form button[type=submit], form button[type=submit]")
        self._secret = self.page.input_value("#authenticator_secret")
        self.write("[name=code]", _code(self._secret))
        self.go("form:has([name=code]) button[type=submit]")
        self.click("#codes_saved")
        self.go("text=Go on to what you wanted to open")


def _code(secret: str) -> str:
    """What an app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    found = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = found[-1] & 15
    return f"{(int.from_bytes(found[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def invitation(outbox: Path, email: str) -> str:
    """The link of the invitation that was mailed to an address. Raises TimeoutError."""
    for _ in range(PATIENCE // 200):
        for mail in outbox.glob("new/notice-*"):
            text = mail.read_text("utf-8", "replace")
            link = re.search(r"^https?://\S+/password_reset/confirm/\S+$", text.replace("=\n", ""), re.M)
            if f"To: {email}" in text and link:
                return link[0]
        time.sleep(0.2)
    raise TimeoutError(f"no invitation came to {email}")
