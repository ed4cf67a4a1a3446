"""Web pages: is it an article, and if so what does it say?"""

from __future__ import annotations

import gzip
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import cast

from lxml import etree
from lxml import html as lxml_html
from trafilatura import bare_extraction
from trafilatura.settings import Document
from trafilatura.utils import load_html

from griot.press.core.language.languages import detect_language
from griot.press.core.pages.markup import tame
from griot.press.core.pages.page_dates import dates_in_page, json_ld, updated_in_page, values_of
from griot.press.core.pages.urls import canonical_url
from griot.press.core.types import BadInput, Page, PageKind

# A page has 1,000 to 5,000; extraction is quick with those, and grows faster than what it is given.
MOST_ELEMENTS = 15_000
MAX_PAGE = 10 * 1024 * 1024  # bytes, after decompression

_CONSENT = re.compile(
    r"(?i)(before you continue|avant de (?:continuer|poursuivre)|antes de continuar|bevor sie|"
    r"prima di continuare|قبل المتابعة|(?:we|our \d* ?partners)[^.]{0,80}(?:cookies|your privacy)|"
    r"your (?:privacy )?choices|accept (?:all|cookies)|(?:tout )?accepter|aceptar|aceitar|zustimmen|"
    r"accett[ao]|votre vie privée|tu privacidad|datenschutz|la tua privacy|consent)"
)
_COOKIE = re.compile(
    r"(?i)cookies?|consent|privacy|vie privée|privacidad|privacidade|datenschutz|ملفات تعريف"
)
_PAYWALL = re.compile(
    r"(?i)(subscribe (?:now )?to (?:continue|read|keep)|to (?:continue|keep) reading|already a subscriber|"
    r"(?:subscribers?|members?)[- ]only|this (?:article|story|content) is (?:for|reserved for|"
    r"available to) (?:our )?(?:subscribers|members)|réservé (?:à nos |aux )abonnés|abonnez-vous pour|"
    r"déjà abonné|la suite est réservée|(?:exclusivo|solo) para (?:los )?suscriptores|suscríbete para|"
    r"ya (?:eres|soy) suscriptor|(?:conteúdo )?exclusivo para assinantes|assine para (?:continuar|ler)|"
    r"weiterlesen mit|nur für abonnenten|jetzt abonnieren|mit .{0,20}abo (?:weiter)?lesen|"
    r"(?:contenuto )?riservato agli abbonati|abbonati per (?:continuare|leggere)|للمشتركين فقط|"
    r"اشترك للمتابعة)"
)
_NOT_FOUND = re.compile(
    r"(?i)(\b404\b|page (?:not found|introuvable|no encontrada)|not found|no longer (?:available|exists)|"
    r"n'existe (?:pas|plus)|no existe|página não encontrada|seite (?:wurde )?nicht gefunden|"
    r"pagina non trovata|الصفحة غير موجودة)"
)
_SHORT = 500  # characters: under this a text may be a wall's own words
_STUB = 1200  # characters: a paywalled page that shows more than this has told its news
_LIVE_PATH = re.compile(
    r"(?i)/(?:live(?:-?blog|-?news|-?updates?)?|en-direct|en-directo|direct|liveticker|ao-vivo|"
    r"diretta)(?:[/-]|$)|-live-(?:updates|blog)|/live/"
)
_LIVE_TITLE = re.compile(
    r"(?i)^(?:live\b|en direct|en directo|direct\b|liveticker|ao vivo|diretta|مباشر)|live (?:updates|blog)|"
    r"\blive[:–-]|– live$"
)
_VIDEO_PATH = re.compile(r"(?i)/(?:videos?|watch|av|programmes?|mediathek|tv)(?:/|$)")
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
            bare_extraction(tree_of(content), url=url or None, include_comments=False, with_metadata=True),
        )
    except MemoryError:
        raise
    except Exception:  # extraction is best effort on any bytes; the page then counts as empty
        document = None
    text = (document.text or "").strip() if document is not None else ""
    title = _title(tree, (document.title or "") if document is not None else "")
    return Page(
        kind=_kind(tree, title, text, url),
        title=title,
        text=text,
        published=next(dates_in_page(tree, url), None),
        language=detect_language(text or title, tree.get("lang")) or None,
        image=_meta(tree, "og:image", url),
        canonical_url=_canonical(tree, url),
        updated=updated_in_page(tree),
        author=_author(tree, (document.author or "") if document is not None else ""),
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
    heads = [" ".join(h.text_content().split()) for h in tree.xpath("//h1")]
    for candidate in [extracted, *map(str, og), *heads, tree.findtext(".//title") or ""]:
        if cleaned := " ".join(candidate.split()):
            return cleaned[:500]
    return ""


def _kind(tree: lxml_html.HtmlElement, title: str, text: str, url: str) -> PageKind:
    visible = " ".join(tree.text_content().split()) if len(text) < _STUB else text
    if len(text) < _STUB and (_PAYWALL.search(visible) or _is_locked(tree)):
        return "paywall"
    if len(text) < _STUB and _is_consent_wall(tree, title, text):
        return "consent_wall"
    if _NOT_FOUND.search(title) or (len(text) < _SHORT and _NOT_FOUND.search(text[:200])):
        return "empty"
    if _is_live_blog(tree, title, url):
        return "live_blog"
    if _is_video(tree, text, url):
        return "video"
    if _is_listing(tree, text, url):
        return "listing"
    return "article" if len(text) >= 120 else "empty"


def _is_consent_wall(tree: lxml_html.HtmlElement, title: str, text: str) -> bool:
    """The page's own words speak of cookies, and little else is there."""
    words = f"{title} {text}"
    return (len(_COOKIE.findall(words)) >= 2 and bool(_CONSENT.search(words))) or (
        len(text) < 200
        and bool(_COOKIE.search(title))
        and bool(_CONSENT.search(words + " " + tree.text_content()[:3000]))
    )


def _is_locked(tree: lxml_html.HtmlElement) -> bool:
    """schema.org's own word for it: isAccessibleForFree is false."""
    return any(_says_locked(data) for data in json_ld(tree))


def _says_locked(data: object, depth: int = 0) -> bool:
    if depth > 6 or not isinstance(data, (dict, list)):
        return False
    if isinstance(data, list):
        return any(_says_locked(item, depth + 1) for item in data)
    stated = data.get("isAccessibleForFree")
    if stated is False or (isinstance(stated, str) and stated.lower() == "false"):
        return True
    return any(_says_locked(value, depth + 1) for value in data.values())


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


def _is_listing(tree: lxml_html.HtmlElement, text: str, url: str) -> bool:
    """A section page: many links to articles in its main part, and hardly a sentence of its own.

    Counted outside navigation, header and footer, because an article's page too carries those.
    """
    if tree.xpath("//meta[@property='og:type' and @content='article']"):
        return False
    scope = "[not(ancestor::nav or ancestor::header or ancestor::footer or ancestor::aside)]"
    teasers = 0
    for link in tree.xpath(f"//a[@href]{scope}"):
        if len(link.text_content().split()) >= 4 and _ARTICLE_PATH.search(link.get("href", "")):
            teasers += 1
    inside_links = sum(len(a.text_content()) for a in tree.xpath(f"//a{scope}"))
    sentences = [p for p in tree.xpath(f"//p{scope}") if len(p.text_content()) > 200]
    return teasers >= 5 and len(sentences) < 3 and (len(text) < 1500 or inside_links > len(text))
