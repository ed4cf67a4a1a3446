"""Every parser, on whatever bytes: what is documented is raised, or what comes out keeps to its bounds."""

from __future__ import annotations

import io
import json
import math
import pickle
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import strategies as st
from PIL import Image

from griot.characters import fit_text
from griot.digest.core.importing.importing import read_issue
from griot.digest.core.series import parse_series
from griot.helpers.protocols import HelperError
from griot.press.core import types
from griot.press.core.beats.query import Document, QueryError, parse_query
from griot.press.core.lines.drafting import PROPOSALS, drafts
from griot.press.core.pages.dates import Habit, choose, stated
from griot.press.core.pages.pages import read_page
from griot.press.core.sources.discovery import read_front
from griot.press.core.sources.feeds import parse_feed
from griot.press.core.sources.fetching import what_robots_say
from griot.press.core.sources.fitting import fit_entry
from griot.press.core.sources.listings import MOST, Learned, read_listing
from griot.press.core.sources.mailboxes import MAX_TEXT, read_mail
from griot.press.core.sources.opml import parse_opml
from griot.press.core.sources.sitemaps import MAX_URLS, parse_sitemap
from griot.press.core.types import BadInput
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.forms import submitted
from griot.testimonies.core.media import arrival, subtitles, transcribing
from tests.fuzzing.targets import JSON, SCALARS, TEXTS, changed, like, target, text_like

URL = "https://a.example/news/index"


def fits(entry: types.Entry) -> None:
    """It can be stored as it is made fit, and sent between processes."""
    assert pickle.loads(pickle.dumps(entry)) == entry
    fitted = fit_entry(entry)
    for text in (fitted.id, fitted.url, fitted.title, fitted.summary, fitted.text, fitted.language or ""):
        assert type(text) is str and "\0" not in text and text.encode() is not None
    assert len(fitted.title) <= 500 and (entry.published is None or entry.published.tzinfo)


RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>The Post</title><language>en</language>
<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="self" href="https://a.example/feed"/>
<item><guid>1</guid><title>Boats &amp; roads</title><link>/news/1</link><pubDate>Tue, 24 Nov 2026 07:00:00 +0100</pubDate>
<description><![CDATA[<p>57 people</p>]]></description><content:encoded>Words.</content:encoded></item>
<item><guid>2</guid><title>Second</title><link>https://a.example/2</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title type="html">T</title><entry><id>tag:a,2026:1</id>
<title>Un</title><link href="https://a.example/1"/><updated>2026-11-24T07:00:00+01:00</updated><summary>Mots.</summary>
</entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>T
</title></channel><item rdf:about="https://a.example/1"><title>Un</title><link>https://a.example/1</link></item></rdf:RDF>"""
XML_WORDS = (
    "<item>",
    "</item>",
    "<title>",
    "<![CDATA[",
    "]]>",
    "<!DOCTYPE a [<!ENTITY b 'c'>]>",
    "&b;",
    "&#0;",
    "&#x1F4A9;",
    "<!--",
    '<?xml version="1.0" encoding="utf-7"?>',
    "xmlns:x='y'",
    "<link/>",
    "<guid>",
    "<pubDate>",
    ' rel="hub"',
)


@target(like(RSS, ATOM, RDF, words=XML_WORDS))
def test_feeds(content):
    try:
        feed = parse_feed(content, URL)
    except BadInput as error:
        assert str(error)
        return
    assert pickle.loads(pickle.dumps(feed)) == feed
    for entry in feed.entries:
        assert entry.id and (entry.title or entry.summary)
        fits(entry)


JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "T",
    "language": "en",
    "hubs": [{"type": "WebSub", "url": "https://h.example/"}],
    "items": [
        {
            "id": "1",
            "url": "https://a.example/1",
            "title": "One",
            "summary": "S",
            "content_html": "<p>W</p>",
            "content_text": "W",
            "date_published": "2026-11-24T07:00:00Z",
            "date_modified": "2026-11-24T07:00:00Z",
            "authors": [{"name": "A"}],
            "tags": ["a"],
        }
    ],
}


@target(changed(JSON_FEED))
def test_json_feeds(value):
    try:
        feed = parse_feed(json.dumps(value).encode(), URL)
    except BadInput as error:
        assert str(error)
        return
    for entry in feed.entries:
        fits(entry)


SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url>
<loc>https://a.example/1</loc><lastmod>2026-11-24</lastmod><news:news><news:publication><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-24T07:00:00+01:00</news:publication_date><news:title>One</news:title></news:news></url></urlset>"""
INDEX = """<sitemapindex><sitemap><loc>https://a.example/news.xml</loc><lastmod>2026-11-24</lastmod></sitemap></sitemapindex>"""


