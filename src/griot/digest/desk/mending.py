"""What the pre-flight offers to mend in one click: done as an editor would do it by hand, and only while it
is still so.

Each is a revision of its own, taken back while nothing was saved after it. A line of a story is written by
the desk's own act, which checks it, and is undone there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import Truncator

from griot.digest.core.words import issue_title
from griot.digest.desk.acting import Refused
from griot.digest.desk.actions import act
from griot.digest.desk.placing import Draft
from griot.digest.models import DigestIndexPage, IssuePage
from griot.digest.release.findings import Mend
from griot.digest.release.leading import story_of
from griot.digest.release.preflight import first_words, preflight
from griot.digest.site.composing import issue_of, line_anchor
from griot.locking import one_after_another
from griot.press.core.lines.house import with_proper_terms
from griot.press.models import Line

LONGEST_SUMMARY = 300


@dataclass(frozen=True, slots=True)
class Mended:
    """What was done, in words. `revision` can be taken back; None where that is done at the desk."""

    said: str
    revision: int | None


def why_not_edited(page: IssuePage, user: Any) -> str:
    """Why somebody may not change an issue now, in words; "" where they may."""
    if not page.permissions_for_user(user).can_edit():
        return "you may not edit this issue"
    lock = page.get_lock()
    if lock and lock.for_user(user):
        planned = "it is planned to go out: take the plan back first"
        return planned if page.planned() else "it is locked, or being approved by somebody else"
    return ""


def mend(pk: int, user: Any, key: str) -> Mended:
    """Mend what a finding of the pre-flight says, by the finding's key. Raises Refused."""
    with transaction.atomic():
        page = _held(pk, user)
        draft = Draft(page.get_latest_revision_as_object())
        offered = (f.mend for f in preflight(draft.page) if f.mend and f.key == key)
        found: Mend | None = next(offered, None)
        if found is None:
            raise Refused("it was mended or changed meanwhile; look again", conflict=True)
        said = _ACTS[found.act](draft, *found.of)
        revision = _save(draft, user)
        line = _line_to_check(draft, found)
        if line is None:
            return Mended(said, revision.pk)
        act("edit", user, line)
        return Mended(f"{said} It is checked; undo it at the desk.", None)


def take_back(pk: int, user: Any, revision: int) -> None:
    """What was mended, as it was before. Raises Refused where anything was saved since."""
    with transaction.atomic():
        page = _held(pk, user)
        made = page.get_latest_revision()
        before = made and made.get_previous()
        if made is None or before is None or made.pk != revision or made.user_id != user.pk:
            raise Refused("the issue was changed since; mend it in the editor", conflict=True)
        draft = Draft(before.as_object())
        draft.page.pk = page.pk
        _save(draft, user)


def _held(pk: int, user: Any) -> IssuePage:
    """The issue, while nobody else changes an issue. Raises Refused where somebody may not."""
    one_after_another("the desk")
    DigestIndexPage.objects.select_for_update().get(locale__language_code=settings.LANGUAGE_CODE)
    page = IssuePage.objects.get(pk=pk)
    if why := why_not_edited(page, user):
        raise Refused(why)
    return page


def _save(draft: Draft, user: Any) -> Any:
    """As the editor saves: a draft's row goes with it, a published one's waits until it is published."""
    page = draft.page
    page.body = page.body.stream_block.to_python(draft.raw)
    try:
        page.full_clean()
    except ValidationError as error:
        raise Refused("; ".join(error.messages)) from None
    if not page.live:
        page.save()
    return page.save_revision(user=user, log_action=True, clean=False)


def _line(draft: Draft, anchor: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    for block in draft.raw:
        if block["type"] == "press_review":
            for item in block["value"]["lines"]:
                if line_anchor(item.get("id")) == anchor:
                    return block["value"]["lines"], item
    raise Refused("this line is not in the issue any more", conflict=True)


def _line_to_check(draft: Draft, mended: Mend) -> dict[str, Any] | None:
    """What the desk is asked to check: a line whose words were changed, where it has a story's."""
    if mended.act not in {"check", "link", "terms"}:
        return None
    value = _line(draft, mended.of[0])[1]["value"]
    story = story_of(value)
    line = Line.objects.filter(story=story, language=settings.LANGUAGE_CODE).first() if story else None
    if line is None:
        return None
    return {
        "story": line.story_id,
        "version": line.version,
        "body": value["body"],
        "mention": value["mention"] or "",
        "outlets": [outlet["value"]["url"] for outlet in value["outlets"]],
    }


# --- the acts ---------------------------------------------------------------------------------


def _date(draft: Draft, day: str) -> str:
    page, new = draft.page, date.fromisoformat(day)
    if page.title == issue_title(page.day, page.language):
        page.title = issue_title(new, page.language)
    if page.slug == page.day.isoformat():
        page.slug = new.isoformat()
    page.day = new
    more = " Bring the editions up to date." if page.get_translations().exists() else ""
    return f"It bears {new:%A %-d %B} now.{more}"


def _check(draft: Draft, anchor: str) -> str:
    value = _line(draft, anchor)[1]["value"]
    value["body"] = " ".join(value["body"].split())
    return "The line stands as it is in the issue."


def _terms(draft: Draft, anchor: str) -> str:
    value = _line(draft, anchor)[1]["value"]
    value["body"] = with_proper_terms(value["body"], draft.page.language)
    return "The line says it as the house does."


def _once(draft: Draft, anchor: str, name: str) -> str:
    value = _line(draft, anchor)[1]["value"]
    first = next(o for o in value["outlets"] if o["value"]["name"] == name)
    value["outlets"] = [o for o in value["outlets"] if o is first or o["value"]["name"] != name]
    return f"{name} is named once now."


def _link(draft: Draft, anchor: str, url: str, name: str, other: str) -> str:
    value = _line(draft, anchor)[1]["value"]
    named = {outlet["value"]["url"] for outlet in value["outlets"]}
    gone = next(outlet for outlet in value["outlets"] if outlet["value"]["url"] == url)
    before, gone["value"] = gone["value"]["name"], {"name": name, "url": other}
    if other in named:
        value["outlets"].remove(gone)
        return f"{before} is left out."
    return f"It links to {name}’s article now."


def _take_out(draft: Draft, anchor: str) -> str:
    lines, item = _line(draft, anchor)
    lines.remove(item)
    return "The line is taken out."


def _summary(draft: Draft) -> str:
    draft.page.summary = Truncator(first_words(issue_of(draft.page))).chars(LONGEST_SUMMARY)
    return "The summary is written: change it where you know better."


_ACTS: dict[str, Callable[..., str]] = {
    "check": _check,
    "date": _date,
    "link": _link,
    "once": _once,
    "summary": _summary,
    "take out": _take_out,
    "terms": _terms,
}
