"""The web pages that readers see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from griot.digest.rendering.environment import render_template
from griot.digest.types import Issue

if TYPE_CHECKING:
    from griot.digest.composing import Archive


def render_issue(issue: Issue) -> str:
    return render_template("web/issue.html", issue)


def render_archive(archive: Archive) -> str:
    return render_template("web/archive.html", archive=archive)
