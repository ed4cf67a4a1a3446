"""The house's order of press lines: our organisation first, culture and people last, regions mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from griot.digest.core.themes import THEMES
from griot.press.core.beats.query import Document, Node, parse_query
from griot.press.core.language.text import fold
from griot.press.models import Story

_CULTURE = frozenset({"feature", "review", "interview"})
# What makes news of whomever it happens to.
_GRAVE = (
    "dead OR dies OR died OR death* OR kill* OR drown* OR missing OR injur* OR wounded OR arrest* OR detain*"
    " OR expel* OR attack* OR crash* OR abduct* OR mort* OR tué* OR noyé* OR disparu* OR blessé* OR arrêt*"
    " OR expuls* OR attaqu* OR muert* OR ahogad* OR desaparecid* OR herid* OR deten* OR ataque* OR قتل* OR"
    " مقتل OR وفاة OR غرق* OR مفقود* OR اعتقال OR طرد OR هجوم"
)
# Regions of the UN's M49, coarse: what "spread over regions" means to a reader.
_REGIONS = {
    "Africa": (
        "DZ AO BJ BW BF BI CM CV CF TD KM CG CD CI DJ EG GQ ER SZ ET GA GM GH GN GW KE LS LR LY MG MW ML MR"
        " MU MA MZ NA NE NG RW ST SN SC SL SO ZA SS SD TZ TG TN UG ZM ZW"
    ),
    "Americas": "AR BO BR CA CL CO CR CU DO EC SV GT GY HT HN JM MX NI PA PY PE SR TT US UY VE",
    "Asia": "AF BD BT BN KH CN IN ID JP KZ KG LA MY MV MN MM NP KP PK PH SG KR LK TW TJ TH TL TM UZ VN",
    "Middle East": "AE BH IQ IR IL JO KW LB OM PS QA SA SY TR YE",
}
_REGION_OF = {code: region for region, codes in _REGIONS.items() for code in codes.split()}


@dataclass(frozen=True, slots=True)
class Weight:
    """What the house's order goes by: our organisation first, culture and people last,
    then independent reports.
    """

    is_ours: bool
    is_culture: bool
    reports: int
    score: float
    region: str

    @property
    def key(self) -> tuple[bool, bool, int, float]:
        return (not self.is_ours, self.is_culture, -self.reports, -self.score)


def weights(stories: Sequence[int | None]) -> dict[int, Weight]:
    rows = Story.objects.filter(pk__in=[s for s in stories if s]).prefetch_related("articles")
    found = {}
    for s in rows:
        own = [article for article in s.articles.all() if article.copy_of_id is None]
        kinds = {article.piece for article in own}
        is_culture = bool(own) and (
            kinds <= _CULTURE or 2 * sum(_is_of_culture(article.title) for article in own) > len(own)
        )
        region = _REGION_OF.get(s.countries[0], "Europe") if s.countries else ""
        found[s.pk] = Weight(s.is_ours, is_culture, s.reports, s.score, region)
    return found


@cache
def _themes() -> dict[str, Node]:
    return {slug: parse_query(query) for slug, _, query in (*THEMES, ("grave", (), _GRAVE))}


def _is_of_culture(title: str) -> bool:
    """Whether a headline speaks of culture, and of nothing else that an archive is sorted by: a singer who
    was rescued is news.
    """
    document = Document(fold(title), "", "")
    return [slug for slug, node in _themes().items() if node.match(document) is not None] == ["culture"]


def house_place(story: int, there: Sequence[int | None], known: Mapping[int, Weight] | None = None) -> int:
    """Where a story's line belongs among those that stand there already; nobody else's place changes.

    Before the first that ranks after it; of several places of like weight, one whose neighbours are
    from other regions.
    """
    known = weights([story, *there]) if known is None else known
    mine = known.get(story)
    if mine is None:
        return len(there)
    others = [known.get(s) if s else None for s in there]
    index = next((n for n, w in enumerate(others) if w and w.key > mine.key), len(there))
    like = [n for n in range(index, -1, -1) if n == index or _is_like(others[n], mine)]

    def neighbours(n: int) -> int:
        beside = [others[m] for m in (n - 1, n) if 0 <= m < len(others)]
        return sum(w.region == mine.region for w in beside if w)

    steps: list[int] = []
    for n in like:
        if n == index or steps[-1] == n + 1:
            steps.append(n)
    return min(steps, key=lambda n: (neighbours(n), index - n))


def _is_like(other: Weight | None, mine: Weight) -> bool:
    return bool(other) and other.key[:3] == mine.key[:3]  # type: ignore[union-attr]


def in_house_order(stories: Sequence[int]) -> list[int]:
    """Stories as their lines stand in an issue that begins with them."""
    there: list[int] = []
    known = weights(stories)
    for story in stories:
        there.insert(house_place(story, there, known), story)
    return there
