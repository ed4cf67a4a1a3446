"""What readers open besides the issue: items, charts, cards, paper, search, feeds; and pictures
whose rights end.
"""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from urllib.parse import urlencode

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL
from django.db.models.lookups import Exact
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from PIL import Image

from griot.digest.core.rendering import render
from griot.digest.core.rendering.chart import chart_svg, describe, number
from griot.digest.core.rendering.exporting import render_newsml, render_ninjs
from griot.digest.core.series import parse_series
from griot.digest.core.types import Figures
from griot.digest.models import Correction, IssuePage, Picture, ToldItem
from griot.digest.site import archive
from griot.digest.site.composing import issue_of
from griot.press.core.types import BadInput
from tests.digest.issues import make_issue
from tests.press.core.beats.searches import searches

TABLE = "Month\t2016\t2017\t2018\nJan\t5,320\t4,510\t2,340\nFeb\t3,900\t\t1,980\nMar\t9 700\t9100\t–\n"


@pytest.fixture
def issue(site):
    return make_issue()


def chart(issue: IssuePage) -> IssuePage:
    issue.body.append(
        (
            "figures",
            {
                "title": "Arrivals by sea",
                "data": TABLE,
                "unit": "people",
                "threshold": 8000,
                "threshold_label": "Capacity",
                "source": {"words": "The coast guard", "url": "https://guard.example/"},
            },
        )
    )
    issue.save_revision().publish(skip_permission_checks=True)
    return IssuePage.objects.get(pk=issue.pk)


# --- figures -----------------------------------------------------------------------------


def test_a_pasted_table_becomes_a_series():
    series = parse_series(TABLE)
    assert series.labels == ("Jan", "Feb", "Mar")
    assert series.columns == (
        ("2016", (5320, 3900, 9700)),
        ("2017", (4510, None, 9100)),
        ("2018", (2340, 1980, None)),
    )


