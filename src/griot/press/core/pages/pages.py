"""Web pages: is it an article, and if so what does it say?"""

from __future__ import annotations

import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml import etree
from lxml import html as lxml_html
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import load_html

from griot.press.core.language.languages import detect_language
from griot.press.core.pages.dates import Habit
from griot.press.core.pages.heads import captions_of, part_inline, titles_of, without_head
from griot.press.core.pages.linked_data import article_of, json_ld, values_of
from griot.press.core.pages.markup import short_text, tame
from griot.press.core.pages.page_dates import dates_in_page, updated_in_page
from griot.press.core.pages.urls import canonical_url
from griot.press.core.pages.walls import asks_for_consent, asks_to_pay, says_nothing_is_here
from griot.press.core.types import BadInput, Page, PageKind

# A page has 1,000 to 5,000; extraction is quick with those, and grows faster than what it is given.
MOST_ELEMENTS = 15_000
MAX_PAGE = 10 * 1024 * 1024  # bytes, after decompression

_SHORT = 500  # characters: under this a text may be a wall's own words
_STUB = 1200  # characters: a paywalled page that shows more than this has told its news
# The date that is found beside a text is not asked for, and dear: `page_dates` reads a page's dates.
_NO_DATE = {"original_date": True, "extensive_search": False}
_LIVE_PATH = re.compile(
    r"(?i)/(?:live(?:-?blog|-?news|-?updates?)?|en-direct|en-directo|direct|liveticker|ao-vivo|"
    r"diretta)(?:[/-]|$)|-live-(?:updates|blog)|/live/"
)
_LIVE_TITLE = re.compile(
    r"(?i)^(?:live\b|en direct|en directo|direct\b|liveticker|ao vivo|diretta|مباشر)|live (?:updates|blog)|"
    r"\blive[:–-]|– live$"
)
_VIDEO_PATH = re.compile(r"(?i)/(?:videos?|watch|av|programmes?|mediathek|tv)(?:/|$)")
_PARTS = re.compile(r"\s+[|–—·»-]\s+")
_ALSO = re.compile(
    r"(?i)^\W*(?:(?:read|see|watch|listen) (?:also|more|next)|also read|related(?: (?:stor\w+|article))?|"
    r"(?:à )?lire aussi|à voir aussi|lea? también|le[ea] más|lea además|lesen sie auch|mehr zum thema|"
    r"lies auch|leggi anche|leia (?:também|mais)|veja também|اقر[أا] (?:أيض|المزيد)|شاهد أيض)"
)
LONGEST_ALSO, LONGEST_LABEL = 250, 40  # characters of a line that leads to another piece; before its link
_ARTICLE_PATH = re.compile(r"\d{4,}|[^/]+-[^/]+-[^/]+-[^/]+")


def unpack(content: bytes) -> bytes:
    """`content`, decompressed where it is gzip. Raises BadInput past MAX_PAGE or when broken."""
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
                content = file.read(MAX_PAGE + 1)
        except (OSError, EOFError, ValueError) as error:
            raise BadInput(f"broken gzip ({error})") from error
        except Exception as error:  # zlib.error is no OSError
            raise BadInput(f"broken gzip ({error})") from error
    if len(content) > MAX_PAGE:
        raise BadInput(f"the page is larger than {MAX_PAGE // 1024 // 1024} MB")
    return content


def read_page(content: bytes, url: str) -> Page:
    """Read an HTML page (plain or gzip bytes). Never raises on what a page contains.

    Raises BadInput for broken gzip and pages over MAX_PAGE.
    """
    content = tame(unpack(content))
    tree = tree_of(content)
    if tree is None:
        return Page("empty", "", "", None, None, None)
    document = None
    try:
        # A document, as long as it is not asked for as a dictionary.
        document = cast(
            "Document | None",
            bare_extraction(
                _without_asides(tree_of(content)),
                url=url or None,
                include_comments=False,
                with_metadata=True,
                date_extraction_params=_NO_DATE,
            ),
        )
    except MemoryError:
        raise
    except Exception:  # extraction is best effort on any bytes; the page then counts as empty
        document = None
    habit = Habit()
    text = (document.text or "").strip() if document is not None else ""
    title = _title(tree, (document.title or "") if document is not None else "")
    author = _author(tree, (document.author or "") if document is not None else "")
    return Page(
        kind=_kind(tree, title, text, url),
        title=title,
        text=without_head(text, titles_of(tree, title), captions_of(tree), author),
        published=next(dates_in_page(tree, url, habit), None),
        language=detect_language(text or title, tree.get("lang")) or None,
        image=_meta(tree, "og:image", url),
        canonical_url=_canonical(tree, url),
        updated=updated_in_page(tree, habit),
        author=author,
        sections=_sections(tree),
    )


