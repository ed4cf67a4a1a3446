from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.demo.core.rendering import render_feed
from griot.press.core.sources.feeds import parse_feed, plain_text
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
