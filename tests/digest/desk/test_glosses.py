"""Foreign headlines and leads on the desk: what they say stands beneath them."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from griot.digest.desk.glossing import article_texts
from griot.press.models import Article, Gloss
from griot.press.stories.beats_store import first_beat
from griot.press.stories.glosses import LEAD, Foreign, gloss, lead_of
from griot.press.stories.lines import draft_story
from griot.press.stories.pipeline import rate_stories
from griot.press.stories.retention import retain
from tests.digest.desk.nights import tell

pytestmark = pytest.mark.django_db
LEAVES = st.none() | st.integers() | st.text(max_size=8) | st.from_regex(r"[shl][0-9]{1,19}")
HEADLINE = "Des migrants secourus au large de Lampedusa"


def translating(handler, body: bytes):
    """LibreTranslate's part: what it was asked, in capitals."""
    asked = json.loads(body)
    if asked["source"] == "wo":
        return 400, {}, b'{"error": "wo is not supported"}'
    return 200, {}, json.dumps({"translatedText": f"{asked['source']}: {asked['q'].upper()}"})


@pytest.fixture
def translator(web, settings):
    web.pages["here/translate"] = translating
    settings.TRANSLATOR = f"libretranslate+{web.url('here', '')}"
    return web


@pytest.fixture
def story(site):
    first_beat()
    found = tell(HEADLINE, "Le Phare", language="fr")
    rate_stories({found.pk})
    found.refresh_from_db()
    return found


def ask(client, *marks):
    return client.post("/admin/desk/glosses/", json.dumps(marks), content_type="application/json")


def test_without_a_translator_a_line_says_how_to_get_one(desk_client, story):
    page = desk_client.get("/admin/desk/").content.decode()
    assert "add_translator" in page and "data-gloss=" not in page
    assert ask(desk_client, f"s{story.pk}").json() == {"said": {}, "left": [], "why": []}


def test_a_foreign_headline_and_its_articles_are_glossed_once(desk_client, story, translator):
    page = desk_client.get("/admin/desk/").content.decode()
    article = story.articles.get()
    marks = f"s{story.pk}", f"h{article.pk}", f"l{article.pk}"
    assert all(f'data-gloss="{mark}"' in page for mark in marks) and "add_translator" not in page
    before = translator.asked("here/translate")
    answer = ask(desk_client, *marks).json()
    assert answer["said"][marks[0]] == answer["said"][marks[1]] == f"fr: {HEADLINE.upper()}"
    assert answer["said"][marks[2]].startswith("fr: DES MIGRANTS") and not answer["left"]
    asked = translator.asked("here/translate")
    assert asked <= before + 2, "the headline is one text"
    page = desk_client.get("/admin/desk/").content.decode()
    assert page.count(f"fr: {HEADLINE.upper()}") >= 3 and "data-gloss=" not in page
    ask(desk_client, *marks)
    assert translator.asked("here/translate") == asked


def test_what_the_desk_speaks_is_not_glossed(desk_client, night, translator):
    page = desk_client.get("/admin/desk/").content.decode()
    assert "data-gloss=" not in page and "add_translator" not in page
    assert ask(desk_client, f"s{night[0].pk}").json()["said"] == {}


def test_a_language_that_fails_is_named_and_rests_while_the_others_go_on(desk_client, site, translator):
    wolof, french = tell("Gaal gu bare", "Saabalkat", language="wo"), tell(HEADLINE, language="fr")
    rate_stories({wolof.pk, french.pk})
    answer = ask(desk_client, f"s{wolof.pk}", f"s{french.pk}").json()
    assert list(answer["said"]) == [f"s{french.pk}"] and not answer["left"]
    (why,) = answer["why"]
    assert why.startswith("Wolof is not translated: ")
    before = translator.asked("here/translate")
    assert ask(desk_client, f"s{wolof.pk}").json()["why"] == [why]
    assert translator.asked("here/translate") == before


def test_who_waits_is_kept_for_a_while_alone_and_gets_something(translator, monkeypatch):
    texts = [Foreign(f"Titre {n}", "fr") for n in range(5)]
    assert len(gloss(texts, patience=0).said) == 1
    assert len(gloss(texts, patience=0).said) == 2, "it goes on"
    assert len(gloss(texts).said) == 5


def test_the_drafter_and_the_desk_remember_alike(story, translator):
    draft_story(story, "en")
    asked = translator.asked("here/translate")
    draft_story(story, "en")
    assert asked and translator.asked("here/translate") == asked


def test_another_translator_is_asked_anew(translator, settings):
    gloss([Foreign("Titre", "fr")])
    settings.TRANSLATOR += "/"
    gloss([Foreign("Titre", "fr")])
    assert Gloss.objects.count() == 2


def test_a_lead_is_whole_sentences_that_fit():
    one = "Un bateau est arrivé à Lampedusa."
    assert lead_of(Article(summary=f"{one} {'Très long ' * 60}.")) == one
    assert len(lead_of(Article(summary="", text="mot " * 500))) <= LEAD
    assert lead_of(Article()) == "" and article_texts([Article(pk=1, language="fr")]) == {
        "h1": None,
        "l1": None,
    }


def test_glosses_are_let_go_of(translator):
    gloss([Foreign("Vieux", "fr"), Foreign("Neuf", "fr")])
    Gloss.objects.filter(words__contains="VIEUX").update(made=timezone.now() - timedelta(days=61))
    assert retain(timezone.now()).glosses == 1
    assert [row.words for row in Gloss.objects.all()] == ["fr: NEUF"]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.binary(max_size=40) | st.recursive(LEAVES, lambda s: st.lists(s) | st.dictionaries(LEAVES.map(str), s))
)
def test_whatever_is_asked_gets_an_answer(desk_client, asked):
    body = asked if isinstance(asked, bytes) else json.dumps(asked)
    answer = desk_client.post("/admin/desk/glosses/", body, content_type="application/json")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert answer.json() == {"said": {}, "left": [], "why": []}


def test_only_those_of_the_desk_may_ask(client, story):
    assert ask(client, f"s{story.pk}").status_code in (302, 403)
