"""The wire's feeds and pages, in as many shapes as the real press has."""

from __future__ import annotations

import json
from email.utils import format_datetime
from html import escape
from textwrap import dedent

from griot.demo.core.wire import DemoArticle, DemoOutlet, Wire, entry_id

_WALLS = {
    "it": (
        "La tua privacy",
        (
            "Noi e i nostri 812 partner utilizziamo i cookie per archiviare informazioni sul dispositivo. "
            "Prima di continuare accetta i cookie o gestisci il consenso nelle impostazioni della privacy."
        ),
    ),
    "en": (
        "Your privacy choices",
        (
            "We and our 812 partners use cookies to store information on your device. "
            "Before you continue, accept all cookies or manage your consent and privacy settings."
        ),
    ),
}


def render_feed(wire: Wire, outlet: DemoOutlet) -> tuple[str, bytes]:
    """An outlet's feed: content type and bytes."""
    articles = wire.by_outlet[outlet.slug]
    render = {"rss2": _rss2, "rss091": _rss091, "atom": _atom, "rdf": _rdf, "json": _json}[outlet.format]
    content_type = "application/feed+json" if outlet.format == "json" else "application/xml"
    body = render(wire, outlet, articles).encode()
    if outlet.slug == "la-bussola":  # a vertical tab and a lone Latin-1 byte, as careless exports leave them
        body = body.replace(b"Barcone alla deriva", b"Barcone\x0b alla deriva", 1)
        body = body.replace(b"Matera ha aperto una", b"Matera ha gi\xe0 aperto una", 1)
    return content_type, body


def _date(wire: Wire, a: DemoArticle) -> str:
    if a.trap == "no_date":
        return ""
    moment = wire.published(a)
    return format_datetime(moment.replace(year=moment.year + 5) if a.trap == "future_date" else moment)


def _rss2(wire: Wire, outlet: DemoOutlet, articles: list[DemoArticle]) -> str:
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(wire.url(a))}?utm_source=rss&amp;utm_medium=feed</link>"
        f'<guid isPermaLink="false">{escape(entry_id(wire, a))}</guid>'
        f"<description>{escape('<p>' + escape(a.lead) + '</p>')}</description>"
        + (f"<pubDate>{date}</pubDate>" if (date := _date(wire, a)) else "")
        + "</item>\n"
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss'
        f' version="2.0"><channel><title>{escape(outlet.name)}</title>'
        f"<link>http://{wire.host(outlet.slug)}/</link><description/><language>{outlet.language}</language>\n{items}</channel></rss>"
    )


def _rss091(wire: Wire, outlet: DemoOutlet, articles: list[DemoArticle]) -> str:
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(wire.url(a))}</link>"
        f"<description>{escape(a.lead)}</description><pubDate>{_date(wire, a)}</pubDate></item>\n"
        for a in articles
    )
    return (
        f'<?xml version="1.0"?>\n<rss version="0.91"><channel><title>{escape(outlet.name)}</title>'
        f"<link>http://{wire.host(outlet.slug)}/</link><language>{outlet.language}</language>\n{items}</channel></rss>"
    )


def _rdf(wire: Wire, outlet: DemoOutlet, articles: list[DemoArticle]) -> str:
    def stamp(a: DemoArticle) -> str:
        moment = wire.published(a)
        return (moment.replace(year=moment.year + 5) if a.trap == "future_date" else moment).isoformat()

    items = "".join(
        "<item"
        f' rdf:about="{escape(wire.url(a))}"><title>{escape(a.title)}</title>'
        f"<link>{escape(wire.url(a))}</link>"
        f"<description>{escape(a.lead)}</description><dc:date>{stamp(a)}</dc:date></item>\n"
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF'
        ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="http://{wire.host(outlet.slug)}/"><title>{escape(outlet.name)}</title>'
        f"<link>http://{wire.host(outlet.slug)}/</link></channel>\n{items}</rdf:RDF>"
    )


