"""`./griot evaluate_press`: how good the press engine is, in one table.

    ./griot evaluate_press [--wire gold.jsonl] [--json]

Measured on the demo's gold (invented, seven languages, with traps and reprints), on an invented night of 166
pieces and small sets of look-alikes (`tests/press/field/cluster`), and, where it is beside the project or
named, on a labelled real wire. What stories are decided by was learned on all of these: how it does on events
that it has not seen, `./griot train_stories --dry-run` tells. Nothing is written anywhere.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from griot.demo.core.rendering import render_page
from griot.demo.core.wire import FOLDER, NOT_ARTICLES, DemoArticle, Wire, load
from griot.demo.field import CASES, answer, evaluate_field
from griot.demo.reporting import print_tables
from griot.press.core.beats.relevance import MIGRATION, score_articles
from griot.press.core.commandline.files import articles_of, rows_of
from griot.press.core.language.languages import detect_language
from griot.press.core.language.places import places_in
from griot.press.core.language.vectors import default_encoder
from griot.press.core.lines.corrupting import corruptions
from griot.press.core.lines.drafting import draft
from griot.press.core.lines.lines import line_text
from griot.press.core.pages.dates import choose
from griot.press.core.pages.pages import read_page
from griot.press.core.pages.pieces import piece_of
from griot.press.core.stories.clustering import cluster, view_of
from griot.press.core.stories.evaluation import Scores, b_cubed, pairwise, scores_of
from griot.press.core.stories.syndication import find_copies
from griot.press.core.types import Article, BadInput, Dated

WIRE = FOLDER.parents[1] / "shared" / "wire" / "gold.jsonl"
CLUSTERS = CASES / "cluster"
NIGHT = CLUSTERS / "night.jsonl"
LINES = FOLDER / "lines.txt"
CORRUPTIONS_A_LINE = 1
SHUFFLES = 5
BATCHES = 16  # that a night arrives in

TRAP_KINDS = {
    "consent_wall": "consent_wall",
    "paywall": "paywall",
    "listing": "listing",
    "soft_404": "empty",
    "live_blog": "live_blog",
    "video": "video",
}


def demo_articles(wire: Wire) -> list[Article]:
    """The demo's articles as the pipeline would have read them, without going over HTTP."""
    return [_as_article(wire, a) for a in wire.articles if a.trap not in NOT_ARTICLES]


def _as_article(wire: Wire, a: DemoArticle) -> Article:
    outlet = wire.outlets[a.outlet]
    text = "\n".join((a.lead, *a.paragraphs))
    return Article(
        url=wire.url(a),
        outlet=outlet.name,
        title=a.title,
        summary=a.lead,
        text=text,
        published=wire.published(a),
        language=detect_language(f"{a.title}. {a.lead}", outlet.language),
        weight=outlet.weight,
        is_agency=outlet.is_agency,
        piece=piece_of(a.title, wire.url(a), (), text),
        places=tuple(places_in(f"{a.title}. {text}")),
    )


# --- stories -----------------------------------------------------------------------------


def grouping(articles: Sequence[Article]) -> dict[str, str]:
    return {url: str(n) for n, group in enumerate(cluster(articles)) for url in group.urls}


def read_labelled(path: Path) -> tuple[list[Article], list[str]]:
    """The articles of a labelled file, and the name of each one's story. Raises BadInput."""
    stories = {str(row["url"]): str(row["story"]) for row, _ in rows_of(str(path))}
    articles = articles_of(str(path))
    return articles, [stories[a.url] for a in articles]


