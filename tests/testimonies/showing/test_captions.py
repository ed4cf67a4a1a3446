"""A film's captions are in the page's language, or the page says which there are."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest

from griot.digest.core.rendering.environment import render_template
from griot.digest.core.words import words
from griot.digest.site.stories import named
from griot.testimonies.models import Testimony
from griot.testimonies.showing import shown
from tests.testimonies.people import Phone, make_campaign, make_messenger, user_with
from tests.testimonies.review.test_review import publish

pytestmark = pytest.mark.django_db
VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\n{}\n"


@pytest.fixture
def film(site, django_user_model):
    """A published testimony."""
    make_messenger(make_campaign())
    testimony = Phone().tell()
    people = {role: user_with(django_user_model, role) for role in ("protection", "editor", "approver")}
    publish(testimony, people)
    return testimony


def write(testimony: Testimony, **subtitles: str) -> None:
    for language, said in subtitles.items():
        unwritten = {"title": f"In {language}", "quote": "", "body": ""}
        known = testimony.approved["writings"].get(language, unwritten)
        testimony.approved["writings"][language] = {**known, "subtitles": VTT.format(said) if said else ""}
    Testimony.objects.update(approved=testimony.approved)


def told(language: str) -> shown.Told:
    value = shown.told(Testimony.objects.get(), "web", language)
    assert value is not None
    return value


def test_they_are_in_the_page_s_language_where_there_are_some(film, client):
    write(film, fr="La nuit", en="The night", wo="Guddi")
    assert told("en").captions == ("en", "fr", "wo") and "The night" in told("en").subtitles
    for front, said in (("", "The night"), ("/fr", "La nuit"), ("/ar", "La nuit")):
        assert said in client.get(f"{front}/stories/{film.slug}/subtitles.vtt").content.decode()
    there = client.get(f"/stories/{film.slug}/subtitles.vtt?in=wo").content.decode()
    assert "Guddi" in there


def test_a_translation_without_captions_has_those_of_another_language(film):
    write(film, fr="La nuit", en="")
    value = told("en")
    assert (value.language, value.captions) == ("en", ("fr",)) and "La nuit" in value.subtitles
    write(film, fr="", en="")
    assert told("en").captions == () and told("en").subtitles == ""


def test_a_name_that_is_kept_back_is_in_no_captions_of_another_language(film):
    write(film, fr="Diop parle", en="")
    assert "Diop" not in told("en").subtitles and "parle" in told("en").subtitles


@pytest.mark.parametrize("language", ["en", "fr", "es", "ar"])
def test_the_page_says_where_they_are_missing_and_names_those_that_there_are(film, language):
    """As the page of a story that has a film is drawn."""

    def page() -> str:
        value = replace(told(language), film="/film.mp4")
        return unescape(
            render_template(
                "web/story.html",
                **dict.fromkeys(("newsroom", "url", "country", "front", "card", "poster", "place"), "/"),
                **dict.fromkeys(("countries", "help", "transcript"), ()),
                language=language,
                rtl=False,
                story=value,
                captions=named(value.captions, language),
            )
        )

    says = words(language)
    write(film, fr="", wo="")
    assert says["captions_none"] in page() and "<track" not in page()
    write(film, wo="Guddi", pt="A noite")
    called = ", ".join(name for _, name in named(told(language).captions, language))
    assert says["captions_elsewhere"].format(called) in page() and called != "pt, wo"
    assert page().count("<track") == 2 and 'srclang="wo"' in page() and "subtitles.vtt?in=wo" in page()
    write(film, **{language: "In its own"})
    assert 'subtitles.vtt"' in page() and f'srclang="{language}"' in page()
    assert says["captions_none"] not in page() and says["captions_elsewhere"][:20] not in page()
