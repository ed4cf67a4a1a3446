"""How quick the desk is: `./griot bench desk`.

5,000 stories of the night: the server's time of every page and every act of the desk, of the issue and of the
mail, beside the number of queries and the ratio to a bare page of Wagtail's in the same run: the editor of a
page that has a title and nothing else. A duty editor asks; where mails are sent, a mailing manager. Medians
of RUNS after one that is not counted; above SLOW a row says so, which on a busy machine means little: look at
the ratio. Then the first paint as a ratio to that with 50 stories, and the browser's time from a key press to
the next frame. The last line is JSON.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, cycle
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.test")
FEW, MANY, PRESSES = 50, 5000, 60
RUNS, SLOW = 7, 200  # milliseconds
IN_ISSUE, DRAFTED = 20, 120  # stories
BARE = "a bare page of Wagtail’s"


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of a page or an act: milliseconds, how often those of the bare page asked in turns
    with it, and queries to the database.
    """

    name: str
    milliseconds: float
    over_bare: float
    queries: int


def main() -> int:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("prepare", verbosity=0)
        figures = _measure()
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(json.dumps(figures))
    return 0


def _measure() -> dict[str, Any]:
    from _night import add_archive, add_issue, add_lines, add_readers, add_stories, add_visits, person

    editor, colleague = person("editor", "Duty editor"), person("colleague", "Duty editor")
    manager = person("manager", "Mailing manager", "Duty editor")
    add_stories(FEW)
    first = Desk(editor, colleague, manager)
    few = first.measured("first paint", lambda n: first.get("/admin/desk/")).milliseconds
    add_stories(MANY - FEW)
    add_visits()
    add_archive()
    add_readers()
    told = add_lines(DRAFTED)
    desk = Desk(editor, colleague, manager)
    desk.issue = add_issue(editor, told[:IN_ISSUE])
    desk.stories = cycle(told[IN_ISSUE:])
    rows = [desk.measured(BARE, lambda n: desk.get(desk.bare))]
    _say(rows[0])
    for measure in chain(pages(desk), acts(desk)):
        rows.append(desk.measured(*measure))
        _say(rows[-1])
    key = _key_press(desk.client.cookies["sessionid"].value)
    paint = next(row for row in rows if row.name == "the desk")
    figures: dict[str, Any] = {
        "first_paint_ms": paint.milliseconds,
        "first_paint_over_50_stories": round(paint.milliseconds / few, 2),
        "stories": MANY,
        **({"key_press_ms": round(key, 1)} if key is not None else {}),
    }
    for name, value in figures.items():
        print(f"{name:<44} {value}", file=sys.stderr)
    of = ("milliseconds", "over_bare", "queries")
    return figures | {"rows": {row.name: {name: getattr(row, name) for name in of} for row in rows}}


def _say(row: Row) -> None:
    slow = f"  over {SLOW} ms" if row.milliseconds > SLOW else ""
    print(
        f"{row.name:<44} {row.milliseconds:7.1f} ms {row.over_bare:6.2f} × {row.queries:4} queries{slow}",
        file=sys.stderr,
        flush=True,
    )


def _seconds(ask: Callable[[], Any]) -> float:
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