def small_sets() -> dict[str, Any]:
    """Pairwise scores over all small sets of look-alikes, each grouped alone; and which of them hold a wrong
    pair.
    """
    gold: dict[str, str] = {}
    found: dict[str, str] = {}
    wrong = []
    paths = [path for path in sorted(CLUSTERS.glob("*.jsonl")) if path != NIGHT]
    for path in paths:
        articles, stories = read_labelled(path)
        labels = {a.url: f"{path.stem} {s}" for a, s in zip(articles, stories, strict=True)}
        groups = {url: f"{path.stem} {key}" for url, key in grouping(articles).items()}
        if pairwise(labels, groups)["p"] < 1:
            wrong.append(path.stem)
        gold |= labels
        found |= groups
    return {"sets": len(paths), "pairwise": pairwise(gold, found), "with_a_wrong_pair": wrong}


def within_and_across(
    articles: Sequence[Article], gold: Mapping[str, str], found: Mapping[str, str]
) -> tuple[Scores, Scores]:
    """Pairwise scores over pairs in one language, and over pairs in two."""
    language = {a.url: a.language for a in articles}
    counts: dict[bool, list[int]] = {True: [0, 0, 0], False: [0, 0, 0]}
    urls = sorted(gold)
    for i, u in enumerate(urls):
        for v in urls[:i]:
            tally = counts[language[u] == language[v]]
            tally[0] += gold[u] == gold[v] and found[u] == found[v]
            tally[1] += found[u] == found[v]
            tally[2] += gold[u] == gold[v]
    return scores_of(*counts[True]), scores_of(*counts[False])


def order_scores(articles: Sequence[Article], gold: Mapping[str, str]) -> dict[str, Any]:
    """F1 of articles grouped as they arrive, and how much it changes when arrival is shuffled
    within each hour.
    """
    vectors = dict(
        zip((a.url for a in articles), default_encoder().encode([view_of(a) for a in articles]), strict=True)
    )
    in_order = pairwise(gold, _arriving(articles, vectors, None))["f1"]
    shuffled = [pairwise(gold, _arriving(articles, vectors, Random(n)))["f1"] for n in range(SHUFFLES)]
    change = round(max(abs(s - in_order) for s in shuffled), 4)
    return {"in_order": in_order, "shuffled": shuffled, "most_change": change}


