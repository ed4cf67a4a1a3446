"""The desk's page, its parts as they are asked for, and what is done there."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from griot.accounts.requests import SignedIn, number_in
from griot.digest.blocks import PIECES
from griot.digest.desk import stories
from griot.digest.desk.acting import Done, Refused
from griot.digest.desk.actions import act, undo_last
from griot.digest.desk.glossing import answer_marks, article_texts, beneath
from griot.digest.desk.lines import BY_HAND, Sources, pieces, states_of_lines, with_passage
from griot.digest.desk.placing import SECTIONS, day_in_the_making, issue_in_the_making, unfinished
from griot.digest.desk.sharing import (
    colleague_in,
    colleagues,
    hand_over,
    leave_note,
    mark_read,
    sharing_context,
    take,
)
from griot.digest.models import IssuePage, Presence, ToldItem
from griot.digest.release.approving import state_of
from griot.digest.site.archive import TOLD_FILTERS
from griot.digest.site.newsroom import path_of
from griot.helpers.protocols import HelperError
from griot.press.core.lines.lines import attribution, line_text
from griot.press.models import Article, Line, Override, Story
from griot.press.stories.glosses import translator_here
from griot.press.stories.lines import draft_story, other_wordings
from griot.press.stories.searching import searched
from griot.testimonies.copies import stale

MOST_ARTICLES = 40
LARGEST_BODY = 64 * 1024
LONGEST_PASSAGE = 4000  # characters
SHOWN = 900  # characters of an article that the desk shows, and translates
desk_permission = permission_required("digest.change_issuepage", raise_exception=True)


@require_GET
@desk_permission
def desk(request: SignedIn) -> HttpResponse:
    """The whole desk, with the first page of stories and the best of them open."""
    asked = stories.Asked.of(request.GET.dict(), request.user)
    found = stories.rows(asked)
    opened = number_in(request.GET.get("story"))
    story = opened or (found[0].story.pk if found else None)
    return render(
        request,
        "digest/desk/desk.html",
        {
            "asked": asked,
            "rows": found,
            "choices": stories.choices(asked),
            "totals": stories.totals(),
            "page": stories.PAGE,
            "unnarrowed": urlencode(
                {"q": asked.q, "state": "all"} | ({"meaning": "on"} if asked.meaning else {})
            ),
            "by_meaning": urlencode({"q": asked.q, "state": "all", "meaning": "on"}),
            "told": _told(asked),
            "untranslated": not settings.TRANSLATOR and any(row.language for row in found),
            "now": timezone.now().isoformat(),
            **sharing_context(request.user),
            "is_opened": opened is not None,
            **(_story_context(story) if story else {}),
            **_issue_context(),
        },
    )


@require_GET
@desk_permission
def rows(request: SignedIn) -> HttpResponse:
    """A further page of the list, or single rows anew (`only`)."""
    asked = stories.Asked.of(request.GET.dict(), request.user)
    only = [n for pk in request.GET.get("only", "").split(",") if (n := number_in(pk))][: stories.PAGE]
    if only:
        found = stories.rows_of(list(Story.objects.filter(pk__in=only)), asked.beat)
    else:
        found = stories.rows(asked, number_in(request.GET.get("from")) or 0)
    return render(request, "digest/desk/rows.html", {"rows": found, "asked": asked})


@require_GET
@desk_permission
def story(request: SignedIn, pk: int) -> HttpResponse:
    context = _story_context(pk)
    if not context:
        return HttpResponse("This story is no longer there.", status=404, content_type="text/plain")
    _here(request, context["row"].story.pk)
    return render(request, "digest/desk/story.html", context)


@require_GET
@desk_permission
def wordings(request: HttpRequest, pk: int) -> HttpResponse:
    """The drafter's other proposals for a story's line, with the key that takes each."""
    line = get_object_or_404(Line.objects.select_related("story"), story=pk, language=settings.LANGUAGE_CODE)
    others = [(key, other, line_text(other)) for key, other in zip("op", other_wordings(line), strict=False)]
    return render(request, "digest/desk/wordings.html", {"wordings": others, "language": line.language})


@require_POST
@desk_permission
def do(request: SignedIn) -> HttpResponse:
    """One act, or undo. Answers with the words for the live region, and what is to be drawn anew."""
    try:
        data = json.loads(request.body[:LARGEST_BODY])
        if not isinstance(data, dict):
            raise ValueError
    except ValueError:
        return JsonResponse({"message": "The request could not be read."}, status=400)
    try:
        if data.get("kind") == "undo":
            done = undo_last(request.user)
        else:
            done = act(str(data.get("kind")), request.user, data)
    except Refused as refusal:
        message = str(refusal)
        answer = {"message": f"{message[:1].upper()}{message[1:]}.".replace("..", ".")}
        return JsonResponse(
            answer | _drawn(request, Done("", refusal.story or data.get("story"))),
            status=409 if refusal.conflict else 422,
        )
    except (TypeError, ValueError):
        return JsonResponse({"message": "The request could not be understood."}, status=400)
    return JsonResponse({"message": done.label, "gone": done.gone} | _drawn(request, done))


def _drawn(request: SignedIn, done: Done) -> dict[str, Any]:
    """The row, the story and the issue after an act, as they are drawn."""
    context = _story_context(done.story) if isinstance(done.story, int) else {}
    issue = _issue_context()
    drawn: dict[str, Any] = {
        "issue": render_to_string("digest/desk/issue.html", issue, request),
        "totals": stories.totals(),
    }
    if context:
        drawn |= {
            "story": context["row"].story.pk,
            "row": render_to_string("digest/desk/rows.html", {"rows": [context["row"]]}, request),
            "pane": render_to_string("digest/desk/story.html", context, request),
        }
    return drawn


@require_GET
@desk_permission
def pulse(request: SignedIn) -> HttpResponse:
    """What has changed since `since`: new and grown stories, decisions of others, and who is at which
    story.
    """
    since = parse_datetime(request.GET.get("since", "")) or timezone.now()
    now = timezone.now()
    _here(request, number_in(request.GET.get("story")))
    asked = stories.Asked.of(request.GET.dict(), request.user)
    changed = Story.objects.filter(
        changed__gt=since, changed__lte=now, last_published__gt=now - stories.NIGHTS[asked.within]
    )
    fresh: list[int] = []
    known: list[int] = []
    for pk, grown, merged in changed.values_list("pk", "grown", "merged_into")[:500]:
        (fresh if grown and grown > since and merged is None else known).append(pk)
    fresh = list(stories.asked_for(asked).filter(pk__in=fresh).values_list("pk", flat=True))
    others = (
        Presence.objects.filter(at__gt=now - stories.AWAKE).exclude(user=request.user).select_related("user")
    )
    return JsonResponse(
        {
            "now": now.isoformat(),
            "fresh": fresh,
            "changed": known,
            "totals": stories.totals(),
            "here": [{"name": p.name, "story": p.story} for p in others],
        }
    )


def _hand_over(request: SignedIn) -> str:
    return hand_over(request.user, colleague_in(request.POST.dict()), request.POST.get("note", ""))


def _leave(request: SignedIn) -> str:
    leave_note(request.user, request.POST.get("note", ""))
    return "The note stands until somebody of the next shift has read it."


def _read(request: SignedIn) -> str:
    was_first = mark_read(number_in(request.POST.get("id")) or 0, request.user)
    return "Read." if was_first else "A colleague has read it already."


SHIFT: dict[str, Callable[[SignedIn], str]] = {
    "take": lambda request: take(request.user),
    "hand over": _hand_over,
    "note": _leave,
    "read": _read,
}


@require_POST
@desk_permission
def shift(request: SignedIn) -> HttpResponse:
    """Take the issue, hand it over, leave a note, or have read one; then back to where one was."""
    try:
        if do := SHIFT.get(request.POST.get("do", "")):
            messages.success(request, do(request))
    except Refused as refusal:
        messages.error(request, f"{str(refusal)[:1].upper()}{str(refusal)[1:]}.")
    return redirect("wagtailadmin_home" if request.POST.get("from") == "home" else "desk:desk")


@require_GET
@desk_permission
def article(request: HttpRequest, pk: int) -> HttpResponse:
    """An article's words, whole, with a passage of theirs marked."""
    found = get_object_or_404(Article, pk=pk)
    passage = request.GET.get("passage", "")[:LONGEST_PASSAGE]
    told = [with_passage(words, passage) for words in (found.text, found.summary) if words]
    shown = next((words for words in told if any(marked for _, marked, _ in words)), told[0] if told else [])
    return render(request, "digest/desk/words.html", {"paragraphs": shown})