def _atom(wire: Wire, outlet: DemoOutlet, articles: list[DemoArticle]) -> str:
    entries = "".join(
        f"<entry><id>urn:sha256:{entry_id(wire, a)}</id><title>{escape(a.title)}</title>"
        f'<link rel="alternate" href="{escape(wire.url(a))}"/><summary>{escape(a.lead)}</summary>'
        f"<published>{wire.published(a).isoformat()}</published><updated>{wire.published(a).isoformat()}</updated></entry>\n"
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="{outlet.language}">'
        f"<title>{escape(outlet.name)}</title><id>http://{wire.host(outlet.slug)}/</id>"
        f"<updated>{wire.base.isoformat()}</updated>\n{entries}</feed>"
    )


def _json(wire: Wire, outlet: DemoOutlet, articles: list[DemoArticle]) -> str:
    def stamp(a: DemoArticle) -> str:
        moment = wire.published(a).isoformat()
        return moment.removesuffix("+00:00") if a.trap == "no_offset" else moment

    items = [
        {
            "id": entry_id(wire, a),
            "url": wire.url(a),
            "title": a.title,
            "summary": a.lead,
            "date_published": stamp(a),
        }
        for a in articles
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": outlet.name, "language": outlet.language}
    return json.dumps(
        {**head, "home_page_url": f"http://{wire.host(outlet.slug)}/", "items": items}, ensure_ascii=False
    )


# --- pages -------------------------------------------------------------------------------


def render_page(wire: Wire, outlet: DemoOutlet, article: DemoArticle) -> tuple[int, str]:
    """An article's page, or what its trap puts there: status and HTML."""
    match article.trap:
        case "forbidden":
            return 403, _shell(wire, outlet, "Forbidden", "<h1>Forbidden</h1>")
        case "soft_404":
            return 200, _shell(
                wire,
                outlet,
                "Page not found",
                "<h1>Page not found</h1><p>Sorry, this page is no longer available.</p>",
            )
        case "consent_wall":
            title, text = _WALLS[outlet.language]
            return 200, _shell(wire, outlet, title, f"<h1>{title}</h1><p>{text}</p><button>OK</button>")
        case "listing":
            return 200, _shell(wire, outlet, article.title, f"<h1>{article.title}</h1>{_links(wire, outlet)}")
        case "live_blog":
            return 200, _live(wire, outlet, article)
        case "video":
            facts = {"@type": "VideoObject", "name": article.title}
            head = (
                '<meta property="og:type" content="video.other"><script'
                f' type="application/ld+json">{json.dumps(facts)}</script>'
            )
            return 200, _shell(
                wire,
                outlet,
                article.title,
                f"<h1>{escape(article.title)}</h1><video controls></video><p>{escape(article.lead)}</p>",
                head,
            )
        case "paywall":
            return 200, _paywalled(wire, outlet, article)
    return 200, _article(wire, outlet, article)


def render_front(wire: Wire, outlet: DemoOutlet) -> str:
    return _shell(wire, outlet, outlet.name, f"<h1>{escape(outlet.name)}</h1>{_links(wire, outlet)}")


def _links(wire: Wire, outlet: DemoOutlet) -> str:
    return (
        "<ul>"
        + "".join(
            f'<li><a href="{escape(wire.url(a))}">{escape(a.title)}</a></li>'
            for a in wire.by_outlet[outlet.slug]
        )
        + "</ul>"
    )


def _article(wire: Wire, outlet: DemoOutlet, a: DemoArticle) -> str:
    body = "".join(f"<p>{escape(p)}</p>" for p in (a.lead, *a.paragraphs))
    stamp = wire.published(a).isoformat()
    head = (
        f'<meta property="og:type" content="article"><meta property="og:title" content="{escape(a.title)}">'
    )
    head += f'<link rel="canonical" href="{escape(wire.url(a))}">'
    if outlet.format in {"rss2", "json"}:
        facts = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": a.title,
            "datePublished": stamp,
        }
        head += f'<script type="application/ld+json">{json.dumps(facts)}</script>'
    elif outlet.format == "atom":
        head += f'<meta property="article:published_time" content="{stamp}">'
    clock = f'<time datetime="{stamp}">{wire.published(a):%d.%m.%Y}</time>'
    return _shell(wire, outlet, a.title, f"<article><h1>{escape(a.title)}</h1>{clock}{body}</article>", head)