def _arriving(
    articles: Sequence[Article], vectors: Mapping[str, Any], random: Random | None
) -> dict[str, str]:
    """Group articles in BATCHES as they arrive; with `random`, shuffled within each hour first."""
    by_time = sorted(articles, key=lambda a: (a.published or datetime.min.replace(tzinfo=UTC), a.url))
    if random is not None:
        hours: dict[object, list[Article]] = defaultdict(list)
        for a in by_time:
            hours[a.published and a.published.replace(minute=0, second=0)].append(a)
        by_time = [a for hour in hours.values() for a in random.sample(hour, len(hour))]
    known: dict[str, str] = {}
    for n in range(1, BATCHES + 1):
        here = by_time[: len(by_time) * n // BATCHES]
        groups = cluster(here, known=known, vectors=np.array([vectors[a.url] for a in here]))
        known = {url: group.story or f"{n}-{m}" for m, group in enumerate(groups) for url in group.urls}
    return known


# --- copies ------------------------------------------------------------------------------


def reprints(articles: Sequence[Article], random: Random) -> tuple[list[Article], dict[str, str]]:
    """Reprints of longer articles with a headline, first paragraph or ending of their own, and whose
    copies they are.
    """
    made, origin = [], {}
    sources = [a for a in articles if len(a.text.split()) >= 60 and a.copy_of is None]
    others = [a for a in articles if len(a.text.splitlines()) > 1]
    for n, a in enumerate(sources):
        paragraphs = a.text.splitlines()
        stranger = random.choice([o for o in others if o.language == a.language and o.url != a.url] or others)
        for kind in ("headline", "lead", "ending"):
            body = list(paragraphs)
            if kind == "lead":
                body[0] = stranger.summary
            elif kind == "ending":
                body = [*body[:-1], stranger.text.splitlines()[-1]]
            if len(" ".join(body).split()) < 40:
                continue
            url = f"{a.url}?reprint={n}-{kind}"
            made.append(
                replace(
                    a,
                    url=url,
                    outlet=f"Reprint {n % 7}",
                    title=stranger.title,
                    summary=body[0],
                    text="\n".join(body),
                    published=(a.published or datetime.now(UTC)) + timedelta(hours=1),
                )
            )
            origin[url] = a.url
    return made, origin


def copy_scores(gold: Mapping[str, str], found: Mapping[str, str]) -> Scores:
    """Over copies: right when the article is a copy and its origin is the right one."""
    return scores_of(sum(found.get(u) == o for u, o in gold.items()), len(found), len(gold))


# --- traps -------------------------------------------------------------------------------


def traps(wire: Wire) -> tuple[int, int, list[str]]:
    """How many of the demo's traps are recognised, of how many, and which are not."""
    missed, total = [], 0
    for a in wire.articles:
        if not a.trap or a.trap in {"robots", "forbidden"}:  # those are the server's answers, not the page's
            continue
        total += 1
        _, html = render_page(wire, wire.outlets[a.outlet], a)
        page = read_page(html.encode(), wire.url(a))
        if a.trap in TRAP_KINDS:
            is_right = page.kind == TRAP_KINDS[a.trap]
        else:  # a date that is missing, in the future or without an offset: the page's own must win
            wrong = (
                Dated(wire.published(a).replace(year=wire.published(a).year + 5), "feed")
                if a.trap == "future_date"
                else None
            )
            dated = choose([wrong, page.published], wire.base)
            is_right = abs(dated.moment - wire.published(a)) < timedelta(minutes=1)
        if not is_right:
            missed.append(f"{a.slug} ({a.trap})")
    return total - len(missed), total, missed


# --- the check ---------------------------------------------------------------------------


def line_set(stories: Mapping[str, Sequence[Article]]) -> list[tuple[str, Sequence[Article]]]:
    """True lines: those that are drafted from the stories, and those that a person wrote in other words."""
    lines: list[tuple[str, Sequence[Article]]] = [
        (line_text(draft(members)), members) for members in stories.values()
    ]
    for row in LINES.read_text().splitlines():
        if row and not row.startswith("#"):
            story, line = row.split(" | ", 1)
            lines.append((line, stories[story]))
    return lines


def check_scores(lines: Sequence[tuple[str, Sequence[Article]]], random: Random) -> dict[str, Any]:
    """Recall and precision of the check on true lines and the same lines with one fact changed.

    A line refused is right when a fact in it was changed. What is undecided is counted apart.
    """
    caught = changed = false_alarms = undecided = doubted = 0
    by_kind: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for line, members in lines:
        said = answer(line, members)
        false_alarms += said == "refused"
        undecided += said == "undecided"
        ways = list(corruptions(line, members, random))
        for kind, bad in random.sample(ways, min(CORRUPTIONS_A_LINE, len(ways))):
            said = answer(bad, members)
            refused = said == "refused"
            doubted += said == "undecided"
            caught, changed = caught + refused, changed + 1
            by_kind[kind][0] += refused
            by_kind[kind][1] += 1
    refused_in_all = caught + false_alarms
    return {
        "lines": len(lines) + changed,
        "true": len(lines),
        "changed": changed,
        "recall": round(caught / changed, 4) if changed else 1.0,
        "precision": round(caught / refused_in_all, 4) if refused_in_all else 1.0,
        "false_alarms": false_alarms,
        "undecided": {"true": undecided, "changed": doubted},
        "kinds": {k: f"{a} of {b}" for k, (a, b) in sorted(by_kind.items())},
    }


# --- all of it ---------------------------------------------------------------------------


def recall_at(n: int, articles: Sequence[Article], is_wanted: Callable[[str], bool]) -> float:
    """Share of the wanted among the first `n` by the beat; where more than n are wanted, of n."""
    scores = score_articles(articles, MIGRATION)
    best = sorted(zip(scores, articles, strict=True), key=lambda pair: (-pair[0], pair[1].url))[:n]
    wanted = sum(is_wanted(a.url) for a in articles)
    return round(sum(is_wanted(a.url) for _, a in best) / min(n, wanted), 4) if wanted else 1.0


def _common(
    articles: Sequence[Article], gold: Mapping[str, str], is_wanted: Callable[[str], bool]
) -> dict[str, Any]:
    """What is measured on any labelled wire."""
    found = grouping(articles)
    mono, cross = within_and_across(articles, gold, found)
    return {
        "articles": len(articles),
        "pairwise": pairwise(gold, found),
        "b3": b_cubed(gold, found),
        "within_languages": mono,
        "across_languages": cross,
        "order": order_scores(articles, gold),
        "recall_at_20": recall_at(20, articles, is_wanted),
    }


def _by_story(articles: Iterable[Article], gold: Mapping[str, str]) -> dict[str, list[Article]]:
    stories: dict[str, list[Article]] = defaultdict(list)
    for a in articles:
        stories[gold[a.url]].append(a)
    return stories


def evaluate_demo() -> dict[str, Any]:
    wire = load(8001, datetime.now(UTC).replace(minute=30))
    articles = demo_articles(wire)
    rows = {row["url"]: row for row in wire.gold()}
    gold = {a.url: rows[a.url]["story"] for a in articles}
    labelled = {u: r["copy_of"] for u, r in rows.items() if r["copy_of"]}
    originals = [a for a in articles if a.url not in labelled and a.url not in labelled.values()]
    made, origins = reprints(originals, Random(3))
    copies = find_copies(articles)
    stories = _by_story((replace(a, copy_of=copies.get(a.url)) for a in articles), gold)
    right, total, missed = traps(wire)
    return {
        **_common(articles, gold, lambda u: rows[u]["beat"] == "yes"),
        "copies": copy_scores(labelled, copies),
        "reprints": copy_scores(origins, find_copies([*originals, *made])),
        "traps": {"recognised": right, "of": total, "missed": missed},
        "check": check_scores(line_set(stories), Random(11)),
    }


def evaluate_wire(path: Path) -> dict[str, Any]:
    rows = {str(row["url"]): row for row, _ in rows_of(str(path))}
    articles = articles_of(str(path))
    gold = {a.url: str(rows[a.url]["story"]) for a in articles}

    def is_wanted(url: str) -> bool:
        return rows[url].get("beat") is True

    lines = [(line_text(draft(members)), members) for members in _by_story(articles, gold).values()]
    return {
        **_common(articles, gold, is_wanted),
        "recall_at_12": recall_at(12, articles, is_wanted),
        "check": check_scores(lines, Random(11)),
    }


def evaluate_night() -> dict[str, Any]:
    """An invented night: every outlet in its own words, events told from different ends, look-alikes."""
    articles, stories = read_labelled(NIGHT)
    rows = {str(row["url"]): row for row, _ in rows_of(str(NIGHT))}
    gold = {a.url: story for a, story in zip(articles, stories, strict=True)}
    return _common(articles, gold, lambda url: rows[url].get("beat") is True)


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot evaluate_press", description="How good the press engine is, in one table."
    )
    parser.add_argument(
        "--wire",
        type=Path,
        help=f"a labelled real wire, JSON lines (default: {WIRE.relative_to(WIRE.parents[2])} where it is)",
    )
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    options = parser.parse_args(arguments)
    path = options.wire or (WIRE if WIRE.is_file() else None)
    try:
        wire = {"wire": evaluate_wire(path)} if path else {}  # first: it may be refused
    except BadInput as error:
        print(f"griot {name}: {error}", file=sys.stderr)
        return 2
    night = {"night": evaluate_night()} if NIGHT.is_file() else {}
    found = {"demo": evaluate_demo(), **night, **wire}
    small, field = small_sets(), evaluate_field()
    if options.json:
        print(json.dumps({**found, "small_sets": small, "field": field}, ensure_ascii=False))
    else:
        print_tables(found, small, field)
    return 0