@target(like(SITEMAP, INDEX, words=("<url>", "<loc>", "<lastmod>", *XML_WORDS)))
def test_sitemaps(content):
    try:
        found = parse_sitemap(content, URL)
    except BadInput as error:
        assert str(error)
        return
    assert len(found.entries) <= MAX_URLS and len(found.sitemaps) <= 50
    for entry in found.entries:
        fits(entry)


PAGE = """<!doctype html><html lang="en"><head><title>A story | The Post</title><meta property="og:title" content="A story">
<meta property="og:site_name" content="The Post"><meta property="article:published_time" content="2026-11-24T07:00:00+01:00">
<link rel="canonical" href="/news/1"><link rel="alternate" type="application/rss+xml" href="/feed">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "A story", "datePublished": "2026-11-24T07:00:00Z",
"author": {"@type": "Person", "name": "Awa Diop"}, "isAccessibleForFree": true}</script></head><body><nav><a href="/">Home</a></nav>
<article><h1>A story</h1><time datetime="2026-11-24">24 November</time><p>Boats with 57 people on board were met near Lampedusa.</p>
<h2><a href="/2026/11/24/coast-guard-rescues-57-people">Coast guard rescues 57 people at sea</a></h2>
<h2><a href="/2026/11/24/border-posts-count-people-again">Border posts count people again</a></h2></article></body></html>"""
HTML_WORDS = (
    "<p>",
    "</p>",
    "<div>",
    "<article>",
    "<a href='/1-2-3-4'>",
    "<script>",
    "<!--",
    "<base href='//x'>",
    "<svg>",
    "<math>",
    "&#xD800;",
    "&nbsp;",
    '<meta charset="utf-7">',
    "<h1>",
    "<table><tr><td>",
    '"@type":',
    "[[[[[[",
    "{{{{",
    "<iframe>",
)


@target(like(PAGE, words=HTML_WORDS))
def test_pages(content):
    try:
        page = read_page(content, URL)
    except BadInput as error:
        assert str(error)
        return
    assert pickle.loads(pickle.dumps(page)) == page
    assert len(page.title) <= 500 and len(page.author) <= 200 and all(len(s) <= 60 for s in page.sections)


@target(like(PAGE, words=HTML_WORDS))
def test_front_pages_and_listings(content):
    for read in (lambda: read_front(content, URL).entries, lambda: read_listing(content, URL, Learned())[0]):
        try:
            entries = read()
        except BadInput as error:
            assert str(error)
            continue
        assert len(entries) <= MOST
        for entry in entries:
            fits(entry)


MAIL = (
    b"From: Press <press@a.example>\r\nTo: desk@b.example\r\nSubject: =?utf-8?q?Arriv=C3=A9es?= in October\r\nMessage-ID: <1@a.example>\r\n"
    b"Date: Tue, 24 Nov 2026 07:00:00 +0100\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nThe agency registered people.\r\n\r\n-- \r\nPress\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nPHA+VGhlIGFnZW5jeTwvcD4=\r\n--b--\r\n"
)


@target(
    like(
        MAIL,
        words=(
            "=?utf-8?b?/w==?=",
            "=?x-unknown?q?a?=",
            "--b\r\n",
            "Content-Type: ",
            "charset=idna",
            "charset=unicode_escape",
            "boundary=",
            "Date: ",
            "Subject: ",
            "\r\n ",
            "-99999",
            "+9999",
            "Content-Transfer-Encoding: uuencode\r\n",
            "message/rfc822",
        ),
    )
)
def test_mails(content):
    entry = read_mail(content)
    assert len(entry.text) <= MAX_TEXT and len(entry.title) <= 500
    fits(entry)


ROBOTS = "User-agent: *\nDisallow: /private/*.html$\nAllow: /\nCrawl-delay: 5\n\nUser-agent: Griot\nDisallow: /x\nSitemap: https://a.example/s.xml\n"


@target(
    like(
        ROBOTS,
        words=(
            "User-agent:",
            "Disallow:",
            "Crawl-delay:",
            "Request-rate: 1/0",
            "Visit-time: 9",
            "*",
            "$",
            "\ufeff",
            "#",
            "%",
        ),
    )
)
def test_robots(content):
    text = content.decode("utf-8", "replace").replace("\0", "")
    is_allowed, delay = what_robots_say(text, URL, "Griot/1 (+https://a.example/)")
    assert isinstance(is_allowed, bool) and 0 <= delay <= 60


