from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from griot.demo.core.rendering import render_page
from griot.demo.evaluating import TRAP_KINDS
from griot.press.core.language.text import words
from griot.press.core.pages.pages import MAX_PAGE, read_page
from griot.press.core.types import BadInput
from tests.support import SHARED, needs_shared


def test_every_page_of_the_demo_is_what_it_is(wire):
    for article in wire.articles:
        if article.trap == "forbidden":
            continue
        _, html = render_page(wire, wire.outlets[article.outlet], article)
        page = read_page(html.encode(), wire.url(article))
        assert page.kind == TRAP_KINDS.get(article.trap, "article"), article.slug
        if page.kind == "article":
            assert page.title == article.title
            for paragraph in (article.lead, *article.paragraphs):
                assert paragraph in page.text, article.slug
            assert "politics" not in page.text, "the navigation is no part of an article"
            assert page.language == wire.outlets[article.outlet].language, article.slug
            assert abs((page.published.moment - wire.published(article)).days) == 0, article.slug


def test_the_date_says_where_it_is_from(wire):
    known_from = set()
    for article in wire.articles:
        if not article.trap:
            _, html = render_page(wire, wire.outlets[article.outlet], article)
            known_from.add(read_page(html.encode(), wire.url(article)).published.known_from)
    assert known_from == {"json-ld", "meta"}


def test_a_date_in_the_address_serves_where_the_page_states_none():
    page = read_page(
        b"<html><body><h1>News</h1><p>" + b"Words of a report. " * 20 + b"</p></body></html>",
        "https://a.example/2026/02/17/news/x",
    )
    assert page.published.known_from == "url"
    assert page.published.moment.date().isoformat() == "2026-02-17"


LEDE = "<p>The harbour authority said on Monday that 214 people were brought ashore from two boats.</p>"


@pytest.mark.parametrize(
    "wall",
    [
        "<div class=wall><p>Subscribe to continue reading</p><a href=/subscribe>Subscribe now</a></div>",
        "<p>Already a subscriber? <a href=/login>Log in</a></p>",
        "<p>This article is reserved for our premium subscribers.</p>",
        "<section><h3>Members only</h3><p>Join from 3 crowns a month.</p></section>",
        "<p>Cet article est réservé aux abonnés</p><p>Il vous reste 80 % de cet article à lire.</p>",
        "<p>Contenido exclusivo para suscriptores. ¿Ya eres suscriptor? Inicia sesión</p>",
        "<p>Weiterlesen mit dem Digitalabo</p><p>Bereits Abonnent? Anmelden</p>",
        "<p>Contenuto riservato agli abbonati</p>",
        "<p>Exclusivo para assinantes</p>",
        "<p>هذا المقال للمشتركين فقط</p>" + "<p>اشترك للمتابعة</p>",
    ],
)
def test_a_wall_is_a_wall_whatever_it_shows_before(wall):
    html = f"<html><body><main><article><h1>Two boats reach the port</h1>{LEDE}{wall}</article></main></body></html>"
    assert read_page(html.encode(), "https://a.example/1").kind == "paywall"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404", "Sorry, the page you were looking for was not found. You may try the front page instead."),
        (
            "Page not found | The Post",
            "Our most read: the harbour authority said that 214 people came ashore.",
        ),
        ("Error 404 – Not Found", "Try our search."),
        ("Página não encontrada", "A página que você procura não existe mais."),
        ("The Post", "This article is no longer available. We are sorry."),
    ],
)
def test_what_is_not_there_is_no_article(title, text):
    html = f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    assert read_page(html.encode(), "https://a.example/1").kind == "empty"


@pytest.mark.parametrize(
    ("title", "text"),
    [
        (
            "We value your privacy",
            "We and our partners use cookies. You may accept all, or manage your choices.",
        ),
        (
            "Vos choix",
            "Nous et nos partenaires utilisons des cookies. Vous pouvez tout accepter ou refuser les cookies.",
        ),
        (
            "Ihre Privatsphäre",
            "Wir und unsere Partner nutzen Cookies. Mit Cookies zustimmen Sie dem Datenschutz zu.",
        ),
    ],
)
def test_a_page_that_asks_for_consent_is_no_article(title, text):
    html = f"<html><head><title>{title}</title></head><body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    assert read_page(html.encode(), "https://a.example/1").kind == "consent_wall"


@pytest.mark.parametrize(
    "label", ["Read more:", "À lire aussi", "Lesen Sie auch:", "Leggi anche", "اقرأ أيضا:"]
)
def test_a_line_that_leads_to_another_piece_is_no_part_of_this_one(label):
    line = f"<p><em>{label} <a href=/2>Harvest ends early</a></em></p>"
    html = f"<html><body><article><h1>T</h1>{LEDE * 2}{line}{LEDE}</article></body></html>"
    text = read_page(html.encode(), "https://a.example/1").text
    assert "Harvest" not in text and "214 people" in text
    quoted = "<p>The report on <a href=/2>the early harvest</a> was read out in the council of Vesk.</p>"
    html = f"<html><body><article><h1>T</h1>{LEDE * 2}{quoted}</article></body></html>"
    assert "the early harvest was" in " ".join(read_page(html.encode(), "https://a.example/1").text.split())


def test_gzip_is_unpacked():
    html = (
        b"<html><body><article><h1>T</h1><p>"
        + b"A sentence that is long enough to be read. " * 10
        + b"</p></article></body></html>"
    )
    assert read_page(gzip.compress(html), "https://a.example/1").kind == "article"


def test_a_bomb_is_refused():
    with pytest.raises(BadInput, match="larger than"):
        read_page(gzip.compress(b"a" * (MAX_PAGE + 10)), "https://a.example/1")


@pytest.mark.parametrize("content", [b"\x1f\x8bnot gzip at all", gzip.compress(b"x" * 1000, mtime=0)[:20]])
def test_broken_gzip_is_refused(content):
    with pytest.raises(BadInput):
        read_page(content, "https://a.example/1")


@given(st.binary(max_size=300))
@settings(max_examples=60)
def test_any_bytes_are_some_kind_of_page(content):
    try:
        assert read_page(b"<html>" + content, "https://a.example/1").kind
    except BadInput:
        pass


@needs_shared
def test_real_pages_are_read_as_people_would():
    truth = json.loads((SHARED / "pages" / "truth.json").read_text())
    kinds: Counter[str] = Counter()
    scores = []
    for name, facts in truth.items():
        content = (SHARED / "pages" / f"{name}.html.gz").read_bytes()
        page = read_page(content, facts["url"])
        kinds[page.kind] += 1
        found, wanted = Counter(words(page.text)), Counter(words(facts["text"]))
        scores.append(2 * (found & wanted).total() / max(1, found.total() + wanted.total()))
    assert kinds["article"] >= 0.95 * len(truth), kinds
    assert sum(scores) / len(scores) >= 0.93


@needs_shared
def test_real_pages_cut_short_never_raise():
    for path in sorted((SHARED / "pages").glob("*.gz"))[:12]:
        content = gzip.decompress(path.read_bytes())
        for part in (0.1, 0.5, 0.9):
            read_page(content[: int(len(content) * part)], "https://a.example/1")
