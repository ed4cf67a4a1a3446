"""The demo's wire: invented outlets and articles, as feeds and pages of last night.

The texts lie in `demo/`; this module dates them, gives each outlet its kind of feed and
its kind of page, and sets the traps that a press pipeline must not fall into.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from griot.runtime.state import ROOT

FOLDER = ROOT / "demo"
NOT_ARTICLES = {"listing", "soft_404", "live_blog", "video"}


@dataclass(frozen=True, slots=True)
class DemoOutlet:
    slug: str
    name: str
    country: str
    language: str
    weight: int
    format: str
    attribution: str = ""
    quirk: str = ""
    is_agency: bool = False


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """One article as written. `hours` count back from the wire's morning; `paragraphs` exclude the lead."""

    slug: str
    outlet: str
    hours: float
    story: str
    beat: str
    title: str
    lead: str
    paragraphs: tuple[str, ...]
    trap: str = ""
    copy_of: str = ""

    @property
    def path(self) -> str:
        return f"/plus/{self.slug}.html" if self.trap == "robots" else f"/news/{self.slug}.html"


@dataclass(frozen=True)
class Wire:
    """All outlets and articles, served on `port`, dated back from `base` (aware, UTC)."""

    outlets: dict[str, DemoOutlet]
    articles: tuple[DemoArticle, ...]
    port: int
    base: datetime

    @cached_property
    def by_outlet(self) -> dict[str, list[DemoArticle]]:
        found: dict[str, list[DemoArticle]] = {slug: [] for slug in self.outlets}
        for article in sorted(self.articles, key=lambda a: a.hours):
            found[article.outlet].append(article)
        return found

    def host(self, outlet: str) -> str:
        return f"{outlet}.localhost:{self.port}"

    def url(self, article: DemoArticle) -> str:
        """The article's address; it bears the wire's day, so that each night's are new."""
        return f"http://{self.host(article.outlet)}/{self.base:%Y/%m/%d}{article.path}"

    def feed_url(self, outlet: DemoOutlet) -> str:
        return f"http://{self.host(outlet.slug)}/feed.{'json' if outlet.format == 'json' else 'xml'}"

    def published(self, article: DemoArticle) -> datetime:
        return self.base - timedelta(hours=article.hours)

    def gold(self) -> Iterator[dict[str, str]]:
        """The labels: per article its URL, story, beat, trap and what it is a copy of."""
        by_slug = {a.slug: a for a in self.articles}
        for a in self.articles:
            origin = self.url(by_slug[a.copy_of]) if a.copy_of else ""
            yield {
                "url": self.url(a),
                "outlet": self.outlets[a.outlet].name,
                "story": a.story,
                "beat": a.beat,
                "trap": a.trap,
                "copy_of": origin,
            }


def load(port: int, base: datetime, folder: Path = FOLDER) -> Wire:
    """Read the wire. Raises ValueError, with file and line, for what is not written as the files say."""
    facts = tomllib.loads((folder / "outlets.toml").read_text())
    outlets = {slug: DemoOutlet(slug, **f) for slug, f in facts.items()}
    articles: dict[str, DemoArticle] = {}
    for path in sorted((folder / "wire").glob("*.txt")):
        for block in path.read_text().split("\n## ")[1:]:
            article = _article(block.strip(), articles, path.name)
            if article.outlet not in outlets or article.slug in articles:
                raise ValueError(f"{path.name}: {article.slug}: unknown outlet, or a slug used twice")
            articles[article.slug] = article
    return Wire(
        outlets, tuple(articles.values()), port, base.astimezone(UTC).replace(second=0, microsecond=0)
    )


def _article(block: str, known: dict[str, DemoArticle], file: str) -> DemoArticle:
    head, title, *rest = block.splitlines()
    fields = [f.strip() for f in head.split("|")]
    if len(fields) not in {5, 6}:
        raise ValueError(f"{file}: {head!r} must have five or six fields")
    slug, outlet, hours, story, beat = fields[:5]
    flags = dict(flag.split("=", 1) for flag in (fields[5].split() if len(fields) == 6 else []))
    if origin := known.get(flags.get("copy", "")):
        # A reprint: another headline, the last paragraph gone, perhaps one of its own.
        lead, paragraphs = origin.lead, (*origin.paragraphs[:-1], *rest)
        if flags.get("edit") == "lead":  # another first paragraph as well; the rest stands
            lead, paragraphs = rest[0], (*origin.paragraphs, *rest[1:])
    else:
        lead, paragraphs = rest[0], tuple(rest[1:])
    return DemoArticle(
        slug,
        outlet,
        float(hours),
        story,
        beat,
        title,
        lead,
        tuple(paragraphs),
        flags.get("trap", ""),
        flags.get("copy", ""),
    )


def entry_id(wire: Wire, article: DemoArticle) -> str:
    """The id a feed gives; one outlet gives all its entries the same."""
    if article.outlet == "dhaka-beacon":
        return "http://dhaka-beacon.localhost/?p=1"
    return hashlib.sha256(wire.url(article).encode()).hexdigest()