def _live(wire: Wire, outlet: DemoOutlet, a: DemoArticle) -> str:
    facts = {"@context": "https://schema.org", "@type": "LiveBlogPosting", "headline": a.title}
    posts = "".join(
        f'<article class="live-update"><time>{n:02d}:15</time><p>{escape(p)}</p></article>'
        for n, p in enumerate(a.paragraphs, 5)
    )
    head = f'<script type="application/ld+json">{json.dumps(facts)}</script>'
    return _shell(wire, outlet, a.title, f"<h1>{escape(a.title)}</h1><p>{escape(a.lead)}</p>{posts}", head)


def _paywalled(wire: Wire, outlet: DemoOutlet, a: DemoArticle) -> str:
    facts = {"@type": "NewsArticle", "headline": a.title, "isAccessibleForFree": False}
    head = f'<script type="application/ld+json">{json.dumps(facts)}</script>'
    body = (
        f"<article><h1>{escape(a.title)}</h1><p>{escape(a.lead[:90])} …</p><p>Subscribe to continue reading."
        " Already a subscriber? Sign in.</p></article>"
    )
    return _shell(wire, outlet, a.title, body, head)


def _shell(wire: Wire, outlet: DemoOutlet, title: str, main: str, head: str = "") -> str:
    sections = "".join(f'<a href="/{s}/">{s}</a> ' for s in ("world", "politics", "culture", "sport"))
    direction = ' dir="rtl"' if outlet.language == "ar" else ""
    return dedent(
        f"""\
        <!doctype html><html lang="{outlet.language}"{direction}><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>{escape(title)} | {escape(outlet.name)}</title>{head}
        <style>
        body{{font:17px/1.6 Georgia,serif;max-width:40rem;margin:auto;padding:1rem}}
        nav a{{margin-inline-end:1rem}}
        </style></head>
        <body><header><p><a href="/">{escape(outlet.name)}</a></p><nav>{sections}</nav></header>
        <main>{main}</main>
        {_aside(wire, outlet)}
        <footer>{_footer(outlet)}<p>An invented outlet of Griot's demo newsroom.</p></footer>
        </body></html>"""
    )


def _aside(wire: Wire, outlet: DemoOutlet) -> str:
    """What stands around every article of the real press and is not the article: most read, a
    newsletter, share links.
    """
    most_read = "".join(
        f'<li><a href="{escape(wire.url(a))}">{escape(a.title)}</a></li>'
        for a in wire.by_outlet[outlet.slug][:6]
    )
    share = "".join(
        f'<li><a href="/share/{n}" rel="nofollow">{n}</a></li>'
        for n in ("Facebook", "WhatsApp", "Telegram", "E-mail")
    )
    return (
        f'<aside class="related"><h2>{escape(outlet.name)} +</h2><ol>{most_read}</ol><ul'
        f' class="share">{share}</ul><form class="newsletter" action="/newsletter"><label>E-mail <input'
        ' type="email" name="email"></label><button>OK</button></form></aside>'
    )


def _footer(outlet: DemoOutlet) -> str:
    columns = (
        ("world", "africa", "europe", "americas", "asia"),
        ("politics", "economy", "science", "climate"),
        ("about", "contact", "jobs", "privacy"),
    )
    return "".join(
        "<ul>" + "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in names) + "</ul>"
        for names in columns
    )
