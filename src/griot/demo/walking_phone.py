"""`./griot walk_phone`: the messenger's app on a phone of 360 pixels, driven from the invitation to a sent
testimony, with pictures in docs/capture.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from griot.runtime.programs import chromium
from griot.runtime.state import ROOT

PIN = "246810"


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot walk_phone", description="Walk through the phone app of a running demo."
    )
    parser.add_argument("--url", default="http://localhost:8000", help="the running demo newsroom")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "docs" / "capture", help="where the pictures go"
    )
    options = parser.parse_args(arguments)
    browser = chromium()
    if browser is None:
        print("griot: no Chromium here; ./griot test installs one where it may", file=sys.stderr)
        return 2
    said = subprocess.run(
        [sys.executable, "-m", "griot", "invite_messenger", "Mame"], capture_output=True, text=True
    )
    found = re.search(r"#join=(\S+)", said.stdout)
    if not found:
        print(f"griot: there is no demo messenger to invite: {said.stderr.strip()[-300:]}", file=sys.stderr)
        return 2
    options.folder.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, TemporaryDirectory(prefix="griot-") as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=browser,
            viewport={"width": 360, "height": 740},
            device_scale_factor=2,
            locale="en-GB",
            permissions=["camera", "microphone"],
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        _walk(context, options.url, found[1], options.folder)
        context.close()
    return 0


def _ask(page: Any, name: str) -> None:
    """Go on to the question of a consent that has a field."""
    while not page.locator(f"[name={name}]").first.is_visible():
        page.click(".ways button.main")


def _walk(context: Any, url: str, token: str, folder: Path) -> None:
    page = context.pages[0]
    page.on("dialog", lambda dialog: dialog.accept())
    count = 0

    def shot(name: str, whole: bool = False) -> None:
        nonlocal count
        count += 1
        page.wait_for_timeout(250)
        page.screenshot(path=folder / f"{count}-{name}.jpg", type="jpeg", quality=70, full_page=whole)

    page.goto(f"{url}/capture/#join={token}")
    page.fill("[name=pin]", PIN)
    page.fill("[name=again]", PIN)
    shot("join")
    page.click("form button.main")
    page.wait_for_selector("nav button")
    shot("home")
    page.click("nav button >> nth=0")
    page.wait_for_selector(".card")
    shot("training")
    page.click("header button.plain")
    page.wait_for_selector("nav button")
    context.set_offline(True)
    page.click("main button.main")
    page.wait_for_selector(".stack button")
    page.click(".stack button >> nth=0")
    page.check("[name=explained][value=read]")
    shot("consent")
    _ask(page, "uses")
    page.check("[name=uses][value=web]")
    _ask(page, "name")
    page.fill("[name=name]", "Awa Ndiaye")
    while not page.locator("canvas.sign").is_visible():
        page.click(".ways button.main")
    page.locator("canvas.sign").scroll_into_view_if_needed()
    box = page.locator("canvas.sign").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for x, y in ((80, 20), (120, 70), (170, 30), (230, 60)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=6)
    page.mouse.up()
    shot("signature")
    page.click("button.main >> nth=-1")
    page.wait_for_selector(".prompts")
    shot("guide")
    page.locator(".prompts li >> nth=0 >> .row button >> nth=1").click()
    page.wait_for_selector(".sheet .time:has-text('0:02')")
    shot("recording")
    page.click(".sheet button.main")
    page.wait_for_selector(".sheet", state="detached")
    page.locator("main > div > button.main").click()
    page.wait_for_selector(".cards .card")
    shot("waiting-offline")
    context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    deadline = time.monotonic() + 60
    while page.locator(".card.sent").count() == 0 and time.monotonic() < deadline:
        page.wait_for_timeout(500)
    shot("sent")
    page.emulate_media(color_scheme="dark")
    shot("sent-dark")
    page.click("nav button >> nth=1")
    page.wait_for_selector(".moods")
    shot("care-dark")