OPML = """<opml version="2.0"><head><title>T</title></head><body><outline text="F"><outline type="rss" text="The Post" title="The Post"
xmlUrl="https://a.example/feed" htmlUrl="https://a.example/" language="en"/></outline></body></opml>"""


@target(like(OPML, words=("<outline", "xmlUrl=", "type='listing'", "text=''", *XML_WORDS)))
def test_opml(content):
    try:
        feeds = parse_opml(content)
    except BadInput as error:
        assert str(error)
        return
    for feed in feeds:
        assert feed.url.startswith("http") and len(feed.outlet) <= 120 and len(feed.language) <= 12


@target(
    text_like(
        "Tue, 24 Nov 2026 07:00:00 +0100",
        "2026-11-24T07:00:00.123456+01:00",
        "24/11/26 7pm",
        "20261124",
        "2026-W48-2",
        words=("GMT", "+2460", "-00:00", "Feb 30", "AD", "BC", "0000", "10000", "T", "Z", ":"),
    )
)
def test_dates(text):
    found = stated(text, "feed", Habit())
    if found:
        assert found.moment.utcoffset().total_seconds() == 0
        seen = datetime(2026, 11, 24, tzinfo=UTC)
        assert choose([found], seen).moment.tzinfo


@target(
    text_like(
        '(boat OR "coast guard"~3) NEAR/5 rescue* AND NOT football lang:fr place:SN',
        "title:boat^2",
        words=(
            "(",
            ")",
            '"',
            "NEAR/",
            "NEAR/99999",
            "NOT",
            "AND",
            "OR",
            "*",
            "~",
            "^",
            ":",
            "lang:",
            "place:",
            "(((((((((((((((((((((",
        ),
    )
)
def test_queries_of_beats(text):
    try:
        query = parse_query(text)
    except QueryError as error:
        assert str(error) and 0 <= error.position <= len(text)
        return
    query.match(Document("boats met", "the coast guard", "rescued 57 people", "fr", ("SN",)))


VTT = "WEBVTT\n\n00:01.000 --> 00:03.500 align:start\n<v Awa>I left {at night}.\n\n2\n01:00:04.000 --> 01:00:06.000\nAnd then?\n"
SRT = "1\r\n00:00:01,000 --> 00:00:03,500\r\nI left at night.\r\n\r\n2\r\n00:00:04,000 --> 00:00:06,000\r\n<i>And then?</i>\r\n"


@target(
    text_like(
        VTT,
        SRT,
        words=(
            "-->",
            "00:00:01,000",
            "99:99:99.999",
            "٣٣:٣٣.٣٣٣",
            "{",
            "}",
            "{\\an8}",
            "<",
            "\n\n",
            "WEBVTT",
            "NOTE",
            "1:05 The desert\n",
        ),
    )
)
def test_subtitles(text):
    for read in (subtitles.parse, subtitles.as_vtt, subtitles.chapters):
        try:
            found = read(text)
        except subtitles.BadSubtitles as error:
            assert str(error)
            continue
        if read is subtitles.parse:
            assert all(0 <= cue.begins < cue.ends and math.isfinite(cue.ends) for cue in found)
            assert len(subtitles.parse(subtitles.write(found))) == len(found)


@target(
    changed(
        {
            "segments": [
                {"start": 0.5, "end": 2.5, "text": "I left at night."},
                {"start": 2.5, "end": 60, "text": "And then? " * 40},
            ]
        }
    )
)
def test_transcripts(value, web, tmp_path):
    web.pages["here/v1/audio/transcriptions"] = json.dumps(value)
    (tmp_path / "sound.wav").write_bytes(b"RIFF")
    service = transcribing.Service(web.url("here", "/v1"), "", "whisper")
    try:
        cues = service.transcribe(tmp_path / "sound.wav", "fr", lambda _: None)
    except HelperError as error:
        assert str(error)
        return
    assert all(math.isfinite(cue.begins) and math.isfinite(cue.ends) for cue in cues)
    subtitles.parse(subtitles.write(transcribing.readable(cues)))


SUBMISSION = """<data id="griot-voices-interview" xmlns:orx="http://openrosa.org/xforms"><orx:meta><orx:instanceID>uuid:5f0c9c1e-0b7c-4b0e-9a56-5b3b8f4f2f11
</orx:instanceID></orx:meta><start>2026-11-01T09:00:00.000+00:00</start><language>fr</language><uses>team web</uses><naming>first_name</naming><place>region</place>
<face>show</face><voice>show</voice><explained>read</explained><name>Awa</name><birth_year>1990</birth_year><country>SN</country><spot>14.69 -17.44 0 5</spot>
<q_leaving><answer>clip.mp4</answer><caption>At night.</caption></q_leaving><signature>sign.jpg</signature><end>2026-11-01T10:00:00.000+00:00</end></data>"""