@pytest.mark.parametrize(
    ("table", "value"),
    [
        ("m;a\nx;1.234.567\ny;2", 1234567),
        ("m;a\nx;1.234\ny;5,5", 1234),
        ("m;a\nx;1,5\ny;2", 1.5),
        ("m,a\nx,1.25\ny,2", 1.25),
        ('m,a\nx,"12,345"\ny,"1.5"', 12345),
        ("m\ta\nx\t12 %\ny\t2", 12),
    ],
)
def test_figures_are_read_in_any_locales_form(table, value):
    assert parse_series(table).columns[0][1][0] == value


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "at least two rows"),
        ("a b\n1\n2", "no columns"),
        ("m,a\nx,many\ny,2", "row 2, column “a”: 'many' is no figure"),
        ("m,a,a\nx,1,2\ny,1,2", "name of its own"),
        ("m,a\nx,1,2,3\ny,1", "row 2: 4 cells"),
        ("m,a\nx,\ny,-", "has no figures"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(table, words):
    with pytest.raises(BadInput, match=words):
        parse_series(table)


@given(st.text(max_size=200))
def test_any_text_is_a_series_or_refused(text):
    try:
        parse_series(text)
    except BadInput:
        pass


@given(
    st.lists(
        st.lists(st.none() | st.floats(-1e9, 1e9), min_size=3, max_size=3), min_size=1, max_size=8
    ).filter(lambda columns: all(any(v is not None for v in c) for c in columns)),
    st.booleans(),
)
def test_any_series_is_drawn_inside_its_frame(columns, is_right_to_left):
    from griot.digest.core.types import Series

    series = Series(("<a>", "b", "c"), tuple((f"& {n}", tuple(c)) for n, c in enumerate(columns)))
    svg = etree.fromstring(str(chart_svg(Figures("x", "T", series), "ar", is_right_to_left)))
    for line in svg.iter("{*}line"):
        assert 0 <= float(line.get("y1")) <= 340
    assert svg.get("aria-label").startswith("T. ")


def test_a_chart_says_in_words_what_it_shows():
    figures = Figures("x", "Arrivals", parse_series(TABLE), "people", 8000, "Capacity")
    assert (
        describe(figures, "en")
        == "Arrivals. 2018, Feb: 1,980 people; 2016: 3,900 people; Capacity: 8,000 people."
    )
    assert number(1980.5, "fr") == "1\u202f980,5"


@pytest.mark.django_db
def test_the_chart_is_svg_and_table_on_the_web_and_a_picture_in_mail(client, issue):
    issue = chart(issue)
    tree = lxml_html.fromstring(client.get(f"/{issue.slug}/").content)
    assert (
        tree.xpath("//*[name()='svg' and @role='img']")[0]
        .get("aria-label")
        .startswith("Arrivals by sea. 2018, Feb")
    )
    assert tree.xpath("//details//th[@scope='row']/text()") == ["Jan", "Feb", "Mar"]
    mail = lxml_html.fromstring(render(issue_of(issue), "email"))
    image = next(i for i in mail.xpath("//img") if i.get("src").endswith("/chart/"))
    assert image.get("alt").startswith("Arrivals by sea.")
    drawn = client.get(image.get("src").removeprefix("http://localhost:8000"))
    assert drawn["Cache-Control"] == "public, max-age=30", "as the page: it may be taken off"
    png = Image.open(io.BytesIO(drawn.content))
    assert png.format == "PNG" and png.width == 1280 and len(png.convert("RGB").getcolors(1 << 24)) > 5
    assert "Jan  5,320  4,510  2,340" in render(issue_of(issue), "text")


# --- items, cards, paper -----------------------------------------------------------------


@pytest.mark.django_db
def test_every_item_has_a_page_and_a_card_of_its_own(client, issue):
    value = issue_of(issue)
    for block in value.blocks:
        if block.kind in {"feature", "gallery", "quote", "portrait"}:
            page = client.get(f"/{issue.slug}/item/{block.anchor}/")
            assert page.status_code == 200 and value.url in page.content.decode()
            graph = {
                m.get("property"): m.get("content")
                for m in lxml_html.fromstring(page.content).xpath("//meta[@property]")
            }
            assert graph["og:url"].endswith(f"/item/{block.anchor}/")
            card = client.get(graph["og:image"].removeprefix("http://localhost:8000"))
            assert Image.open(io.BytesIO(card.content)).size == (1200, 630)
    assert client.get(f"/{issue.slug}/item/item-nothing/").status_code == 404


@pytest.mark.django_db
def test_a_gallery_shows_some_in_the_issue_and_all_on_its_own_page(client, issue):
    gallery = issue.body[1].value
    picture = gallery["pictures"][0]["picture"]
    for n in range(4):
        gallery["pictures"].append(
            {"picture": picture, "source": "", "caption": f"Caption {n}", "link": {}, "credit": ""}
        )
    issue.save_revision().publish(skip_permission_checks=True)
    anchor = issue_of(issue).blocks[1].anchor
    whole, own = (client.get(f"/{issue.slug}/{path}").content.decode() for path in ("", f"item/{anchor}/"))
    assert "Caption 0" in whole and "Caption 3" not in whole and "All 5 pictures" in whole
    assert "Caption 3" in own
    assert "Click here for more images: http" in render(issue_of(issue), "text")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_issue_on_paper_is_a_tagged_pdf(client, site, language):
    issue = chart(make_issue(language))
    response = client.get(f"{'/ar' if language == 'ar' else ''}/{issue.slug}/pdf/")
    assert response.content.startswith(b"%PDF") and b"StructTreeRoot" in response.content
    assert f'2018-12-12-{language}.pdf"' in response["Content-Disposition"]


@pytest.mark.django_db
def test_a_correction_stands_on_the_issue_at_once(client, issue):
    Correction.objects.create(issue=issue, text="The film lasts 45 minutes, not 54.")
    page = client.get(f"/{issue.slug}/").content.decode()
    assert "not 54" in page and '"CorrectionComment"' in page
    for format in ("email", "text"):
        assert "not 54" in render(issue_of(issue), format)


# --- pictures ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_picture_whose_rights_ended_vanishes_from_the_web_and_from_mails_already_sent(client, issue):
    mail = lxml_html.fromstring(render(issue_of(issue), "email"))
    address = mail.xpath("//img/@src")[0].removeprefix("http://localhost:8000")
    before = b"".join(client.get(address).streaming_content)
    paper, card = client.get(f"/{issue.slug}/pdf/").content, client.get(f"/{issue.slug}/card/").content
    assert b"/Subtype/Image" in paper
    Picture.objects.update(rights_until=timezone.localdate())
    assert b"".join(client.get(address).streaming_content) == before, "the last day still counts"
    Picture.objects.update(rights_until=timezone.localdate() - timedelta(days=1))
    after = client.get(address)
    assert (
        after.status_code == 200
        and after.content != before
        and Image.open(io.BytesIO(after.content)).format == "PNG"
    )
    assert lxml_html.fromstring(client.get(f"/{issue.slug}/").content).xpath("//img/@src") == ["/sign/"]
    assert b"/Subtype/Image" not in client.get(f"/{issue.slug}/pdf/").content
    assert client.get(f"/{issue.slug}/card/").content != card
    assert not lxml_html.fromstring(render(issue_of(IssuePage.objects.get()), "email")).xpath("//img")


@pytest.mark.django_db
def test_nothing_but_pictures_made_for_readers_is_served_by_any_spelling(client, issue):
    mail = lxml_html.fromstring(render(issue_of(issue), "email"))
    address = mail.xpath("//img/@src")[0].removeprefix("http://localhost:8000")
    assert client.get(address).status_code == 200
    name = address.removeprefix("/media/images/")
    original = Picture.objects.first().file.name
    default_storage.save("documents/list.pdf", ContentFile(b"names"))
    for path in (
        f"../{original}",
        f"%2e%2e/{original}",
        f"./../{original}",
        f"x/../../{original}",
        f"..//{original}",
        "../documents/list.pdf",
        f"./{name}",
        f"x/../{name}",
        f"/{name}",
        f"{name}/",
        "%00",
    ):
        assert client.get(f"/media/images/{path}").status_code in {301, 400, 404}, path
    Picture.objects.update(rights_until=timezone.localdate() - timedelta(days=1))
    for path in (f"./{name}", f"x/../{name}", f"%2e/{name}", f"/{name}"):
        assert client.get(f"/media/images/{path}").status_code in {301, 404}, path


# --- the archive ---------------------------------------------------------------------------


@pytest.mark.django_db
class TestTheArchive:
    @pytest.fixture(autouse=True)
    def _issues(self, site):
        self.issue = make_issue()
        make_issue(day=date(2018, 11, 30))

    def found(self, client, **asked):
        tree = lxml_html.fromstring(client.get("/archive/", asked).content)
        return [" ".join(p.text_content().split()) for p in tree.xpath("//ol/li/p")]

    def test_items_are_found_by_words_phrases_and_fields(self, client):
        assert len(self.found(client, q="57 people")) == 2
        assert len(self.found(client, q='"climbs the fence"')) == 2
        assert len(self.found(client, q="title:communities")) == 2
        assert len(self.found(client, q='outlet:"the gulf today" peopl*')) == 2
        assert not self.found(client, q="people NOT agreed country:LY")

    def test_facets_narrow_and_say_how_many_are_left(self, client):
        page = client.get("/archive/", {"q": "reported"}).content.decode()
        assert "MENAFN (2)" in page and "Philippines" not in page
        assert "Philippines (2)" in client.get("/archive/", {"q": "tribe"}).content.decode()
        assert len(self.found(client, outlet="MENAFN")) == 2
        assert len(self.found(client, country="PH")) == 2
        assert self.found(client, theme="culture")

    def test_what_is_no_query_is_read_as_words_and_says_why(self, client):
        page = client.get("/archive/", {"q": "people AND (57"}).content.decode()
        assert "Read as words: a bracket is not closed." in page
        assert len(self.found(client, q="people AND (57")) == len(self.found(client, q="people 57")) > 0
        assert "Read as words" not in client.get("/archive/", {"q": "57 people, fence"}).content.decode()

    def test_nothing_found_says_what_one_can_do(self, client):
        page = client.get("/archive/", {"q": "zzyzx & co"}).content.decode()
        assert "Nothing was found. Try fewer words" in page and "Words are enough." in page
        assert "There is no word in it" in client.get("/archive/", {"q": "(؟)"}).content.decode()

    @given(q=searches)
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    def test_no_words_of_readers_are_an_error(self, client, q):
        for path in ("/archive/", "/stories/"):
            assert client.get(f"{path}?{urlencode({'q': q}, errors='surrogatepass')}").status_code == 200

    @pytest.mark.parametrize(
        "q",
        ["'", "a:b", "\\", "<b>", "!!", "&|", "x" * 5000, "(((", '"', "NEAR/3", "a NEAR/99 b", "ا*", "%s"],
    )
    def test_no_query_breaks_it(self, client, q):
        assert (
            client.get("/archive/", {"q": q, "outlet": q, "country": q, "month": q, "page": q}).status_code
            == 200
        )

    @pytest.mark.parametrize(
        ("q", "is_asked"),
        [
            ('"b* c* d*" NEAR/99 "f* b*"', False),
            ("mi* NEAR/20 bo*", False),
            (" OR ".join(f"{a}*" for a in "bcdfghklmnprstvwxyz123"), False),
            ("NOT (boat* NEAR/99 sea*)", False),
            ("people NEAR/99 fence", True),
            ("migr* NEAR/20 (boat* OR ship)", True),
            ("mi* OR sport", True),
        ],
    )
    def test_what_a_query_costs_has_a_bound(self, client, q, is_asked):
        page = client.get("/archive/", {"q": q}).content.decode()
        assert ("asks for too much at once" not in page) == is_asked

    def test_a_search_that_takes_too_long_is_ended_and_says_so(self, client, monkeypatch):
        sleeping = RawSQL("pg_sleep(100) IS NULL", [], output_field=BooleanField())
        monkeypatch.setattr(archive, "PATIENCE", "50ms")
        monkeypatch.setitem(archive.TOLD_FILTERS, "piece", lambda values: Q(Exact(sleeping, True)))
        page = client.get("/archive/", {"q": "piece:news"})
        assert page.status_code == 200 and "takes too long" in page.content.decode()
        monkeypatch.undo()
        assert self.found(client, q="people")

    def test_nearness_asks_for_each_word_on_a_side(self, client):
        assert len(self.found(client, q="fence NEAR/3 (zzyzx OR climbs)")) == 2

    @pytest.mark.parametrize(
        "month", ["9999-11", "9999-12", "0001-01", "2018-02", "10000-01", "9" * 20 + "-1", "2018-" + "9" * 20]
    )
    def test_no_month_breaks_it(self, client, month):
        assert client.get("/archive/", {"month": month}).status_code == 200

    def test_the_calendar_leads_to_each_day(self, client):
        december = client.get("/archive/").content.decode()
        assert "December 2018" in december and 'href="http://localhost:8000/2018-12-12/">12</a>' in december
        assert (
            '<a href="http://localhost:8000/2018-11-30/">30</a>'
            in client.get("/archive/?month=2018-11").content.decode()
        )

    def test_an_unpublished_issue_is_found_no_more(self, client):
        self.issue.unpublish()
        assert len(self.found(client, q="57 people")) == 1
        assert ToldItem.objects.values("issue").distinct().count() == 1

    def test_feeds_for_the_whole_and_for_each_section(self, client):
        feed = json.loads(client.get("/json-feed/").content)
        assert feed["version"].endswith("1.1") and next(i["url"] for i in feed["items"]).endswith(
            "/2018-12-12/"
        )
        section = json.loads(client.get("/json-feed/press_review/").content)
        assert (
            "57" in section["items"][0]["content_html"]
            and "Communities" not in section["items"][0]["content_html"]
        )
        assert b"57" in client.get("/feed/press_review/").content
        assert client.get("/feed/gossip/").status_code == 404
        assert not json.loads(client.get("/json-feed/opinion/").content)["items"]

    def test_the_sitemap_names_issues_and_today_as_news(self, client):
        make_issue(day=timezone.localdate())
        tree = etree.fromstring(client.get("/sitemap.xml").content)
        spaces = {
            "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
            "n": "http://www.google.com/schemas/sitemap-news/0.9",
        }
        assert len(tree.findall("s:url", spaces)) == 3
        assert "Sitemap: http://localhost:8000/sitemap.xml" in client.get("/robots.txt").content.decode()

    def test_readers_pages_may_be_kept_and_are_light(self, client):
        page = client.get("/2018-12-12/")
        assert "max-age" in page["Cache-Control"] and "public" in page["Cache-Control"]
        assert client.get("/2018-12-12/", headers={"If-None-Match": page["ETag"]}).status_code == 304
        assert len(page.content) < 100 * 1024
        assert not page.cookies


# --- for other newsrooms -------------------------------------------------------------------


@pytest.mark.django_db
def test_an_issue_goes_to_other_newsrooms_as_ninjs_and_newsml(issue, capsys):
    value = issue_of(issue)
    ninjs = json.loads(render_ninjs(value))
    lines = [a for a in ninjs["associations"] if a["name"] == "press_review"]
    assert ninjs["type"] == "composite" and lines[0]["infoSources"][0] == {
        "name": "The Gulf Today",
        "uri": "https://g.example/1",
    }
    message = etree.fromstring(render_newsml(value))
    space = {"g": "http://iptc.org/std/nar/2006-10-01/"}
    items = message.findall("g:itemSet/g:newsItem", space)
    assert len(items) == len(ninjs["associations"]) == len(message.findall(".//g:itemRef", space))
    assert "57 <b>people</b> & others" in "".join(items[-2].itertext())
    call_command("export_issue", "latest", "--format", "json")
    assert json.loads(capsys.readouterr().out)["title"] == issue.title
