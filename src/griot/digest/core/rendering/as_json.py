"""An issue as JSON, for other systems."""

from __future__ import annotations

import json
from dataclasses import asdict

from griot.digest.core.types import Issue


def render_json(issue: Issue) -> str:
    return json.dumps(asdict(issue), ensure_ascii=False, indent=2, default=str)
