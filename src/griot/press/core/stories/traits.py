"""What of an article tells its event from others: who and where it names, what it counts, and its days.

Everything is read from the title and the beginning of the lead, where the news stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from griot.press.core.language.calendars import CalendarDate, dates_in
from griot.press.core.language.languages import KNOWN
from griot.press.core.language.numbers import numbers_in
from griot.press.core.language.places import place_key, places_in
from griot.press.core.language.rarity import as_written, log_probability
from griot.press.core.language.sounds import ARABIC_PREFIX, arabic_skeletons, skeleton, sound
from griot.press.core.language.text import fold, stop_words, words
from griot.press.core.types import Article

LEAD = 400  # characters of a lead that are looked at
KEPT = 4000  # articles whose traits are remembered: a window is compared again and again
RARE = -11.5  # log probability below which a word with a capital may be a name
UNHEARD = -18.0  # log probability below which no dictionary has a word
ARABIC_UNHEARD = -24.0  # … of Arabic ones, which the encoder has read less of
KNOWN_PLACE = -17.0  # a place on every map tells less than how rarely it is written: news happens there again
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_INSIDE = re.compile(r"(?<=[a-zà-ÿ,;] )[A-ZÀ-Þ]\w+")  # a word with a capital inside a sentence
_SCORE = re.compile(r"(?<![\d.,-])(\d|1\d)[-–](\d|1\d)(?![\d-]|[.,]\d)")
# "[Daily Trust]", "GENEVA, Nov 24 (Agency) —" before a lead are not of its event.
_SOURCE = re.compile(
    r"^\s*\[[^\]]{3,40}\]\s*|^\W*[A-Z][A-Z .,'-]+(?:,[^—–:()-]{0,30})?(?:\([^)]{2,30}\))?\s*[—–:-]+\s+"
)
# Columns that sum up several events, or none: they belong to no story. Over folded titles.
_COLUMN = re.compile(
    r"^(?:the )?(?:morning|evening|daily|weekly|early|weekend) "
    r"(?:briefing|brief|ledger|bulletin|update|edition|digest|roundup|newsletter|read)\b|"
    r"^(?:today in|(?:the )?(?:week|day) in|le brief|l'essentiel|la matinale|revue de presse|o traco de|"
    r"la vineta|el resumen|las noticias de|resumen de|rassegna stampa|das bringt der|der tag:|nachrichten am|"
    r"news ?ticker|newsletter|(?:photos?|pictures?|images?) of the|(?:the )?documentary:|podcast|listen:|"
    r"watch:|horoscope|cartoon|fact[ -]?check|verificado|verificamos|faktencheck|\d\d?/\d\d?:)|"
    r"^(?:puzzle|crossword|magazine|sudoku)\b.*\bsolutions?\b|^(?:\w+ ){0,2}quiz(?:$|:)|"
    r"\bnews in brief\b|\b(?:briefing|news briefs?)\s*[:–—-]"
)
_KICKER = re.compile(r"^([^:|–—]{3,40}?)\s*(?::|\||\s[–—-])\s")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written, with how rare it is (`log_probability`) and whether a title has it."""

    written: str
    rarity: float
    skeleton: str
    is_place: bool
    in_title: bool


@dataclass(frozen=True, slots=True)
class Naming:
    """Whom and what an article names: Latin names by their sound, and the countries.

    What may be a name is one where another article is sure of it: Latin words whose capital says nothing, by
    their sound, and Arabic words, by their consonants; each with whether it stands in the title.
    """

    names: dict[str, Name]
    perhaps: dict[str, bool]
    skeletons: dict[str, bool]
    places: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counting:
    """What an article counts: (what, value), those of the title apart, a contest's scores; its weekdays."""

    counts: tuple[tuple[str, float], ...]
    in_title: tuple[tuple[str, float], ...]
    scores: frozenset[tuple[int, int]]
    weekdays: frozenset[int]


