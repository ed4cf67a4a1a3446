"""How our organisation appears, what kind a piece is, the house style, and helpers."""

from __future__ import annotations

import json

import pytest

from griot.helpers.clients import DeepL, LibreTranslate, OpenAI, helper_from
from griot.helpers.protocols import HelperError
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.house import lint, with_proper_terms
from griot.press.core.lines.lines import line_text
from griot.press.core.lines.mentions import find_mentions, mention_sentence
from griot.press.core.pages.pages import read_page
from griot.press.core.pages.pieces import piece_of
from griot.press.core.types import Article, Organisation

OURS = Organisation(
    "IOM",
    (
        "IOM",
        "International Organization for Migration",
        "Organisation internationale pour les migrations",
        "المنظمة الدولية للهجرة",
        "OIM",
    ),
    ("Joel Millman",),
)


def article(
    text: str, url: str = "https://a.example/1", outlet: str = "A", language: str = "en", **facts
) -> Article:
    return Article(url, outlet, "A headline", text=text, language=language, **facts)


@pytest.mark.parametrize(
    ("text", "language", "kind", "who"),
    [
        ("More than 2,000 people have died this year, according to the IOM.", "en", "figures", ""),
        (
            "Selon l'Organisation internationale pour les migrations, 2 000 personnes sont mortes.",
            "fr",
            "figures",
            "",
        ),
        ("وبحسب المنظمة الدولية للهجرة فإن 2000 شخص ماتوا.", "ar", "figures", ""),
        ("“They had no water,” IOM spokesman Leonard Doyle said on Monday.", "en", "quoted", "Leonard Doyle"),
        ("Joel Millman told reporters that the route had become deadlier.", "en", "quoted", "Joel Millman"),
        ("«No tenían agua», dijo la portavoz de la OIM, Marta Ríos.", "es", "quoted", "Marta Ríos"),
        ("The returnees were met at the airport by IOM staff with blankets.", "en", "work", ""),
    ],
)
def test_a_mention_is_figures_a_quotation_or_work(text, language, kind, who):
    (mention,) = find_mentions(article(text, language=language), OURS)
    assert (mention.kind, mention.who, mention.passage) == (kind, who, text)


@pytest.mark.parametrize(
    "text", ["The coast guard said so.", "The IOMega drive is back.", "A ship called Diomeda sank."]
)
def test_who_does_not_name_us_does_not_mention_us(text):
    assert find_mentions(article(text), OURS) == []


def test_the_mention_becomes_the_lines_second_sentence():
    figures = article("According to IOM, 2,000 people died.")
    both = article(
        "According to IOM, 2,000 people died. “It is a shame,” said IOM's Leonard Doyle.",
        "https://b.example/1",
        "B",
    )
    none = article("Nothing of the kind.", "https://c.example/1", "C")

    def sentence(*articles: Article) -> str:
        return mention_sentence([m for a in articles for m in find_mentions(a, OURS)], articles, OURS)

    assert sentence(none) == ""
    assert sentence(figures) == "It cited IOM figures."
    assert sentence(both) == "It cited IOM figures and quoted IOM's Leonard Doyle."
    assert sentence(figures, both) == "They cited IOM figures and quoted IOM's Leonard Doyle."
    assert sentence(figures, none) == "A cited IOM figures."
    again = article("IOM says 2,000 died.", "https://d.example/1", "D")
    assert sentence(figures, again) == "Both cited IOM figures."


@pytest.mark.parametrize(
    ("title", "url", "sections", "piece"),
    [
        ("Boat sinks", "https://a.example/news/boat-sinks", (), "news"),
        ("Opinion: Let them work", "https://a.example/x", (), "opinion"),
        ("Let them work", "https://a.example/opinion/let-them-work", (), "opinion"),
        ("Laissez-les travailler", "https://a.example/idees/tribune/1", (), "opinion"),
        ("Let them work", "https://a.example/x", ("OpinionNewsArticle",), "opinion"),
        ("Déjenlos trabajar", "https://a.example/x", ("Opinión",), "opinion"),
        ("Interview with Ada Lovell: “We stay”", "https://a.example/x", (), "interview"),
        ("Entretien avec Awa Diop", "https://a.example/x", (), "interview"),
        ("Film review: The Passage", "https://a.example/x", (), "review"),
        ("The bakery at three", "https://a.example/long-reads/the-bakery", (), "feature"),
        ("Full text: remarks of the envoy", "https://a.example/x", (), "statement"),
        ("Survey finds that 40 percent plan to leave", "https://a.example/x", (), "data"),
        ("Reviewing the border law took a year", "https://a.example/politics/law", (), "news"),
    ],
)
def test_what_a_piece_is(title, url, sections, piece):
    assert piece_of(title, url, sections) == piece


