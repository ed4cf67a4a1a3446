"""The beat: what a newsroom covers, as a multilingual query that ranks.

A beat is a list of weighted patterns per language plus a few sentences that say what it
is about. The score fuses how often and where the patterns stand (title, lead, body) with how near the article's
vector lies to those sentences, so that a piece is found although it uses none of the
words. Nothing is hidden: a low score is only further down.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from griot.press.clustering import view_of
from griot.press.text import fold
from griot.press.types import Article
from griot.press.vectors import SentenceEncoder, Vectors, default_encoder

IN_TITLE, IN_LEAD, IN_BODY = 2.0, 1.5, 0.5
BODY = 2500  # characters of the body that are looked at
SEMANTIC = 1.2  # weight of the vectors beside the words
NEAR = 0.25  # cosine from which a vector begins to count
ON_BEAT = 1.0  # score from which a story is drafted without being asked


@dataclass(frozen=True)
class Beat:
    """`strong` and `weak` map a language to patterns over folded text; a trailing * matches any ending."""

    name: str
    strong: Mapping[str, str]
    weak: Mapping[str, str]
    about: Sequence[str]

    @cached_property
    def patterns(self) -> dict[str, tuple[re.Pattern[str], re.Pattern[str]]]:
        return {g: (_compiled(self.strong[g]), _compiled(self.weak.get(g, ""))) for g in self.strong}


def _compiled(query: str) -> re.Pattern[str]:
    terms = [fold(t.strip()) for t in query.split("|") if t.strip()]
    bodies = [re.escape(t).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for t in terms]
    return re.compile(r"(?<!\w)(?:" + "|".join(bodies) + r")(?!\w)" if bodies else r"(?!)")


# Arabic takes its article and one-letter conjunctions as prefixes, hence the doubled forms.
MIGRATION = Beat(
    name="migration",
    strong={
        "en": "migrant*|migration|immigra*|emigra*|refugee*|asylum*|displaced|displacement|deport*|resettle*|returnee*|"
        "human traffick*|people smuggl*|migrant smuggl*|stateless*|diaspora*|undocumented|repatriat*|trafficked|traffickers|"
        "immigration and customs enforcement|ICE facility|ICE agents|arrested by ICE|arrest by ICE|ICE arrests|relocation of migrants|"
        "labour mobility|foreign worker*|guest worker*|seasonal worker*|domestic worker*|remittance*|work permit*|residence permit*|border control*|"
        "rubber boat*|inflatable boat*|overcrowded boat*|overcrowded rubber|small boat*|boat people|dinghy|dinghies",
        "fr": "migrant*|migratoire*|migration*|immigr*|emigr*|refugie*|demandeur* d'asile|droit d'asile|asile|deplace*|"
        "expulsion*|expuls*|passeur*|sans-papiers|apatride*|diaspora*|rapatri*|reinstall*|exile*|naufrage*|titre* de sejour|travailleurs saisonniers|controles aux frontieres|canot pneumatique",
        "es": "migrante*|migraci*|migratori*|inmigra*|emigra*|refugiad*|asilo|desplazad*|deporta*|retornad*|coyote*|"
        "trata de personas|traficantes de personas|apatrid*|diaspora*|repatria*|indocumentad*|patera*|cayuco*|regularizaci*|remesas|permiso* de residencia|permiso* de trabajo|lancha neumatica|control* fronterizo*",
        "ar": "مهاجر*|المهاجر*|للمهاجر*|هجرة|الهجرة|للهجرة|لاجئ*|اللاجئ*|للاجئ*|لجوء|اللجوء|نازح*|النازح*|للنازح*|النزوح|نزوح|ترحيل*|"
        "مهرب*|المهربي*|الاتجار بالبشر|العائدين|العائدون|العمالة الوافدة|العمال الوافد*",
        "pt": "migrante*|migrac*|migrat*|imigra*|emigra*|refugiad*|asilo|deslocad*|deporta*|retornad*|"
        "trafico de pessoas|traficantes de pessoas|apatrid*|diaspora*|repatria*|indocumentad*|remessas|visto* humanitario*|autorizac* de residencia|control* de fronteira*",
        "de": "migrant*|migration*|zuwander*|einwander*|auswander*|fluchtling*|gefluchtet*|asyl*|vertrieben*|vertreibung*|"
        "abschieb*|abgeschob*|schleuser*|menschenhandel*|staatenlos*|diaspora*|ruckkehr*|seenotrett*|bootsmigrant*|grenzkontroll*|aufenthaltstitel*|aufenthaltserlaubnis*|schlauchboot*|gastarbeiter*",
        "it": "migrant*|migrazion*|migratori*|immigra*|emigra*|rifugiat*|profugh*|asilo|sfollat*|espuls*|rimpatri*|"
        "scafist*|trafficant*|tratta di esseri umani|apolid*|diaspora*|sbarc*|barcon*|naufrag*|gommon*|permess* di soggiorno|rimesse|controlli alle frontiere",
    },
    weak={
        "en": "border*|visa*|smuggl*|traffick*|detention|coast guard|shipwreck|capsize*|drown*|adrift|rescue*|fled|fleeing|camp|camps|citizenship|abroad|"
        "lampedusa|canary islands|el hierro|english channel|darien|rio grande|mediterranean",
        "fr": "frontiere*|visa*|garde-cotes|embarcation*|fui*|fuyant|camp|camps|titre de sejour|etranger*|pirogue*",
        "es": "frontera*|visado*|visa|salvamento|huy*|huir|campamento*|permiso de trabajo|extranjer*|remesas",
        "ar": "حدود|الحدود|تأشير*|خفر السواحل|مخيم*|المخيم*|قارب|قوارب|الإغاثة",
        "pt": "fronteira*|visto|vistos|guarda costeira|fug*|campo|campos|estrangeir*|remessas",
        "de": "grenz*|schlepper*|visum|visa|kustenwache|floh|flohen|flucht|lager|aufenthalt*|auslander*|fachkrafte*",
        "it": "frontier*|confin*|visto|visti|guardia costiera|fugg*|campo|campi|permesso di soggiorno|stranier*",
    },
    about=(
        "Migrants and refugees crossing borders and the sea, rescued or intercepted by the coast guard",
        "Asylum policy, immigration detention, deportation and the rights of migrants",
        "People displaced by war or disaster living in camps and returning home",
        "Foreign workers, diaspora and remittances, visas and labour migration agreements",
    ),
)

BEATS: dict[str, Beat] = {MIGRATION.name: MIGRATION}


def words_score(article: Article, beat: Beat) -> float:
    """How strongly the beat's own words stand in the article, 0 to about 8.

    Repetition counts less each time (logarithm), place counts most.
    """
    strong, weak = beat.patterns.get(article.language) or beat.patterns["en"]
    score = 0.0
    body = article.text[:BODY] if article.summary else article.text[400:BODY]
    for text, place in ((article.title, IN_TITLE), (article.lead, IN_LEAD), (body, IN_BODY)):
        folded = fold(text)
        hits = len(strong.findall(folded))
        score += place * math.log1p(hits)
        score += 0.25 * place * math.log1p(len(weak.findall(folded)))
    return score


def score_articles(
    articles: Sequence[Article], beat: Beat, encoder: SentenceEncoder | None = None, vectors: Vectors | None = None
) -> list[float]:
    """A score per article, in their order; higher is nearer to the beat, 0 is not at all.

    `vectors` are the encoder's for `view_of` each article; computed where not given.
    """
    encoder = encoder or default_encoder()
    if vectors is None:
        vectors = encoder.encode([view_of(a) for a in articles])
    if not articles:
        return []
    nearest = (vectors @ encoder.encode(list(beat.about)).T).max(axis=1)
    return [
        round(words_score(a, beat) + SEMANTIC * max(0.0, float(near) - NEAR) / (1 - NEAR), 4)
        for a, near in zip(articles, nearest, strict=True)
    ]