# What is counted, by the beginnings of folded words.
_COUNTED = {
    "en": {
        "dead": "dead death die killed kill drown body bodies victim perish",
        "hurt": "injur hurt wound",
        "missing": "missing unaccounted lost",
        "arrested": "arrest detain suspect custody",
        "homeless": "homeless displaced fled uproot evacuat shelterless",
        "claims": "claim application appl file",
        "people": (
            "people person migrant refugee passenger survivor rescued aboard asylum men women castaway "
            "returnee arrival deportee"
        ),
        "boats": "boat vessel dinghy dinghies",
    },
    "fr": {
        "dead": "mort mourir noye tue deces decede cadavre victime",
        "hurt": "bless",
        "missing": "disparu",
        "arrested": "interpell arrest garde",
        "homeless": "deplace evacue sans-abri",
        "claims": "demande",
        "people": "personne migrant refugie passager rescape secouru exile ressortissant",
        "boats": "bateau embarcation canot",
    },
    "es": {
        "dead": "muert fallec ahogad cadaver victim",
        "hurt": "herid",
        "missing": "desaparec",
        "arrested": "detenid detien arrest",
        "homeless": "desplazad evacuad damnificad",
        "claims": "solicitud",
        "people": "persona migrante refugiad rescatad pasajer connacional",
        "boats": "embarcacion patera cayuco bote lancha",
    },
    "pt": {
        "dead": "mort afogad vitima cadaver",
        "hurt": "ferid",
        "missing": "desaparec",
        "arrested": "detid pres",
        "homeless": "desaloj deslocad desabrigad",
        "claims": "pedido",
        "people": "pessoa migrante refugiad resgatad imigrante",
        "boats": "barco embarcac bote lancha",
    },
    "it": {
        "dead": "morti morto vittim annegat salm cadaver",
        "hurt": "ferit",
        "missing": "dispers",
        "arrested": "arrest ferm",
        "homeless": "sfollat evacuat",
        "claims": "domand richiest",
        "people": "person migrant profugh naufrag soccors passegger",
        "boats": "barc gommon imbarcazion",
    },
    "de": {
        "dead": "tote tot ertrunk gestorb leiche todes opfer",
        "hurt": "verletz",
        "missing": "vermiss",
        "arrested": "festgenomm festnahm verhaft",
        "homeless": "obdachlos vertrieb evakuier",
        "claims": "antrag asylantrag erstantrag asyl-erstantrag",
        "people": "mensch migrant fluchtling gerettet gefluchtet schutzsuchend insass person",
        "boats": "boot schlauchboot schiff",
    },
    "ar": {
        "dead": "قتل قتيل مصرع لقو لقي غرق جثة جثث وفاة ضحايا وفيات",
        "hurt": "جرح جريح اصيب اصاب",
        "missing": "مفقود فقد",
        "arrested": "اوقف اعتقل توقيف",
        "homeless": "شرد نازح تشرد",
        "claims": "طلب",
        "people": "شخص مهاجر لاجي ناج انقاذ",
        "boats": "قارب زورق مركب",
    },
}

PERSONS = frozenset({"people", "dead", "hurt", "missing", "arrested", "homeless", "claims"})
_DURATIONS = frozenset({"minute", "hour", "day", "week", "month", "year"})


@cache
def _counted(language: str) -> tuple[tuple[str, str], ...]:
    things = _COUNTED.get(language, {})
    return tuple((fold(beginning), what) for what, words in things.items() for beginning in words.split())


def what_is_counted(text: str, start: int, end: int, language: str) -> tuple[str, ...]:
    """What a number at `text[start:end]` counts, by words of _COUNTED within its sentence, or "".

    In "eight people died" eight counts people, and the dead.
    """
    after = re.split(r"[.;:!?؟]\s", text[end : end + 60])[0]
    before = re.split(r"[.;:!?؟]\s", text[max(0, start - 30) : start])[-1]
    found = [_counted_by(word, language) for word in after.split()[:4]]
    found += [_counted_by(word, language) for word in list(reversed(before.split()))[:3]]
    told = [what for what in found if what]
    if not told or told[0] != "people":
        return tuple(told[:1]) or ("",)
    return ("people", *[what for what in told if what in PERSONS and what != "people"][:1])


def _counted_by(word: str, language: str) -> str:
    folded = fold(word.strip("«»\"'“”,()"))
    forms = (folded, ARABIC_PREFIX.sub("", folded)) if _ARABIC.match(folded) else (folded,)
    things = _counted(language)
    return next((what for start, what in things if any(form.startswith(start) for form in forms)), "")


def is_column(title: str) -> bool:
    """Whether a title is that of a column that sums up several events, or of a quiz or the like."""
    return _COLUMN.search(fold(title)) is not None