def test_questions_and_answers_are_an_interview():
    text = "\n".join(
        f"What happened on day {n}?\nWe walked, and on the way we met those who had turned back."
        for n in range(6)
    )
    assert piece_of("A talk", "https://a.example/x", (), text) == "interview"


def test_the_verb_follows_from_the_piece():
    def body(**facts):
        return line_text(draft([Article("u", "The Post", language="en", **facts)]))

    assert (
        body(title="Opinion: Let them work", piece="opinion", author="Ada Lovell")
        == "The Post ran an op-ed by Ada Lovell headlined “Let them work”."
    )
    assert body(title="Interview with Karen Oduya: ‘We stay’", piece="interview").startswith(
        "The Post ran an interview with Karen Oduya headlined “"
    )
    assert (
        body(title="A film about the sea", piece="review")
        == "The Post ran a review headlined “A film about the sea”."
    )
    envoy = (
        "Special Envoy Beatriz Salcedo said that countries on the route must register every arrival within"
        " three days."
    )
    assert (
        body(title="Remarks of the envoy", piece="statement", summary=envoy)
        == "The Post published remarks from Special Envoy Beatriz Salcedo, who stated that countries on the"
        " route must register every arrival within three days."
    )


def test_agency_copy_is_credited_to_the_agency_and_to_who_added_something():
    text = (
        "The boat turned over at about 04:00 when its passengers stood up, survivors told the harbour police"
        " of Lampedusa on Monday. " * 3
    )
    agency = Article(
        "w",
        "Wirepoint",
        "Boat turns over off Lampedusa",
        summary="A boat turned over off Lampedusa on Monday, police said.",
        text=text,
        language="en",
        is_agency=True,
    )
    carrier = Article("c", "Carrier", "Boat turns over", text=text, language="en", copy_of="w")
    adding = Article(
        "d",
        "The Digger",
        "Boat turns over",
        text=text + "Nigerian consul Ada Obi is travelling to meet seven students among them.",
        language="en",
        copy_of="w",
    )
    assert [o.name for o in draft([agency, carrier, adding]).outlets] == ["Wirepoint", "The Digger"]


def test_house_terms_and_metaphors_are_found_outside_quotations():
    found = {
        f.text: f.proper
        for f in lint(
            "reported that a wave of illegal migrants met asylum seekers, “a flood of illegal migrants”."
        )
    }
    assert found == {
        "wave": "arrivals",
        "illegal migrants": "undocumented migrants",
        "asylum seekers": "asylum-seekers",
    }
    assert lint("reported that the river burst its banks in a flood.") == []
    assert [f.text for f in lint("word " * 50)] == ["50 words"]
    assert with_proper_terms("Des clandestins et « des clandestins »", "fr").startswith(
        "Des personnes en situation irrégulière"
    )
    assert [f.text for f in lint("informa que una oleada de migrantes llegó", "es")] == ["oleada"]


# --- kinds of page -----------------------------------------------------------------------