@require_POST
@desk_permission
def translate(request: HttpRequest, pk: int) -> HttpResponse:
    """What the desk shows of an article in the desk's language, by the newsroom's translator."""
    article = get_object_or_404(Article, pk=pk)
    translator = translator_here()
    if translator is None:
        return HttpResponse(
            "No translator is configured (GRIOT_TRANSLATOR).", status=422, content_type="text/plain"
        )
    try:
        text = (article.text or article.summary)[:SHOWN]
        words = translator.translate(text, article.language, settings.LANGUAGE_CODE)
    except HelperError as error:
        return HttpResponse(f"The translator could not help: {error}.", status=502, content_type="text/plain")
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def _here(request: SignedIn, story: int | None) -> None:
    Presence.objects.update_or_create(user=request.user, defaults={"story": story, "at": timezone.now()})


@require_POST
@desk_permission
def glosses(request: HttpRequest) -> JsonResponse:
    """What the marks in the body, a JSON list, ask for."""
    try:
        marks = json.loads(request.body[:LARGEST_BODY])
    except (ValueError, RecursionError):
        marks = None
    if not isinstance(marks, list):
        return JsonResponse({"message": "The request could not be understood."}, status=400)
    return JsonResponse(answer_marks(marks))


def _story_context(pk: int) -> dict[str, Any]:
    """A story with its line and articles; empty where it is no longer there."""
    found = Story.objects.filter(pk=pk).select_related("merged_into").first()
    if found is None:
        return {}
    story = found.merged_into or found
    row = stories.rows_of([story])[0]
    articles = list(
        Article.objects.filter(story=story)
        .select_related("outlet", "copy_of__outlet")
        .defer("vector", "bands", "search")
        .order_by("copy_of_id", "-published")[:MOST_ARTICLES]
    )
    if not articles:
        return {"row": row, "line": None, "articles": []}
    line = (
        Line.objects.filter(story=story, language=settings.LANGUAGE_CODE)
        .prefetch_related(Prefetch("overrides", Override.objects.select_related("by"), to_attr="vouched"))
        .select_related("edited_by")
        .first()
    )
    if line is None:
        draft_story(story, settings.LANGUAGE_CODE)
        return _story_context(story.pk)
    claims = line.as_value().claims
    vouched = frozenset(o.claim for o in line.vouched)
    sources = Sources(line, articles)
    shown = pieces(line.body, claims, vouched, sources)
    in_body = {p.claim.text for p in shown if p.claim}
    named = {o["url"] for o in line.outlets}
    credited = {o["name"] for o in line.outlets}
    also = dict.fromkeys(a.outlet.credit for a in articles)
    glosses = beneath(article_texts(articles))
    urls = {o["name"]: o["url"] for o in line.outlets}
    head = [(name, urls.get(name, "")) for name in attribution(line.as_value().outlets)]
    return {
        "row": row,
        "line": line,
        "articles": [(a, glosses.get(f"h{a.pk}"), glosses.get(f"l{a.pk}")) for a in articles],
        "shown": SHOWN,
        "head": head,
        "pieces": shown,
        "vouched": line.vouched,
        "elsewhere": [c for c in claims if c.is_refused and c.text not in in_body],
        "unsupported": [c.text for c in claims if c.is_refused and c.text not in vouched],
        "undecided": [(c, sources.nearest(c)) for c in claims if c.is_undecided],
        "more_outlets": [a for a in articles if a.url not in named],
        "also": [name for name in also if name not in credited],
        "kinds": PIECES,
        "kind": dict(PIECES).get(line.piece, ""),
        "colleagues": colleagues(),
    }