class Desk:
    """Who asks, and what there is to ask for."""

    def __init__(self, editor: Any, colleague: Any, manager: Any) -> None:
        from _night import bare_page
        from django.test import Client

        from tests.signing_in import with_second_factor

        self.editor, self.colleague = editor, colleague
        self.client, self.mailing = Client(), Client()
        self.client.force_login(editor)
        with_second_factor(self.mailing, manager)
        self.bare = f"/admin/pages/{bare_page().pk}/edit/"
        self.issue: Any = None
        self.stories: Iterator[int] = iter(())

    def measured(
        self, name: str, ask: Callable[[Any], Any], before: Callable[[int], Any] = lambda n: n
    ) -> Row:
        """The median time of what is asked, each time after what is done `before` it; and its queries, of a
        turn that is not timed.
        """
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        ask(before(0))
        given = before(1)
        with CaptureQueriesContext(connection) as captured:
            ask(given)
            queries = len(captured)
        times, bare = [], []
        for n in range(2, RUNS + 2):
            given = before(n)
            times.append(_seconds(lambda given=given: ask(given)))
            bare.append(_seconds(lambda: self.get(self.bare)))
        took, reference = statistics.median(times), statistics.median(bare)
        return Row(name, round(took * 1000, 1), round(took / reference, 2), queries)

    def get(self, path: str, client: Any = None) -> Any:
        response = (client or self.client).get(path)
        assert response.status_code == 200, (path, response.status_code, response.content[:300])
        return response

    def do(self, data: dict[str, Any]) -> dict[str, Any]:
        """An act at the desk, or undo."""
        response = self.client.post("/admin/desk/act/", json.dumps(data), "application/json")
        assert response.status_code == 200, (data, response.content[:300])
        return dict(response.json())

    def post(self, path: str, data: dict[str, Any]) -> None:
        response = self.client.post(path, data)
        assert response.status_code == 302, (path, response.status_code)
        from django.contrib.messages import get_messages

        refused = [str(m) for m in get_messages(response.wsgi_request) if m.level_tag == "error"]
        assert not refused, (path, data, refused)


# --- pages ------------------------------------------------------------------------------------

# Addresses of the desk and the issue that are asked for below, by the names that the code gives them.
ASKED = {
    "desk:desk",
    "desk:rows",
    "desk:story",
    "desk:wordings",
    "desk:article",
    "desk:act",
    "desk:pulse",
    "desk:shift",
    "digest:making",
    "digest:states",
    "digest:preflight",
    "digest:mend",
    "digest:carry_over",
    "digest:editions",
}
LEFT_OUT = {
    "desk:translate": "its time is the translator’s",
    "desk:glosses": "its time is the translator’s, and bounded",
    "digest:publish": "a chief editor’s",
    "digest:submit": "once an issue",
    "digest:make_now": "asks a worker, and goes back to the home",
    "digest:answer": "a chief editor’s",
    "digest:correct": "a chief editor’s",
    "digest:take_back_correction": "a chief editor’s",
}
Measure = tuple[Any, ...]  # what `Desk.measured` takes


def pages(desk: Desk) -> Iterator[Measure]:
    from django.utils import timezone
    from django.utils.http import urlencode

    from griot.digest.models import IssuePage
    from griot.press.models import Article, Beat

    issue, told = desk.issue.pk, list(Article.objects.values_list("pk", "text")[:20])
    untold = iter(list(_without_line(20)))
    lately = urlencode({"since": (timezone.now() - timedelta(minutes=2)).isoformat()})
    night = urlencode({"since": (timezone.now() - timedelta(days=1)).isoformat()})
    beat = urlencode({"q": Beat.objects.get().query})
    stories = [next(desk.stories) for _ in range(20)]
    edition = IssuePage.objects.get(pk=issue).get_translations().last().pk

    def page(name: str, path: str, client: Any = None) -> Measure:
        return name, lambda n: desk.get(path, client)

    yield page("the desk", "/admin/desk/")
    yield page("the desk: another page of stories", "/admin/desk/rows/?from=50")
    yield page("the desk: the hundredth page", "/admin/desk/rows/?from=4950&state=all")
    yield page("the desk: a country, a language", "/admin/desk/?country=IT&language=fr")
    yield page("the desk: a search", "/admin/desk/?q=migrants+lampedusa")
    yield page("the desk: a search for what is common", "/admin/desk/?q=report&state=all")
    yield page("the desk: a search by meaning", "/admin/desk/?q=people+saved+at+sea&meaning=on&state=all")
    yield page("what is new, after two minutes", f"/admin/desk/pulse/?{lately}")
    yield page("what is new, after a day", f"/admin/desk/pulse/?{night}")
    yield "a story", lambda n: desk.get(f"/admin/desk/story/{stories[n]}/")
    yield "a story that has no line yet", lambda n: desk.get(f"/admin/desk/story/{next(untold)}/")
    yield "other wordings of a line", lambda n: desk.get(f"/admin/desk/wordings/{stories[n]}/")
    archive = f"{IssuePage.objects.get(pk=issue).get_parent().get_url_parts()[2]}archive/"
    passage = urlencode({"passage": told[0][1][-80:]})
    yield "an article at a passage", lambda n: desk.get(f"/admin/desk/article/{told[n][0]}/?{passage}")
    yield page("the home", "/admin/")
    yield page("the ledger", "/admin/press/ledger/")
    yield page("a beat’s query, tried", f"/admin/press/try/?{beat}")
    yield page("the issue in the editor", f"/admin/pages/{issue}/edit/")
    yield page("the issue’s lines in the editor", f"/admin/issues/states/{issue}/")
    yield page("pre-flight", f"/admin/issues/preflight/{issue}/")
    yield page("how far the issue is made", "/admin/issues/making/")
    yield page("where it is sent", f"/admin/mailing/send/{issue}/", desk.mailing)
    yield page("the mail as read", f"/admin/mailing/send/{issue}/mail/", desk.mailing)
    yield page("the mail as read, its HTML", f"/admin/mailing/send/{issue}/mail/html/", desk.mailing)
    yield page("an edition’s mail, its HTML", f"/admin/mailing/send/{edition}/mail/html/", desk.mailing)
    yield page("the sends", "/admin/mailing/", desk.mailing)
    yield page("the archive: a search", f"{archive}?q=migrants+lampedusa")
    yield page("the archive: a search for what is common", f"{archive}?q=reported")