def series_of(article: Article) -> str:
    """The words before a title's colon or dash, folded, where they name nobody and no place: the heading of a
    fixed column, not an event's. "" where there are none.
    """
    found = _KICKER.match(article.title)
    heading = found[1] if found else ""
    named = naming(article)
    has_name = any(name.in_title and name.written in heading for name in named.names.values())
    return "" if has_name or places_in(heading) else fold(heading)


def naming(article: Article) -> Naming:
    return _naming(article.title, _lead(article), article.language)


def counting(article: Article) -> Counting:
    return _counting(article.title, _lead(article), article.language)


def _lead(article: Article) -> str:
    return _SOURCE.sub("", article.lead[:LEAD])


@lru_cache(maxsize=KEPT)
def _naming(title: str, lead: str, language: str) -> Naming:
    text = f"{title}. {lead}"
    stop = stop_words(language)
    calendar = {fold(text[d.start : d.end]).split()[0] for d in _dates(text, language)}
    inside: set[str] = set()
    if language != "de":  # where all nouns have a capital
        inside.update(_INSIDE.findall(lead), () if _is_styled(title) else _INSIDE.findall(title))
    names: dict[str, Name] = {}
    perhaps: dict[str, bool] = {}
    skeletons: dict[str, bool] = {}
    for word, is_title in [(w, True) for w in words(title)] + [(w, False) for w in words(lead)]:
        folded = fold(word)
        if folded in stop or folded in calendar:
            continue
        if _ARABIC.match(word):
            if as_written(word) < UNHEARD:
                for consonants in arabic_skeletons(folded):
                    skeletons.setdefault(consonants, is_title)
                bare = ARABIC_PREFIX.sub("", folded)
                if as_written(bare) < ARABIC_UNHEARD:
                    rarity = as_written(bare) - ARABIC_UNHEARD + UNHEARD
                    names.setdefault(bare, Name(bare, rarity, "", False, is_title))
        elif word[0].isupper():
            for part in re.split(r"['’-]", word):
                if len(part) > 2 and part[0].isupper():
                    is_told = is_title and language == "de" and _is_name(part)
                    if is_told or part in inside or part.isupper() or as_written(part.lower()) < UNHEARD:
                        names.setdefault(sound(part), _name(part, is_title))
                    else:
                        perhaps.setdefault(sound(part), is_title)
    return Naming(names, perhaps, skeletons, frozenset(places_in(text)))


def _is_styled(title: str) -> bool:
    """Whether a Headline Is Written Like This."""
    long = [w for w in words(title)[1:] if len(w) > 4 and w[0].isalpha()]
    return len(long) > 2 and sum(w[0].isupper() for w in long) > 0.7 * len(long)


def _is_name(word: str) -> bool:
    """Whether a word is more often written with a capital, and is no everyday one."""
    written = as_written(word)
    return written < RARE and written > as_written(word.lower())


def _name(word: str, in_title: bool) -> Name:
    is_place = place_key(word) is not None
    rarity = log_probability(word)
    return Name(word, max(rarity, KNOWN_PLACE) if is_place else rarity, skeleton(word), is_place, in_title)


def _dates(text: str, language: str) -> list[CalendarDate]:
    return list(dates_in(text, language if language in KNOWN else "en"))


@lru_cache(maxsize=KEPT)
def _counting(title: str, lead: str, language: str) -> Counting:
    text = f"{title}. {lead}"
    dates = _dates(text, language)
    scores = list(_SCORE.finditer(text))
    taken = [(d.start, d.end) for d in dates] + [s.span() for s in scores]
    counts: list[tuple[str, float]] = []
    in_title: list[tuple[str, float]] = []
    for n in numbers_in(text, language):
        is_year = 1900 <= n.value <= 2100 and not n.unit and text[n.start : n.end].isdigit()
        if is_year or any(start <= n.start < end for start, end in taken) or n.unit in _DURATIONS:
            continue
        for what in (n.unit,) if n.unit else what_is_counted(text, n.start, n.end, language):
            counts.append((what, n.value))
            if n.end <= len(title):
                in_title.append((what, n.value))
    return Counting(
        tuple(counts),
        tuple(in_title),
        frozenset((int(s[1]), int(s[2])) for s in scores),
        frozenset(d.weekday for d in dates if d.weekday),
    )
