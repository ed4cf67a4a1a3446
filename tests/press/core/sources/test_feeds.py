from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.demo.core.rendering import render_feed
from griot.press.core.pages.plain import plain_text
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.types import BadInput
from tests.support import SHARED, needs_shared


def rss(*items: str) -> bytes:
    return f'<rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'.encode()


def test_every_format_of_the_demo_gives_all_its_entries(wire):
    for outlet in wire.outlets.values():
        feed = parse_feed(render_feed(wire, outlet)[1], wire.feed_url(outlet))
        assert [e.url for e in feed.entries] == [wire.url(a) for a in wire.by_outlet[outlet.slug]], (
            outlet.name
        )
        assert feed.title == outlet.name


def test_entries_that_share_one_id_are_told_apart_by_address(wire):
    feed = parse_feed(render_feed(wire, wire.outlets["dhaka-beacon"])[1])
    assert len({e.id for e in feed.entries}) == len(wire.by_outlet["dhaka-beacon"])


def test_a_control_character_and_a_broken_byte_cost_no_entry(wire):
    content = render_feed(wire, wire.outlets["la-bussola"])[1]
    assert b"\x0b" in content and b"\xe0" in content
    feed = parse_feed(content)
    assert len(feed.entries) == len(wire.by_outlet["la-bussola"])
    assert "\x0b" not in "".join(e.title for e in feed.entries)


def test_an_entry_without_a_date_has_none():
    assert (
        parse_feed(rss("<item><title>A</title><link>http://a.example/1</link></item>")).entries[0].published
        is None
    )


def test_dates_come_out_in_utc():
    entry = (
        "<item><title>A</title><link>http://a.example/1</link><pubDate>Tue, 17 Feb 2026 10:00:00"
        " +0200</pubDate></item>"
    )
    assert parse_feed(rss(entry)).entries[0].published.isoformat() == "2026-02-17T08:00:00+00:00"


def test_markup_in_titles_and_summaries_becomes_text():
    entry = parse_feed(
        rss(
            "<item><title>A &amp;amp; B</title><link>http://a.example/1</link>"
            "<description>&lt;p&gt;One&lt;/p&gt;&lt;script&gt;bad()&lt;/script&gt;two</description></item>"
        )
    ).entries[0]
    assert (entry.title, entry.summary) == ("A & B", "One two")


def test_wordpress_footer_is_no_part_of_a_summary():
    text = "News. The post News appeared first on Somewhere."
    entry = parse_feed(
        rss(f"<item><title>A</title><link>http://a.example/1</link><description>{text}</description></item>")
    )
    assert entry.entries[0].summary == "News."


def test_a_json_feed_is_a_feed():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "J",
        "items": [{"id": "1", "url": "https://j.example/1", "title": "A"}],
    }
    assert parse_feed(json.dumps(feed).encode()).entries[0].url == "https://j.example/1"


def atom(inside: str) -> bytes:
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:m="http://search.yahoo.com/mrss/">'
    return f"{head}<entry><id>tag:a,2026:1</id><title>T</title>{inside}</entry></feed>".encode()


def test_a_feed_that_names_no_hub_has_none():
    one = "<item><title>A</title><link>http://a.example/1</link></item>"
    assert parse_feed(rss(one), "https://a.example/feed").hub == ""
    hub = '<link xmlns="http://www.w3.org/2005/Atom" rel="hub" href="/hub"/>'
    feed = parse_feed(rss(hub, one), "https://a.example/feed")
    assert (feed.hub, feed.topic) == ("https://a.example/hub", "https://a.example/feed")