def tree_of(content: bytes) -> lxml_html.HtmlElement | None:
    """The parsed page, as far as its first MOST_ELEMENTS, or None where there is none in the bytes."""
    try:
        tree = load_html(content)
    except (etree.LxmlError, ValueError, LookupError, RecursionError):
        return None
    if tree is None or not len(tree):
        return None
    last = next(islice(tree.iter(), MOST_ELEMENTS, None), None)
    while last is not None and (parent := last.getparent()) is not None:
        for later in list(last.itersiblings()):
            parent.remove(later)
        last = parent
    return tree


def _without_asides(tree: lxml_html.HtmlElement | None) -> lxml_html.HtmlElement | None:
    """The page without the lines between an article's paragraphs that lead to other pieces: those that hold
    little but a link, behind a colon or words for "Read also".
    """
    for link in tree.iter("a") if tree is not None else ():
        above = islice(link.iterancestors(), 3)
        line = next((element for element in above if element.tag in {"p", "li", "div"}), None)
        said, linked = (short_text(e, LONGEST_ALSO) if e is not None else "" for e in (line, link))
        before = said.removesuffix(linked).strip()
        if line is None or not linked or before == said or len(before) > LONGEST_LABEL:
            continue
        if before.endswith((":", "：", "»", ">", "|")) or _ALSO.match(before):
            for child in list(line):
                line.remove(child)
            line.text = ""
    if tree is not None:
        part_inline(tree)
    return tree


def _meta(tree: lxml_html.HtmlElement, name: str, base: str) -> str | None:
    found = tree.xpath("//meta[@property=$name or @name=$name]/@content", name=name)
    return canonical_url(str(found[0]), base) or None if found else None


def _canonical(tree: lxml_html.HtmlElement, url: str) -> str | None:
    """The page's own canonical address, believed only within its host and not for a front page."""
    found = tree.xpath("//link[@rel='canonical']/@href")
    if not found:
        return None
    address = canonical_url(str(found[0]), url)
    same_host = address.split("/")[2:3] == url.split("/")[2:3]
    return address if same_host and address.count("/") > 2 and not address.endswith("://") else None


def _author(tree: lxml_html.HtmlElement, extracted: str) -> str:
    """The first author's name, where the page names a person."""
    for data in json_ld(tree):
        for name in _names_under("author", data):
            if 1 < len(name.split()) < 6 and "http" not in name:
                return name[:200]
    first = extracted.split(";")[0].strip()
    return first[:200] if 1 < len(first.split()) < 6 and "http" not in first else ""


def _names_under(key: str, data: object, depth: int = 0) -> Iterator[str]:
    if depth > 6 or not isinstance(data, (dict, list)):
        return
    if isinstance(data, list):
        for item in data:
            yield from _names_under(key, item, depth + 1)
        return
    found = data.get(key)
    for person in found if isinstance(found, list) else [found]:
        name = person.get("name") if isinstance(person, dict) else person
        if isinstance(name, str):
            yield " ".join(name.split())
    for value in data.values():
        yield from _names_under(key, value, depth + 1)


def _sections(tree: lxml_html.HtmlElement) -> tuple[str, ...]:
    """What the page itself calls the piece: schema.org types, sections, the kicker over its headline."""
    found = []
    for data in json_ld(tree):
        for key in ("@type", "articleSection", "genre"):
            found += [text for text in values_of(key, data) if len(text) < 60]
    found += [str(c) for c in tree.xpath("//meta[@property='article:section' or @name='section']/@content")]
    found += [k.text_content() for k in tree.xpath("//*[contains(concat(' ', @class, ' '), ' kicker ')]")][:1]
    return tuple(dict.fromkeys(" ".join(f.split())[:60] for f in found if f.strip()))