def _issue_context() -> dict[str, Any]:
    """The issue in the making: its sections with their lines, each with its state."""
    page = issue_in_the_making()
    if page is None:
        return {"issue": None, "day": day_in_the_making(), "sections": [], "placed": 0}
    draft: IssuePage = page.get_latest_revision_as_object()
    sections: dict[str, list[Any]] = {name: [] for name in SECTIONS}
    for block in draft.body:
        if block.block_type == "press_review":
            sections.setdefault(block.value["section"] or "press_review", []).extend(block.value["lines"])
    told = [v["story"] for lines in sections.values() for v in lines if v["story"]]
    states = states_of_lines(told)
    shown = [{"name": name, "lines": [_placed(v, states) for v in lines]} for name, lines in sections.items()]
    return {
        "issue": draft,
        "day": draft.day,
        "sections": shown,
        "placed": sum(len(s["lines"]) for s in shown),
        "state": state_of(page),
        "waiting": unfinished(told).count(),
    }


def _placed(value: Any, states: Mapping[int, str]) -> dict[str, Any]:
    return {
        "story": value["story"],
        "names": [o["name"] for o in value["outlets"]],
        "body": value["body"],
        "state": states.get(value["story"], BY_HAND),
    }


def _told(asked: stories.Asked) -> list[dict[str, Any]]:
    """Lines of earlier issues that a search finds."""
    if not asked.q or asked.meaning:
        return []
    found = ToldItem.objects.filter(
        searched(asked.q, TOLD_FILTERS).condition, ~stale(), language=settings.LANGUAGE_CODE
    ).select_related("issue")[:8]
    return [{"day": t.day, "text": t.text, "url": f"{path_of(t.issue)}#{t.anchor}"} for t in found]