def _without_line(most: int) -> Iterator[int]:
    from griot.press.models import Story

    found = Story.objects.filter(lines=None, merged_into=None, decision="").order_by("-score", "pk")
    yield from found.values_list("pk", flat=True)[:most]


# --- acts -------------------------------------------------------------------------------------


def acts(desk: Desk) -> Iterator[Measure]:
    """Every act of the desk by the code's own tables, each with its undo; a new one is asked for here."""
    from griot.digest.desk.actions import ACTS
    from griot.digest.desk.views import SHIFT

    for kind in ACTS:
        ready, data = GIVEN[kind]

        def before(n: int, ready: Any = ready, data: Any = data) -> dict[str, Any]:
            story = next(desk.stories)
            ready(desk, story)
            return {"story": story, **data(desk, story)}

        yield kind, lambda given, kind=kind: desk.do({"kind": kind, **given}), before
        if ready is _nothing:  # the stories are taken again, and are as they were
            for _ in range(RUNS + 2):
                desk.do({"kind": "undo"})
        yield (
            f"{kind}, undone",
            lambda given: desk.do({"kind": "undo"}),
            lambda n, kind=kind, before=before: desk.do({"kind": kind, **before(n)}),
        )
    untold = _without_line(20)
    yield "accept, of what has no line yet", lambda n: desk.do({"kind": "accept", "story": next(untold)})
    for do in SHIFT:
        yield (
            do,
            lambda data, do=do: desk.post("/admin/desk/shift/", {"do": do, **data}),
            lambda n, do=do: SHIFTED[do](desk),
        )
    issue = desk.issue.pk
    yield (
        "mend",
        lambda key: desk.post(f"/admin/issues/preflight/{issue}/mend/", {"finding": key}),
        lambda n: _mendable(desk),
    )
    yield (
        "carry over 40 stories",
        lambda n: desk.post("/admin/issues/carry-over/", {}),
        lambda n: _put_off(desk, 40),
    )
    yield "make three editions", lambda n: desk.post(f"/admin/issues/editions/{issue}/", {})


def _nothing(desk: Desk, story: int) -> None: ...


def _no_more(desk: Desk, story: int) -> dict[str, Any]:
    return {}


def _done_before(kind: str) -> Callable[[Desk, int], None]:
    return lambda desk, story: desk.do({"kind": kind, "story": story}) and None


def _line(story: int) -> Any:
    from griot.press.models import Line

    return Line.objects.get(story=story, language="en")


def _edited(desk: Desk, story: int) -> dict[str, Any]:
    line = _line(story)
    return {"version": line.version, "body": f"{line.body} It was Sunday."}


def _told(desk: Desk, story: int) -> dict[str, Any]:
    return {"version": _line(story).version, "piece": "news"}


def _claim(desk: Desk, story: int) -> None:
    line = _line(story)
    desk.do({"kind": "edit", "story": story, "version": line.version, "body": f"{line.body} 987654 died."})