@pytest.mark.parametrize(
    ("links", "address"),
    [
        ('<link rel="self" href="https://a.example/feed"/>', ""),
        ('<link rel="enclosure" href="https://a.example/1.mp3"/><link href="https://a.example/1"/>', "/1"),
        ('<link type="text/html; charset=utf-8" href="/1"/><link type="text/calendar" href="/1.ics"/>', "/1"),
        ('<link rel="http://www.iana.org/assignments/relation/alternate" href="/1"/>', "/1"),
        ('<link rel="alternate" type="application/pdf" href="/1.pdf"/>', "/1.pdf"),
        ('<link href="mailto:desk@a.example"/><link href="/1"/>', "/1"),
    ],
)
def test_an_atom_entry_s_address_is_the_page_that_people_read(links, address):
    [entry] = parse_feed(atom(links), "https://a.example/feed").entries
    assert entry.url == (f"https://a.example{address}" if address else "")


def test_an_entry_without_a_page_of_its_own_has_no_address():
    told = '<item><title>A</title><guid isPermaLink="false">https://a.example/?p=1</guid></item>'
    assert parse_feed(rss(told), "https://a.example/feed").entries[0].url == ""


def test_a_film_s_description_is_what_its_group_says():
    [entry] = parse_feed(
        atom("<m:group><m:title>F</m:title><m:description>Of a boat.</m:description></m:group>")
    ).entries
    assert (entry.title, entry.summary) == ("T", "Of a boat.")


def test_nothing_is_fetched_or_multiplied_that_a_feed_declares():
    doctype = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/hostname">]>'
    item = "<item><title>&a; &b; &c;</title><link>http://a.example/1</link></item>"
    assert parse_feed(doctype.encode() + rss(item)).entries[0].title == "ha &b; &c;"


def test_letters_are_read_in_the_encoding_that_they_are_in():
    def title(content: bytes) -> str:
        return parse_feed(content).entries[0].title

    said = "Жители Одессы вернулись домой"
    item = f"<item><title>{said}</title><link>http://a.example/1</link></item>"
    whole = rss(item).decode()
    for encoding in ("utf-8", "utf-16", "utf-32", "utf-8-sig", "utf-16-le"):
        assert title(whole.encode(encoding)) == said, encoding
    for declared in ("windows-1251", "utf-8", "no-such-thing", ""):
        head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
        assert title((head + whole).encode("windows-1251")) == said, declared
    assert (
        title(whole.encode().replace("Жители".encode(), b"\xc9l\xe8ves")) == "Élèves Одессы вернулись домой"
    )


@pytest.mark.parametrize(
    "content", [b"", b"   ", b"<html><body>Hi</body></html>", b"{}", b"[1]", b"\x00\x01\x02", b"<rss"]
)
def test_what_is_no_feed_is_refused_in_words(content):
    with pytest.raises(BadInput) as error:
        parse_feed(content)
    assert str(error.value)


@given(st.binary(max_size=400))
def test_any_bytes_parse_or_are_refused(content):
    try:
        parse_feed(content)
    except BadInput:
        pass


@given(st.text(max_size=60), st.text(max_size=200))
def test_any_text_inside_a_feed_parses(title, summary):
    body = rss(
        f"<item><title><![CDATA[{title}]]></title><link>http://a.example/1</link><description><![CDATA[{summary}]]></description></item>"
    )
    try:
        for entry in parse_feed(body).entries:
            assert entry.id and (entry.title or entry.summary)
    except BadInput:
        pass


@given(st.text())
def test_plain_text_has_no_tags_and_no_control_characters(text):
    plain = plain_text(f"<p>{text}</p><b>x</b>")
    assert "\x00" not in plain and "<b>" not in plain and plain == plain.strip()


@needs_shared
@pytest.mark.parametrize(
    "path",
    sorted([*(SHARED / "feeds-raw").glob("*"), *(SHARED / "wire" / "feeds").glob("*")]),
    ids=lambda p: p.name,
)
def test_real_feeds_parse_with_entries_and_survive_truncation(path):
    content = path.read_bytes()
    feed = parse_feed(content, "https://feed.example/feed.xml")
    assert feed.entries
    assert all(e.title and e.url for e in feed.entries)
    for tenth in range(1, 10):
        try:
            parse_feed(content[: len(content) * tenth // 10])
        except BadInput:
            pass
