"""The web pages that readers see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from griot.digest.rendering.environment import render_template
from griot.digest.types import Issue
from griot.digest.words import words

if TYPE_CHECKING:
    from griot.digest.composing import Archive


def render_issue(issue: Issue) -> str:
    return render_template("web/issue.html", issue)


def render_message(word: str) -> str:
    """A page that says one thing, for when there is nothing to show: a key of `words`."""
    return render_template("web/message.html", message=words("en")[word])


def render_archive(archive: Archive) -> str:
    return render_template("web/archive.html", archive=archive)
