"""The desk: what it shows in how many queries, what an editor does there, and undoing it."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from griot.digest.desk import stories
from griot.digest.desk.acting import Refused
from griot.digest.desk.actions import act, undo_last
from griot.digest.desk.lines import pieces
from griot.digest.desk.placing import day_in_the_making, draft_of, issue_in_the_making
from griot.digest.models import DeskAction, IssuePage
from griot.digest.morning.assembling import counted, recounted, start_issue
from griot.digest.release.preflight import preflight
from griot.press.core.types import Claim, Nearest
from griot.press.models import Article, Line, Override, Rating, Story, Verdict
from griot.press.stories.beats_store import first_beat
from griot.press.stories.lines import draft_story
from griot.press.stories.pipeline import rate_stories
from tests.digest.desk.nights import lines, tell
from tests.helpers.tiny import FRENCH, make_package
from tests.press.core.beats.searches import searches

pytestmark = pytest.mark.django_db


# --- what it shows -------------------------------------------------------------------------


def test_the_desk_shows_ranked_stories_and_opens_the_best(desk_client, night):
    page = desk_client.get("/admin/desk/").content.decode()
    assert page.index("57 migrants rescued") < page.index("Court halts")
    for fact in (
        "3 reports",
        "at its heart",
        "The Harbour Times",
        "Open <span>3</span>",
        "independent outlets",
        "machine draft",
    ):
        assert fact in page, fact


def test_the_summary_counts_what_the_issue_holds(desk_client, night, django_user_model):
    laid_out = start_issue(timezone.localdate(), "en")
    laid_out.summary = counted(24)  # the machine's, of which an editor keeps what they accept
    laid_out.save_revision()
    user = django_user_model.objects.create_superuser("zoe")
    act("accept", user, {"story": night[0].pk})
    assert issue_in_the_making().get_latest_revision_as_object().summary == "1 story from the night’s press"
    act("accept", user, {"story": night[1].pk})
    assert issue_in_the_making().get_latest_revision_as_object().summary.startswith("2 stories")


@given(st.text(), st.integers(1, 40))
def test_a_summary_in_an_editors_words_stays(words, told):
    if "night’s press" not in words:
        assert recounted(words, told) == words
    assert recounted(f"{words} · {counted(7)}", told).endswith(counted(told))


def test_an_empty_desk_says_what_to_do(desk_client, site):
    page = desk_client.get("/admin/desk/").content.decode()
    assert "No open stories" in page and "the ledger" in page and "Choose a story" in page


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"country": "GB"}, ["Court"]),
        ({"language": "fr"}, []),
        ({"q": "bangladesh"}, ["Refugee"]),
        ({"q": 'title:"refugee camp"'}, ["Refugee"]),
        ({"q": "court NOT asylum"}, []),
        ({"q": "country:BD OR country:GB", "state": "all"}, ["Court", "Refugee"]),
        ({"ours": "on"}, []),
        ({"q": "a fire among displaced people", "meaning": "on"}, ["Refugee", "57", "Court"]),
    ],
)
def test_filters_and_search_narrow_the_list(desk_client, night, asked, titles):
    from griot.press.core.language.vectors import default_encoder

    for a in Article.objects.all():
        Article.objects.filter(pk=a.pk).update(is_indexed=True, vector=default_encoder().encode([a.title])[0])
    found = stories.rows(stories.Asked.of(asked))
    assert sorted(r.story.headline.split()[0] for r in found) == sorted(titles)
    if "meaning" in asked:
        assert found[0].story.headline.startswith("Refugee")


def test_what_is_no_query_is_searched_as_words_and_says_why(desk_client, night):
    page = desk_client.get("/admin/desk/", {"q": "migrants AND (rescued"}).content.decode()
    assert "Read as words: a bracket is not closed." in page and "57 migrants rescued" in page
    page = desk_client.get("/admin/desk/", {"q": "rescued, Lampedusa"}).content.decode()
    assert "Read as words" not in page and "57 migrants rescued" in page
    page = desk_client.get("/admin/desk/", {"q": "zzyzx", "language": "fr"}).content.decode()
    assert "Search all days and languages" in page and "by meaning" in page
    assert desk_client.get("/admin/desk/rows/", {"q": "("}).status_code == 200


@given(q=searches, meaning=st.booleans())
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_words_of_editors_are_an_error(desk_client, night, q, meaning):
    asked = urlencode({"q": q, **({"meaning": "on"} if meaning else {})}, errors="surrogatepass")
    for path in ("", "rows/", "pulse/"):
        assert desk_client.get(f"/admin/desk/{path}?{asked}").status_code == 200
    assert isinstance(stories.rows(stories.Asked.of({"q": q})), list)


@pytest.mark.parametrize(
    "written", ["1,800", "1.800", "1 800", "1\u202f800", "1800", "1’800", "١٬٨٠٠", "١٨٠٠"]
)
@pytest.mark.parametrize(
    "asked", ["1,800 migrants", "1.800 migrants", "1 800 migrants", '"1800 migrants"', "١٨٠٠"]
)
def test_a_figure_is_found_however_it_is_written(site, written, asked):
    told = tell(f"Some {written} migrants reach Lampedusa")
    tell("Some 1,801 migrants and 800 others reach Lampedusa, 1 of them alone")
    assert list(stories.asked_for(stories.Asked.of({"q": asked, "state": "all"}))) == [told]


def test_choices_say_how_many_stories_they_leave(night):
    found = stories.choices(stories.Asked())
    assert [(c.name, c.count) for c in found["country"]] == [
        ("Bangladesh", 1),
        ("United Kingdom", 1),
        ("Italy", 1),
    ]
    assert {c.name for c in found["outlet"]} >= {"Wirepoint", "Northern Ledger"}


def test_the_number_of_queries_does_not_grow_with_the_stories(
    desk_client, night, django_assert_max_num_queries
):
    def asked(path: str = "/admin/desk/") -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk_client.get(path).status_code == 200
        return len(captured)

    paths = (
        "/admin/desk/",
        "/admin/desk/rows/?from=0",
        "/admin/desk/?q=boats",
        f"/admin/desk/pulse/?since={(timezone.now() - timedelta(days=1)).isoformat()[:19]}Z",
    )
    for path in paths:
        asked(path)  # settings and content types are read once
    few = [asked(path) for path in paths]
    more = [tell(f"Migrants story number {n}", "The Harbour Times", f"Outlet {n % 7}") for n in range(60)]
    rate_stories({s.pk for s in more})
    for path in paths:
        asked(path)  # the best story may be another now; its line is drafted once
    assert [asked(path) for path in paths] == few


def test_the_preflight_asks_no_more_often_with_more_lines(desk_client, editor, night):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            preflight(issue_in_the_making().get_latest_revision_as_object())
            return len(captured)

    for story in night[:2]:
        act("accept", editor, {"story": story.pk})
    asked()  # settings and content types are read once
    few = asked()
    for n in range(6):
        act("accept", editor, {"story": tell(f"{n + 4} migrants met off Lampedusa", f"Outlet {n}").pk})
    assert asked() == few


def test_a_story_whose_outlets_were_not_counted_yet_is_shown(desk_client, night):
    """Articles come while the list is being read."""
    Story.objects.update(outlets=[])
    assert "Al Marsa" in desk_client.get("/admin/desk/").content.decode()


def test_a_told_story_is_open_again_only_with_news(night):
    story = night[0]
    Story.objects.filter(pk=story.pk).update(told=timezone.now())
    assert story not in [r.story for r in stories.rows(stories.Asked())]
    Story.objects.filter(pk=story.pk).update(grown=timezone.now() + timedelta(minutes=1))
    row = next(r for r in stories.rows(stories.Asked()) if r.story == story)
    assert row.has_news_since_told


def test_claims_are_cut_out_of_the_line_where_they_stand():
    body = "reported that 57 people came and 57 stayed in Rome."
    claims = [
        Claim("57", "number", "u", "57 people came"),
        Claim("Rome", "place"),
        Claim("57 people", "number"),
        Claim("stayed in", "deed", nearest=(Nearest("u", "57 left Rome"),)),
    ]
    cut = pieces(body, claims, frozenset({"Rome"}))
    assert "".join(p.text for p in cut) == body
    assert [(p.text, p.state) for p in cut if p.claim] == [
        ("57 people", "unsupported"),
        ("57", "supported"),
        ("stayed in", "undecided"),
        ("Rome", "vouched"),
    ]


# --- what is done there --------------------------------------------------------------------


def test_accepting_puts_the_line_into_the_issue_in_the_houses_order(editor, night):
    rescue, court, fire = night
    for story in (court, fire, rescue):
        assert act("accept", editor, {"story": story.pk}).label.startswith("Accepted")
    assert lines() == [rescue.pk, fire.pk, court.pk], "by independent reports"
    Story.objects.filter(pk=court.pk).update(is_ours=True)
    act("accept", editor, {"story": court.pk, "section": "opinion"})
    act("move", editor, {"story": court.pk, "section": "press_review"})
    assert lines() == [court.pk, rescue.pk, fire.pk], "what involves us comes first"
    assert lines("opinion") == []
    assert IssuePage.objects.count() == 1 and not IssuePage.objects.get().live
    assert Rating.objects.get(story=rescue).judgement == "accepted"


def test_regions_are_spread_among_lines_of_like_weight(editor, site):
    first_beat()
    told = [
        tell(f"Migrants {n} at the border", country=code) for n, code in enumerate(["IT", "IT", "NG", "IT"])
    ]
    rate_stories({s.pk for s in told})
    for story in told:
        act("accept", editor, {"story": story.pk})
    there = lines()
    assert abs(there.index(told[2].pk) - 1.5) <= 1, "the one from Africa stands between those from Europe"


def test_an_unsupported_claim_blocks_until_somebody_answers_for_it(editor, night):
    story = night[0]
    act(
        "edit",
        editor,
        {
            "story": story.pk,
            "version": (
                0 if not Line.objects.filter(story=story).exists() else Line.objects.get(story=story).version
            ),
            "body": "reported that 99 migrants were rescued off Lampedusa.",
        },
    )
    with pytest.raises(Refused, match="no article supports “99”"):
        act("accept", editor, {"story": story.pk})
    with pytest.raises(Refused, match="where you have it from"):
        act("vouch", editor, {"story": story.pk, "claim": "99", "why": ""})
    act("vouch", editor, {"story": story.pk, "claim": "99", "why": "The ministry told me so"})
    act("accept", editor, {"story": story.pk})
    assert lines() == [story.pk] and Override.objects.get().by == editor


def test_an_edit_is_checked_shown_in_the_issue_and_never_drafted_over(editor, night, client):
    from griot.press.stories.lines import draft_lines

    story = night[0]
    act("accept", editor, {"story": story.pk})
    line = Line.objects.get(story=story)
    client.force_login(editor)
    page = client.get(f"/admin/desk/story/{story.pk}/").content.decode()
    also = page.partition("also in this story: ")[2].partition("<")[0]
    assert [o["name"] for o in line.outlets] == ["Al Marsa"] and sorted(also.split(", ")) == [
        "Radio Costa",
        "The Harbour Times",
    ]
    chosen = story.articles.exclude(url__in=[o["url"] for o in line.outlets]).earliest("pk").url
    act(
        "edit",
        editor,
        {
            "story": story.pk,
            "version": 0,
            "body": "reported that boats were met near Lampedusa.",
            "outlets": [chosen],
        },
    )
    with draft_of(issue_in_the_making().pk) as draft:
        value = draft.lines("press_review")[0]["value"]
    assert value["body"] == "reported that boats were met near Lampedusa."
    assert [o["value"]["url"] for o in value["outlets"]] == [chosen]
    draft_lines(timezone.now() - timedelta(hours=36), timezone.now())
    assert Line.objects.get(story=story).body == "reported that boats were met near Lampedusa."
    undo_last(editor)
    assert Line.objects.get(story=story).body == line.body


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"body": ""}, "needs words"),
        ({"body": "x" * 3000}, "at most"),
        ({"outlets": ["https://elsewhere.example/"]}, "at least one outlet"),
        ({"version": 7}, "changed this line meanwhile"),
    ],
)
def test_an_edit_that_cannot_be_says_why(editor, night, data, words):
    act("accept", editor, {"story": night[0].pk})
    with pytest.raises(Refused, match=words):
        act("edit", editor, {"story": night[0].pk, "version": 0, "body": "reported that it rained.", **data})


def test_two_editors_never_overwrite_each_other(editor, colleague, night):
    story = night[0].pk
    act("discard", editor, {"story": story, "seen": ""})
    with pytest.raises(Refused, match="Ana Lima has discarded this story meanwhile") as refused:
        act("accept", colleague, {"story": story, "seen": ""})
    assert refused.value.conflict
    act("accept", colleague, {"story": story, "seen": "discarded"})
    act("edit", editor, {"story": story, "version": 0, "body": "reported that boats came."})
    with pytest.raises(Refused, match="Ana Lima has changed this line meanwhile"):
        act("edit", colleague, {"story": story, "version": 0, "body": "reported that ships came."})
    with pytest.raises(Refused, match="nothing to undo"):
        undo_last(get_user_model().objects.create_user("cy"))


def test_every_act_can_be_undone_in_turn(editor, night):
    rescue, court, fire = night
    act("accept", editor, {"story": rescue.pk})
    act("accept", editor, {"story": fire.pk})
    line = Line.objects.get(story=rescue)
    learned = first_beat().learned

    def state() -> tuple:
        return (
            lines(),
            lines("trending"),
            list(Story.objects.order_by("pk").values_list("decision", "merged_into", "headline")),
            list(Line.objects.order_by("story").values_list("story", "body", "mention")),
            sorted(Article.objects.values_list("pk", "story")),
            Override.objects.count(),
            Verdict.objects.count(),
        )

    before = [state()]
    articles = list(rescue.articles.values_list("pk", flat=True))
    for kind, data in (
        ("discard", {"story": rescue.pk}),
        ("later", {"story": court.pk}),
        ("reopen", {"story": court.pk}),
        ("accept", {"story": rescue.pk}),
        ("edit", {"story": rescue.pk, "version": line.version, "body": "reported that 99 boats came."}),
        ("vouch", {"story": rescue.pk, "claim": "99", "why": "seen by myself"}),
        ("move", {"story": fire.pk, "section": "trending"}),
        ("merge", {"story": fire.pk, "with": [rescue.pk]}),
    ):
        act(kind, editor, data)
        before.append(state())
    merged = Story.objects.get(merged_into=None, articles__in=articles[:1])
    act("split", editor, {"story": merged.pk, "articles": articles[:1]})
    for expected in reversed(before):
        undo_last(editor)
        assert state() == expected
    after = first_beat().learned
    assert all(abs(after.get(k, 0) - learned.get(k, 0)) < 0.01 for k in {*after, *learned})


def test_only_the_last_fifty_acts_are_kept(editor, night):
    for _ in range(26):
        act("later", editor, {"story": night[0].pk})
        act("reopen", editor, {"story": night[0].pk})
    assert DeskAction.objects.count() == 50


def test_the_machines_layout_is_a_proposal_until_somebody_takes_over(editor, night):
    from griot.digest.morning.assembling import lay_out
    from griot.press.stories.lines import draft_lines

    now = timezone.now()
    draft_lines(now - timedelta(hours=36), now)
    lay_out(timezone.localdate(), now - timedelta(hours=36), now)
    assert len(lines()) == 3
    said = act("accept", editor, {"story": night[1].pk}).label
    assert lines() == [night[1].pk] and said.endswith(". The machine’s proposal of 2 made room")
    assert "made room" not in act("accept", editor, {"story": night[0].pk}).label


def test_the_desk_goes_on_with_tomorrow_when_today_is_out(editor, night):
    act("accept", editor, {"story": night[0].pk})
    page = issue_in_the_making()
    page.get_latest_revision_as_object().save_revision().publish(skip_permission_checks=True)
    assert issue_in_the_making() is None
    assert day_in_the_making() == timezone.localdate() + timedelta(days=1)
    act("accept", editor, {"story": night[1].pk})
    assert issue_in_the_making().day == timezone.localdate() + timedelta(days=1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{",
        b'{"kind": "fly"}',
        b'{"kind": "accept"}',
        b'{"kind": "accept", "story": "x"}',
        b'{"kind": "split", "story": 1, "articles": ["a"]}',
        b'{"kind": "move", "story": 99999}',
    ],
)
def test_what_the_desk_does_not_understand_is_refused(desk_client, night, data):
    answer = desk_client.post("/admin/desk/act/", data, content_type="application/json")
    assert answer.status_code in (400, 422) and answer.json()["message"]


def test_acts_answer_with_what_is_to_be_drawn(desk_client, night):
    answer = desk_client.post(
        "/admin/desk/act/",
        json.dumps({"kind": "accept", "story": night[0].pk}),
        content_type="application/json",
    ).json()
    assert (
        answer["message"].startswith("Accepted: 57 migrants") and 'data-decision="accepted"' in answer["row"]
    )
    assert "reported that" in answer["issue"] and answer["totals"]["accepted"] == 1
    answer = desk_client.post(
        "/admin/desk/act/", json.dumps({"kind": "undo"}), content_type="application/json"
    ).json()
    assert answer["message"].startswith("Undone: Accepted") and answer["totals"]["accepted"] == 0


def test_the_pulse_tells_what_is_new_and_who_is_where(desk_client, client, night, colleague):
    since = timezone.now().isoformat()
    fresh = tell("Migrants cross the river at night")
    rate_stories({fresh.pk})
    other = type(client)()
    other.force_login(colleague)
    other.get(f"/admin/desk/story/{night[0].pk}/")
    found = desk_client.get("/admin/desk/pulse/", {"since": since}).json()
    assert found["fresh"] == [fresh.pk] and {"name": "bo", "story": night[0].pk} in found["here"]
    assert "bo is here" in desk_client.get("/admin/desk/").content.decode()
    assert desk_client.get("/admin/desk/pulse/", {"since": found["now"]}).json()["fresh"] == []


def test_the_desk_is_for_those_who_may_edit_issues(client, night):
    assert client.get("/admin/desk/").status_code in (302, 403)
    reader = get_user_model().objects.create_user("reader", password="x")
    reader.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(reader)
    for path in ("", "rows/", "pulse/", f"story/{night[0].pk}/"):
        assert client.get(f"/admin/desk/{path}").status_code in (302, 403), path
    assert client.post("/admin/desk/act/", "{}", content_type="application/json").status_code in (302, 403)
    assert not DeskAction.objects.exists()


def test_what_was_put_off_is_carried_over_on_request(desk_client, editor, night):
    rescue, court, fire = night
    act("accept", editor, {"story": fire.pk})
    act("later", editor, {"story": rescue.pk})
    act("discard", editor, {"story": court.pk})
    assert "Carry over 1 unfinished line" in desk_client.get("/admin/desk/").content.decode()
    answer = desk_client.post("/admin/issues/carry-over/", follow=True)
    assert "1 line carried over." in answer.content.decode()
    assert set(lines()) == {fire.pk, rescue.pk}


def test_an_article_is_translated_where_a_translator_is_configured(desk_client, night, web, settings):
    article = night[0].articles.first()
    assert desk_client.post(f"/admin/desk/translate/{article.pk}/").status_code == 422
    web.pages["here/translate"] = lambda handler, body: (200, {}, b'{"translatedText": "In our language"}')
    settings.TRANSLATOR = f"libretranslate+http://127.0.0.1:{web.port}"
    answer = desk_client.post(f"/admin/desk/translate/{article.pk}/")
    assert answer.content.decode() == "In our language"
    desk_client.post(f"/admin/desk/translate/{article.pk}/")
    assert web.asked("here/translate") == 1, "it is asked once"


def test_a_foreign_story_says_whether_it_was_translated(site, tmp_path, settings):
    """The whole way: a package of the newsroom's own, real libraries, a line that holds."""
    story = tell("57 migrants secourus dimanche", "Le Phare", language="fr")
    story.articles.update(summary="", text="Les gardes ont secouru 57 migrants près de Lampedusa dimanche.")
    settings.TRANSLATOR = f"argos+{(tmp_path / 'translator').as_uri()}"
    line = draft_story(story, "en")
    assert line.is_original and "in French, under the headline" in line.body, "no package has come yet"
    place = tmp_path / "translator" / "fr_en"
    make_package(tmp_path, "fr", "en", FRENCH).rename(_parent_of(place))
    line = draft_story(story, "en")
    assert line.ok and not line.is_original and "rescued 57 migrants" in line.body


def _parent_of(place: Path) -> Path:
    place.parent.mkdir(parents=True)
    return place


def test_a_story_that_stands_in_the_issue_stays_accepted_whatever_it_is_merged_with(editor, colleague, night):
    older, newer = sorted(night[:2], key=lambda s: (s.first_published, s.pk))
    act("discard", colleague, {"story": older.pk})
    act("accept", editor, {"story": newer.pk})
    act("merge", editor, {"story": newer.pk, "with": [older.pk]})
    older.refresh_from_db()
    assert lines() == [older.pk] and (older.decision, older.decided_by) == ("accepted", editor)
    undo_last(editor)
    older.refresh_from_db()
    assert lines() == [newer.pk] and (older.decision, older.decided_by) == ("discarded", colleague)
