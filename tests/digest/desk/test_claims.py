"""A line's claims at the desk: each with the passage that bears it out, whole, and the article that has it."""

from __future__ import annotations

from html import unescape

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from griot.digest.desk.lines import with_passage
from griot.press.models import Article, Line, Story
from griot.press.stories.beats_store import first_beat
from griot.press.stories.lines import check_again, draft_story
from griot.press.stories.pipeline import rate_stories
from tests.digest.desk.nights import tell

LONG = (
    "The coast guard said that 57 people were met near Lampedusa by three of its boats, "
    + "which had been out since the evening in high seas, " * 8
    + "and were brought to the harbour of the island."
)


def told(story: Story, body: str, **of_article) -> Line:
    first_beat()
    rate_stories({story.pk})
    Article.objects.filter(story=story).update(**of_article)
    draft_story(story, settings.LANGUAGE_CODE)
    Line.objects.filter(story=story).update(body=body, is_by_hand=True, language="en")
    line = Line.objects.get(story=story)
    check_again(line)
    line.save()
    return line


def page(client, story: Story) -> str:
    return " ".join(unescape(client.get(f"/admin/desk/story/{story.pk}/").content.decode()).split())


@pytest.mark.django_db
def test_a_passage_stands_whole_with_its_outlet_and_time(site, desk_client):
    story = tell("Boats reach Lampedusa", "Wirepoint")
    told(story, "reported that 57 people were met near Lampedusa.", text=LONG, summary="")
    said, [article] = page(desk_client, story), Article.objects.filter(story=story)
    assert f"{LONG}</q> <cite>Wirepoint, {article.published:%-d %b %H:%M}</cite>" in said
    assert f'data-article="{article.pk}"' in said and "claim is-supported" in said


@pytest.mark.django_db
def test_what_only_another_language_has_is_no_green_mark(site, desk_client):
    story = tell("57 personnes secourues", "La Dépêche")
    text = "La garde côtière a secouru 57 personnes au large de Lampedusa."
    told(
        story,
        "reported that 57 people danced on Lampedusa.",
        title=text,
        text=text,
        summary="",
        language="fr",
    )
    said = page(desk_client, story)
    assert "in French" in said and "claim is-foreign" in said and "claim is-supported" not in said


@pytest.mark.django_db
def test_an_article_is_opened_whole_at_the_passage(site, desk_client):
    story = tell("Boats reach Lampedusa", "Wirepoint")
    spaced = LONG.replace("people", "people\xa0 ")
    text = f"Before. <b>\n{spaced}\nBehind it all."
    Article.objects.filter(story=story).update(text=text)
    address = f"/admin/desk/article/{Article.objects.get(story=story).pk}/"
    said = desk_client.get(address, {"passage": LONG}).content.decode()
    assert f'<mark tabindex="-1">{LONG}</mark>' in said and "&lt;b&gt;" in said and "Behind it all." in said
    assert "<mark" not in desk_client.get(address, {"passage": "Nobody says so."}).content.decode()
    assert desk_client.get("/admin/desk/article/0/").status_code == 404


@pytest.mark.django_db
def test_a_passage_of_an_article_that_was_let_go_is_said_to_be(site, desk_client):
    story = tell("Boats reach Lampedusa", "Wirepoint", "Northern Ledger")
    told(story, "reported that 57 people were met near Lampedusa.", text=LONG, summary="")
    url = next(c["url"] for c in Line.objects.get(story=story).claims if c.get("url"))
    Article.objects.filter(url=url).update(url=f"{url}?moved")
    assert "from an article that is no longer here" in page(desk_client, story)


@given(st.text(max_size=300), st.text(max_size=40))
def test_no_word_of_an_article_is_lost_or_added(text, passage):
    found = with_passage(text, passage)
    assert " ".join("".join(parts) for parts in found).split() == text.split()
    assert sum(bool(marked) for _, marked, _ in found) <= 1


@given(st.lists(st.text("ab .", min_size=1, max_size=20), min_size=1, max_size=5), st.data())
def test_a_passage_is_found_wherever_it_stands(paragraphs, data):
    chosen = data.draw(st.sampled_from(paragraphs))
    words = " ".join(chosen.split())
    marked = [m for _, m, _ in with_passage("\n".join(paragraphs), words) if m]
    assert marked == ([words] if words else [])
