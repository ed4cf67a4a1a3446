"""`./griot walk`: from `./griot up` to an approved, scheduled issue in four languages, as two editors do it.

    ./griot walk [--folder docs/walk]

Starts a demo newsroom of its own, drives it in Chromium, takes the pictures in docs/walk, and prints how many
keys and clicks it took and how long, as one JSON line. It ends with 1 where the issue is not scheduled.
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import os
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from griot.bootstrap import say
from griot.runtime.programs import chromium
from griot.runtime.state import ROOT

PORT = 8931
ACCEPTED = 12
PAUSE = 120  # milliseconds between keys: a quick editor's


class Hand:
    """An editor's hand: what it presses and clicks is counted."""

    def __init__(self, page: Any, folder: Path) -> None:
        self.page, self.folder = page, folder
        self.keys = self.clicks = 0

    def press(self, key: str, until: str = "") -> None:
        self.page.keyboard.press(key)
        self.keys += 1
        if until:
            script = "w => document.getElementById('desk-said').textContent.includes(w)"
            self.page.wait_for_function(script, arg=until, timeout=15000)
        self.page.wait_for_timeout(PAUSE)

    def write(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.keys += len(words)

    def click(self, selector: str) -> None:
        """Click what leads to another page, and wait for it."""
        with self.page.expect_navigation(timeout=60000):
            self.page.locator(selector).first.evaluate("e => e.click()")
        self.clicks += 1

    def picture(self, name: str) -> None:
        self.page.wait_for_timeout(250)
        self.page.screenshot(path=self.folder / f"{name}.jpg", type="jpeg", quality=70)


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot walk", description="From nothing to a scheduled issue, with pictures."
    )
    parser.add_argument("--folder", type=Path, default=ROOT / "docs" / "walk", help="where the pictures go")
    folder = parser.parse_args(arguments).folder
    browser = chromium()
    if browser is None:
        say("no Chromium here; ./griot test installs one where it may")
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    with _newsroom() as (url, password, second):
        ready = time.monotonic()
        facts = _walk(url, browser, folder, password, second)
    facts |= {
        "seconds_until_ready": round(ready - started, 1),
        "seconds_at_the_desk": round(time.monotonic() - ready, 1),
    }
    print(json.dumps(facts))
    return 0 if facts["state"] == "scheduled" else 1


@contextmanager
def _newsroom() -> Iterator[tuple[str, str, str]]:
    """A demo newsroom of its own with a second editor: its address, and both passwords."""
    with tempfile.TemporaryDirectory(prefix="griot-walk-") as folder:
        Path(folder).chmod(0o755)
        second = secrets.token_urlsafe(12)
        environment = {**os.environ, "GRIOT_VAR": f"{folder}/var", "PYTHONUNBUFFERED": "1"}
        newsroom = subprocess.Popen(
            [sys.executable, "-m", "griot", "up", "--port", str(PORT)],
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            heard = ""
            for line in newsroom.stdout or ():
                heard += line
                if "today's issue is there" in line:
                    break
            password = re.search(r"with the password\s+(\S+)", heard)
            if password is None:
                raise SystemExit(f"the newsroom did not start:\n{heard}")
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "griot",
                    "createsuperuser",
                    "--noinput",
                    "--username",
                    "bo",
                    "--email",
                    "bo@newsroom.example",
                ],
                env={**environment, "DJANGO_SUPERUSER_PASSWORD": second},
                check=True,
                capture_output=True,
            )
            yield f"http://localhost:{PORT}", password.group(1), second
        finally:
            newsroom.terminate()
            newsroom.wait(30)


def _signed_in(chrome: Any, url: str, user: str, password: str) -> Any:
    page = chrome.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(f"{url}/admin/login/")
    page.fill("[name=login]", user)
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    return page


def _set_up_an_app(page: Any, password: str) -> None:
    """A send asks for a second factor; whoever has none sets one up, once, and goes on."""
    page.click("a[href$='/totp/activate/']")
    page.fill("[name=password]", password)
    page.keyboard.press("Enter")
    page.wait_for_selector("#authenticator_secret")
    page.fill("[name=code]", _code(page.input_value("#authenticator_secret")))
    page.keyboard.press("Enter")
    page.check("#codes_saved")
    page.click("text=Go on to what you wanted to open")
    page.wait_for_url("**/admin/mailing/send/**")


def _code(secret: str) -> str:
    """What an app shows now (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    found = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), "sha1")
    at = found[-1] & 15
    return f"{(int.from_bytes(found[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def _walk(url: str, browser: str, folder: Path, password: str, second: str) -> dict[str, Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        hand = Hand(_signed_in(chrome, url, "admin", password), folder)
        page = hand.page
        page.goto(f"{url}/admin/desk/")
        hand.picture("1-desk")
        _choose(hand)
        hand.press("i")
        hand.picture("3-issue")
        preflight = page.locator("#issue-pane a[href*='/preflight/']").get_attribute("href")
        issue = preflight.rstrip("/").rpartition("/")[2]
        hand.click("#issue-pane a[href*='/preflight/']")
        hand.click("form[action*='/editions/'] button")
        hand.picture("4-preflight-and-editions")
        hand.click(f"a[href='/admin/pages/{issue}/edit/']")
        hand.picture("5-editor")
        hand.click("[name='action-submit']")
        other = Hand(_signed_in(chrome, url, "bo", second), folder)
        other.page.goto(f"{url}/admin/pages/{issue}/edit/")
        other.click("[data-workflow-action-name='approve']")
        other.page.wait_for_timeout(1500)
        page.goto(f"{url}/admin/mailing/send/{issue}/")
        _set_up_an_app(page, password)
        page.select_option("select[name=zone]", "Africa/Dakar")
        hand.clicks += 1
        hand.picture("6-schedule")
        hand.click("section[aria-labelledby=schedule] button[type=submit]")
        page.goto(f"{url}{preflight}")
        state = page.locator(".griot-preflight p strong").first.inner_text().lower()
        editions = page.locator(".griot-preflight h3").count()
        hand.picture("7-scheduled")
        arabic = page.locator(".griot-preflight h3 a").first.get_attribute("href")
        for language, edit in (("ar", arabic),):
            page.goto(f"{url}{edit.replace('/edit/', '/view_draft/')}")
            hand.picture(f"8-edition-{language}")
        page.goto(f"{url}/")
        hand.picture("9-web")
        chrome.close()
    return {
        "keys": hand.keys + other.keys,
        "clicks": hand.clicks + other.clicks,
        "accepted": ACCEPTED,
        "languages": editions + 1,
        "state": state,
    }


def _choose(hand: Hand) -> None:
    """Twenty minutes' work: accept, edit, put off, discard, merge and take back."""
    for n in range(ACCEPTED):
        hand.press("a", "Accepted")
        if n == 3:
            hand.press("d", "Discarded")
        if n == 6:
            hand.press("l", "Later")
    hand.press("u", "Undone")
    hand.press("a", "Accepted")
    hand.press("e")
    hand.picture("2-edit")
    hand.press("Escape")