def _refused(desk: Desk, story: int) -> dict[str, Any]:
    return {"claim": next(c.text for c in _line(story).as_value().claims if c.is_refused), "why": "By phone."}


def _two_articles(desk: Desk, story: int) -> dict[str, Any]:
    from griot.press.models import Article

    return {"articles": list(Article.objects.filter(story=story).values_list("pk", flat=True)[:2])}


# What each act needs: done before it, and given to it besides its story.
GIVEN: dict[str, tuple[Callable[[Desk, int], None], Callable[[Desk, int], dict[str, Any]]]] = {
    "accept": (_nothing, _no_more),
    "discard": (_nothing, _no_more),
    "later": (_nothing, _no_more),
    "reopen": (_done_before("discard"), _no_more),
    "edit": (_nothing, _edited),
    "tell_as": (_nothing, _told),
    "vouch": (_claim, _refused),
    "merge": (_nothing, lambda desk, story: {"with": [next(desk.stories)]}),
    "split": (_nothing, _two_articles),
    "move": (_done_before("accept"), lambda desk, story: {"section": "trending"}),
    "assign": (_nothing, lambda desk, story: {"to": desk.colleague.pk}),
}
SHIFTED: dict[str, Callable[[Desk], dict[str, Any]]] = {
    "take": lambda desk: {},
    "hand over": lambda desk: _taken(desk) or {"to": desk.colleague.pk, "note": "Calais is still open."},
    "note": lambda desk: {"note": "Calais is still open."},
    "read": lambda desk: {"id": _left(desk)},
}


def _taken(desk: Desk) -> None:
    from griot.digest.desk.sharing import take

    take(desk.editor)


def _left(desk: Desk) -> int:
    from griot.digest.desk.sharing import leave_note

    return int(leave_note(desk.colleague, "Calais is still open.").pk)


def _mendable(desk: Desk) -> str:
    """The key of the finding that the issue has no summary."""
    from griot.digest.desk.placing import draft_of
    from griot.digest.release.preflight import preflight

    with draft_of(desk.issue.pk, desk.editor) as draft:
        draft.page.summary, draft.is_changed = "", True
    return next(f.key for f in preflight(draft.page) if f.mend and f.mend.act == "summary")


def _put_off(desk: Desk, count: int) -> None:
    """So many stories are put off, of those that do not stand in the issue; what was carried over is out."""
    from griot.digest.desk.placing import draft_of
    from griot.press.models import Story

    with draft_of(desk.issue.pk, desk.editor) as draft:
        for pk in draft.stories()[IN_ISSUE:]:
            draft.take(pk)
        placed = draft.stories()
    Story.objects.exclude(pk__in=placed).exclude(decision="").update(decision="discarded")
    some = Story.objects.filter(lines__isnull=False, merged_into=None, told=None).exclude(pk__in=placed)
    chosen = list(some.values_list("pk", flat=True)[:count])
    Story.objects.filter(pk__in=chosen).update(decision="later")


def _key_press(session: str) -> float | None:
    """The 95th percentile of the time from a key to the next frame, in milliseconds; None without
    Chromium.
    """
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.test.testcases import LiveServerThread

    from griot.runtime.programs import chromium

    path = chromium()
    if path is None:
        return None
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    server = LiveServerThread("localhost", StaticFilesHandler)
    server.daemon = True
    server.start()
    server.is_ready.wait()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.context.add_cookies(
            [{"name": "sessionid", "value": session, "url": f"http://localhost:{server.port}"}]
        )
        # Before the desk's own listener, which lets no other hear the keys it knows.
        page.add_init_script(
            """window.took = []; addEventListener("keydown", () => { const start = performance.now();
            requestAnimationFrame(() => setTimeout(() => took.push(performance.now() - start))); }, true);"""
        )
        page.goto(f"http://localhost:{server.port}/admin/desk/")
        for n in range(PRESSES):
            page.keyboard.press("d" if n % 10 == 9 else "j")
            page.wait_for_timeout(60)
        took = sorted(page.evaluate("took"))
        assert page.locator(".desk-row").count() > FEW, "more stories were loaded on the way"
        browser.close()
    server.terminate()
    return float(took[int(len(took) * 0.95)])


if __name__ == "__main__":
    raise SystemExit(main())