def _title(tree: lxml_html.HtmlElement, extracted: str) -> str:
    og = tree.xpath("//meta[@property='og:title']/@content")
    heads = [" ".join(h.text_content().split()) for h in tree.xpath("//h1 | //h2 | //h3")]
    name = " ".join((tree.findtext(".//title") or "").split())
    parts = [part.strip() for part in _PARTS.split(name)]
    for candidate in [extracted, *map(str, og), *heads, name]:
        if cleaned := " ".join(candidate.split()):
            # What stands over every page of a house is its name; the other part of the title is the piece's.
            others = (
                p for p in parts if cleaned in parts and p != cleaned and p in heads and len(p.split()) > 3
            )
            return max(others, key=len, default=cleaned)[:500]
    return ""


def _kind(tree: lxml_html.HtmlElement, title: str, text: str, url: str) -> PageKind:
    if len(text) < _STUB and asks_to_pay(tree):
        return "paywall"
    if len(text) < _STUB and asks_for_consent(tree, title, text):
        return "consent_wall"
    if says_nothing_is_here(title, text):
        return "empty"
    if _is_live_blog(tree, title, url):
        return "live_blog"
    if _is_video(tree, text, url):
        return "video"
    if _is_listing(tree, text, url):
        return "listing"
    return "article" if len(text) >= 120 else "empty"


def _types(tree: lxml_html.HtmlElement) -> set[str]:
    return {t.lower() for data in json_ld(tree) for t in values_of("@type", data)}


def _is_live_blog(tree: lxml_html.HtmlElement, title: str, url: str) -> bool:
    """A page that grows all day and tells of many things; schema.org has a type for it, addresses and
    titles a habit.
    """
    if "liveblogposting" in _types(tree):
        return True
    updates = len(
        tree.xpath(
            "//*[contains(@class, 'live-blog') or contains(@class, 'liveblog') or contains(@class,"
            " 'live-update')]"
        )
    )
    named = bool(_LIVE_PATH.search(url) or _LIVE_TITLE.search(title))
    times = len(tree.xpath("//time[not(ancestor::aside or ancestor::nav or ancestor::footer)]"))
    return named and (updates >= 3 or times >= 6)


def _is_video(tree: lxml_html.HtmlElement, text: str, url: str) -> bool:
    """A player and a caption: there is nothing to read."""
    if len(text) >= _SHORT:
        return False
    types = _types(tree)
    says_so = "videoobject" in types and not types & {"newsarticle", "article", "reportagenewsarticle"}
    og = tree.xpath("//meta[@property='og:type']/@content")
    player = bool(
        tree.xpath(
            "//video | //iframe[contains(@src, 'youtube') or contains(@src, 'vimeo') or contains(@src,"
            " 'player')]"
        )
    )
    return (
        says_so
        or (bool(og) and str(og[0]).lower().startswith("video"))
        or (player and bool(_VIDEO_PATH.search(url)))
    )


def _is_made_of_teasers(tree: lxml_html.HtmlElement) -> bool:
    """A page that says it is an article, and holds many headlines that lead to others, each with its first
    words, and none of its own.
    """
    heads = tree.xpath(
        "//main//*[self::h2 or self::h3 or self::h4][.//a[@href] or parent::a[@href]]"
        " | //body[not(.//main)]//*[self::h2 or self::h3 or self::h4][.//a[@href] or parent::a[@href]]"
    )
    within = Counter(head.getparent() for head in heads)
    own = [
        p
        for p in tree.iter("p")
        if len(p.text_content()) > 80
        and not any(within[above] == 1 for above in islice(p.iterancestors(), 5))
    ]
    return sum(n == 1 for n in within.values()) >= 5 and len(own) < 3


def _is_listing(tree: lxml_html.HtmlElement, text: str, url: str) -> bool:
    """A section page: many links to articles in its main part, and hardly a sentence of its own.

    Counted outside navigation, header and footer, because an article's page too carries those.
    """
    if tree.xpath("//meta[@property='og:type' and @content='article']"):
        return article_of(tree) is None and _is_made_of_teasers(tree)
    scope = "[not(ancestor::nav or ancestor::header or ancestor::footer or ancestor::aside)]"
    teasers = 0
    for link in tree.xpath(f"//a[@href]{scope}"):
        if len(link.text_content().split()) >= 4 and _ARTICLE_PATH.search(link.get("href", "")):
            teasers += 1
    inside_links = sum(len(a.text_content()) for a in tree.xpath(f"//a{scope}"))
    sentences = [p for p in tree.xpath(f"//p{scope}") if len(p.text_content()) > 200]
    return teasers >= 5 and len(sentences) < 3 and (len(text) < 1500 or inside_links > len(text))
