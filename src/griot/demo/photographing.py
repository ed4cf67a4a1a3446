"""`./griot screenshots`: the pictures in docs/, taken from a running demo newsroom."""

from __future__ import annotations

import argparse
import subprocess
import sys

from griot.bootstrap import say
from griot.runtime.programs import chromium
from griot.runtime.state import ROOT


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./griot screenshots", description="Take the pictures in docs/.")
    parser.add_argument("--url", default="http://localhost:8000", help="a running demo newsroom")
    url = parser.parse_args(arguments).url
    browser = chromium()
    if browser is None:
        say("no Chromium here; ./griot test installs one where it may")
        return 2
    from playwright.sync_api import sync_playwright

    folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    mail = subprocess.run(
        [sys.executable, "-m", "griot", "render_issue", "latest", "--format", "email"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        for scheme in ("light", "dark"):
            for subject, widths in (
                ("web", (1280, 375)),
                ("archive", (375,)),
                ("stories", (1280, 375)),
                ("mail", (600, 375)),
            ):
                for width in widths:
                    # Readers’ policy would take the mail’s own styles away.
                    context = chrome.new_context(
                        viewport={"width": width, "height": 1200},
                        color_scheme=scheme,
                        bypass_csp=subject == "mail",
                    )
                    page = context.new_page()
                    if subject == "mail":
                        page.goto(url)  # so that pictures load from the newsroom itself
                        page.set_content(mail)
                    else:
                        page.goto(url + ("/" if subject == "web" else f"/{subject}/"))
                    page.wait_for_timeout(300)
                    page.screenshot(path=folder / f"{subject}-{width}-{scheme}.jpg", type="jpeg", quality=72)
                    context.close()
        chrome.close()
    return 0