@target(
    like(
        SUBMISSION,
        words=(
            "<answer>",
            "</answer>",
            "<caption/>",
            "<spot>1 2 3 4</spot>",
            "<birth_year>²</birth_year>",
            "<uses>",
            "../x",
            *XML_WORDS,
        ),
    )
)
def test_submissions_of_odk(content):
    try:
        said = submitted.read(content)
        sent = submitted.as_sent(said, "5f0c9c1e-0b7c-4b0e-9a56-5b3b8f4f2f11", "signed")
    except Refused as refusal:
        assert str(refusal)
        return
    assert said.instance and isinstance(json.dumps(sent), str)
    submitted.choices_of(said, "before", 3)


REFERENCE = """Unable to see images? View in browser\nNEWSDESK\n12 December 2018\n\nCommunities Meet to Share\nDakar (IPS) – Communities have been meeting. Read here\n
IN THE PRESS\n\nThe Gulf Today and MENAFN reported that 57 people were met. It cited Passage Network figures.\n\nThe Post: Boats met\n\nShare on Twitter Facebook\n
Contact: newsdesk@a.example\n"""


@target(
    text_like(
        REFERENCE,
        words=(
            "reported that",
            " – ",
            ", ",
            " and ",
            "31 February 2018",
            "Read here",
            "“",
            "”",
            "(",
            "Holding On",
            "\n\n",
            "Photo: ",
            "QUOTE",
        ),
    )
)
def test_past_issues(text):
    try:
        issue = read_issue(text)
    except BadInput as error:
        assert str(error)
        return
    assert issue.day.year > 1 and all(b.anchor for b in issue.blocks)


@target(
    text_like(
        "Month,2024,2025\nJan,5320,4510\nFeb,,1980\n",
        "M\t2024\nJan\t1.234,5\nFeb\t12\n",
        words=(",", ";", "\t", "\n", "1e999", "inf", "nan", "1.000.000", '"', "−5", "٣"),
    )
)
def test_series(text):
    try:
        series = parse_series(text)
    except BadInput as error:
        assert str(error)
        return
    assert pickle.loads(pickle.dumps(series)) == series


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 6), (168, 67, 31)).save(content, kind, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    return content.getvalue()


@target(
    st.one_of(
        [
            like(picture(kind), words=(b"\xff\xd8", b"\xff\xe1", b"IHDR", b"Exif\0\0", b"\xff\xff\xff\xff"))
            for kind in ("JPEG", "PNG", "WEBP", "MPO")
        ]
    )
)
def test_pictures(content, tmp_path):
    (tmp_path / "a").write_bytes(content)
    try:
        what = arrival.take_in(tmp_path / "a", tmp_path / "b")
    except Refused as refusal:
        assert str(refusal)
        return
    assert what.width < 20_000 and (tmp_path / "b").stat().st_size


@target(st.tuples(TEXTS, JSON).map(list))
def test_rows_of_files(value, tmp_path):
    from griot.press.core.commandline.files import articles_of

    path = Path(tmp_path / "rows.jsonl")
    path.write_bytes(value[0].encode("utf-8", "surrogatepass") + json.dumps(value[1]).encode())
    try:
        articles_of(str(path))
    except BadInput as error:
        assert str(error)


@target(
    st.dictionaries(
        st.sampled_from(["url", "outlet", "title", "summary", "text", "published", "language"]), SCALARS
    )
)
def test_articles_of_files(row, tmp_path):
    from griot.press.core.commandline.files import articles_of

    path = Path(tmp_path / "rows.jsonl")
    path.write_text(json.dumps({"url": "https://a.example/1", "outlet": "The Post", "title": "T", **row}))
    try:
        (article,) = articles_of(str(path))
    except BadInput as error:
        assert str(error)
        return
    assert article.url and article.outlet


PIECE = """DAKAR, Nov. 24 (AFP) – At least 57 people drowned off “Nouadhibou”, the ministry said on Monday. Mr. Sow, 41, told
reporters (in Dakar): “It was the U.S. navy, at 3 a.m.” • Read more —"""


@target(text_like(PIECE))
def test_drafts(said):
    text = fit_text(said)
    article = types.Article(URL, "The Post", text[:80].strip() or "T", text[:200], text, language="en")
    lines = list(drafts([article]))
    assert 1 <= len(lines) <= PROPOSALS and all(line.body.strip() for line in lines)
