"""The web pages that readers see."""

from __future__ import annotations

from griot.digest.core.archive import Archive
from griot.digest.core.rendering.environment import render_template
from griot.digest.core.types import Block, Issue, picture_of, title_of
from griot.digest.core.typography import archive_finely_set, finely_set
from griot.digest.core.words import front_of, is_right_to_left, words


def render_issue(issue: Issue) -> str:
    return render_template("web/issue.html", finely_set(issue))


def render_item(issue: Issue, block: Block) -> str:
    """One block on a page of its own; a gallery's shows all its pictures."""
    issue = finely_set(issue)
    block = next((one for one in issue.blocks if one.anchor == block.anchor), block)
    return render_template(
        "web/item.html", issue, block=block, item_title=title_of(block), picture=picture_of(block)
    )


def render_message(word: str, newsroom: str, language: str = "en") -> str:
    """A page that says one thing, for when there is nothing to show: a key of `words`, under the newsroom's
    name.
    """
    return render_template(
        "web/message.html",
        language=language,
        newsroom=newsroom,
        message=words(language)[word],
        front=front_of(language),
        rtl=is_right_to_left(language),
    )


def render_archive(archive: Archive) -> str:
    shown = archive_finely_set(archive)
    return render_template("web/archive.html", language=archive.language, archive=shown)