def test_live_blogs_and_videos_are_no_articles_and_a_page_tells_its_author_and_change():
    body = (
        "<p>"
        + "The council met in the morning and decided nothing of what it had been asked to decide. " * 6
        + "</p>"
    )
    live = (
        "<html><head><title>Live: the day</title><script"
        f' type="application/ld+json">{{"@type":"LiveBlogPosting"}}</script></head><body><article>{body}</article></body></html>'
    )
    assert read_page(live.encode(), "https://a.example/live/x").kind == "live_blog"
    video = (
        "<html><head><meta property='og:type' content='video.other'><title>The"
        " harbour</title></head><body><video></video><p>The harbour at dawn.</p></body></html>"
    )
    assert read_page(video.encode(), "https://a.example/x").kind == "video"
    facts = {
        "@type": "NewsArticle",
        "author": [{"@type": "Person", "name": "Ada Lovell"}],
        "articleSection": "Opinion",
        "datePublished": "2026-11-22T08:00:00+03:00",
        "dateModified": "2026-11-23T08:00:00+03:00",
    }
    page = read_page(
        "<html><head><title>T</title><script"
        f' type="application/ld+json">{json.dumps(facts)}</script></head><body><article><h1>T</h1>{body}</article></body></html>'.encode(),
        "https://a.example/x",
    )
    assert (page.kind, page.author, page.published.utc_offset) == ("article", "Ada Lovell", 180)
    assert page.updated.moment > page.published.moment and "Opinion" in page.sections


# --- helpers -----------------------------------------------------------------------------

FRENCH = Article(
    "f",
    "Le Phare",
    "57 migrants secourus",
    language="fr",
    summary="Les garde-côtes ont secouru 57 migrants au large de Lampedusa dimanche.",
)
ENGLISH = "Coast guards rescued 57 migrants off Lampedusa on Sunday."


def test_a_translator_gives_a_foreign_story_a_line_in_the_issues_language(web):
    web.pages["here/translate"] = lambda _, body: (200, {}, json.dumps({"translatedText": ENGLISH}))
    line = draft([FRENCH], "en", helper_from(f"libretranslate+{web.url('here', '')}"))
    assert (
        line_text(line) == "Le Phare reported that coast guards rescued 57 migrants off Lampedusa on Sunday."
    )
    assert json.loads(web.bodies[0])["source"] == "fr"
    web.pages["here/translate"] = json.dumps({"translatedText": ENGLISH.replace("57", "75")})
    assert "in French, under the headline" in line_text(
        draft([FRENCH], "en", helper_from(f"libretranslate+{web.url('here', '')}"))
    )


@pytest.mark.parametrize(
    ("proposed", "taken"),
    [
        ("reported that 57 migrants were rescued off Lampedusa.", True),
        ("reported that 58 migrants were rescued off Lampedusa.", False),
        ("reported that a wave of 57 migrants was rescued off Lampedusa.", False),
        ("Here is your line: 57 migrants were rescued off Lampedusa.", False),
        ("reported that 57 migrants were rescued. It was off Lampedusa.", False),
        ("reported that people were rescued.", False),
    ],
)
def test_what_a_model_proposes_passes_the_same_checks(web, proposed, taken):
    web.pages["here/v1/chat/completions"] = json.dumps({"choices": [{"message": {"content": proposed}}]})
    story = Article(
        "e",
        "The Post",
        "57 migrants rescued",
        language="en",
        summary="The coast guard rescued 57 migrants off Lampedusa on Sunday.",
    )
    drafter = helper_from(f"openai+{web.url('here', '/v1')}#small")
    assert (draft([story], drafter=drafter).body == proposed) is taken
    assert draft([story], drafter=drafter).ok


@pytest.mark.parametrize(
    "answer", [(500, {}, b""), b"not json", b"[]", b'{"translatedText": 3}', b"x" * 100_000]
)
def test_a_helper_that_fails_costs_nothing(web, answer):
    web.pages["here/translate"] = answer
    helper = helper_from(f"libretranslate+{web.url('here', '')}")
    with pytest.raises(HelperError):
        helper.translate("x", "fr", "en")
    assert draft([FRENCH], "en", helper).ok


def test_helpers_are_named_by_one_address():
    assert helper_from("deepl+https://:k@api.example") == DeepL("https://api.example", "k")
    assert helper_from("libretranslate+https://lt.example:5000") == LibreTranslate("https://lt.example:5000")
    assert helper_from("openai+https://:k@ai.example/v1#m") == OpenAI("https://ai.example/v1", "k", "m")
    for wrong in (
        "https://lt.example",
        "openai+https://ai.example/v1",
        "other+https://x.example",
        "deepl+ftp://x",
    ):
        with pytest.raises(HelperError):
            helper_from(wrong)
