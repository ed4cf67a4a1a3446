"""Words that make or turn a claim: names, negations, verbs with an opposite.

What the check compares is found here; how it compares is in `comparing/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cache

from griot.press.core.language.lexicon import are_opposed
from griot.press.core.language.places import country_code
from griot.press.core.language.text import fold, stem, without_initials

CONNECTORS = {
    "of",
    "the",
    "de",
    "du",
    "des",
    "la",
    "le",
    "el",
    "al",
    "bin",
    "ibn",
    "van",
    "von",
    "der",
    "den",
    "da",
    "do",
    "dos",
    "di",
    "del",
    "y",
    "e",
}
# Words that stand before a name without belonging to it: a name split here is still the same name.
TITLES = set(
    "president prime minister foreign secretary state king queen pope mr mrs ms dr chief general director"
    " spokesperson spokeswoman spokesman justice interior us uk un eu former vice senator governor mayor"
    " ambassador commissioner".split()
)
OPENING_WORDS = set(
    "the a an it they he she this that these those in on at for to from and but all both some".split()
)

# What is written in capitals and names nobody.
COMMON = frozenset({"ngo", "ngos"})

# Whom a number may count: in whatever words, they are people.
PERSONS = frozenset(
    fold(
        "people persons migrants refugees asylum-seekers asylum seekers passengers women men children"
        " minors babies survivors workers families residents victims dead died drowned killed injured"
        " rescued bodies returnees deportees students citizens girls boys immigrants arrivals spectators"
        " personnes migrants réfugiés demandeurs passagers femmes hommes enfants mineurs bébés survivants"
        " travailleurs familles morts blessés corps cadavres personas migrantes refugiados solicitantes"
        " pasajeros mujeres hombres niños menores bebés supervivientes trabajadores familias muertos"
        " heridos cuerpos cadáveres pessoas passageiros mulheres homens crianças sobreviventes"
        " trabalhadores mortos feridos corpos famílias menschen migranten flüchtlinge geflüchtete"
        " bootsmigranten asylbewerber passagiere frauen männer kinder überlebende arbeiter tote verletzte"
        " leichen familien persone migranti rifugiati richiedenti passeggeri donne uomini bambini minori"
        " superstiti lavoratori morti feriti corpi cadaveri salme famiglie شخص شخصا أشخاص مهاجر مهاجرا"
        " مهاجرين لاجئ لاجئا لاجئين امرأة نساء رجال طفل طفلا أطفال ناجين قتيل قتيلا قتلى جثة جثث عائلة"
        " أسرة"
    ).split()
)

# Of these, the words that say no more of them.
ANYBODY = frozenset(
    "people persons migrants refugees personnes refugies personas migrantes refugiados pessoas menschen"
    " migranten fluchtlinge persone migranti rifugiati".split()
)

_NEGATIONS = {
    "en": (
        "not no never none nobody nothing neither nor without cannot n't don't doesn't didn't won't wouldn't"
        " isn't aren't wasn't weren't hasn't haven't hadn't can't couldn't shouldn't"
    ),
    "fr": "ne n' pas jamais aucun aucune sans ni rien personne",
    "es": "no nunca ningun ninguna ninguno sin ni nada nadie tampoco",
    "pt": "nao nunca nenhum nenhuma sem nem nada ninguem",
    "it": "non mai nessun nessuna nessuno senza ne nulla niente",
    "de": "nicht kein keine keinen keinem keiner nie niemals niemand ohne weder nichts",
    "ar": "لا لم لن ليس ليست ما دون بدون غير عدم",
}
# Pairs of opposites; a word of one side stands for all of that side, in every language.
_OPPOSITES = (
    (
        (
            "confirm admit acknowledge affirm|confirmer reconnaitre|confirmar reconocer reconhecer"
            " admitir|bestatigen zugeben|confermare ammettere|أكد أقر"
        ),
        (
            "deny dispute refute|dementir nier|desmentir negar|dementieren bestreiten leugnen|smentire"
            " negare|نفى أنكر"
        ),
    ),
    (
        (
            "accept approve agree endorse adopt ratify pass|accepter approuver adopter|aceptar aprobar"
            " adoptar aprovar aceitar|annehmen billigen genehmigen|accettare approvare adottare|وافق أقر قبل"
        ),
        (
            "reject refuse decline oppose veto|rejeter refuser|rechazar rehusar rejeitar recusar|ablehnen"
            " verweigern zuruckweisen|respingere rifiutare|رفض عارض"
        ),
    ),
    (
        (
            "rise increase grow climb jump soar surge double|augmenter hausse|aumentar subir crecer"
            " crescer|steigen zunehmen wachsen|aumentare crescere salire|ارتفع زاد"
        ),
        (
            "fall decrease drop decline shrink plunge halve|diminuer baisser baisse|disminuir bajar caer"
            " diminuir cair|sinken fallen abnehmen|diminuire calare scendere|انخفض تراجع"
        ),
    ),
    (
        (
            "arrest detain jail imprison|arreter detenir|arrestar detener prender deter|festnehmen"
            " verhaften|arrestare detenere|اعتقل احتجز"
        ),
        "release free acquit|liberer relacher|liberar soltar|freilassen|liberare rilasciare|أفرج أطلق",
    ),
    (
        "open reopen|ouvrir rouvrir|abrir reabrir|offnen|aprire riaprire|فتح",
        "close shut seal|fermer|cerrar fechar|schliessen|chiudere|أغلق",
    ),
    (
        (
            "allow permit authorise authorize|autoriser permettre|permitir autorizar|erlauben"
            " zulassen|permettere autorizzare|سمح"
        ),
        "ban bar forbid prohibit block|interdire|prohibir proibir|verbieten|vietare|منع حظر",
    ),
    (
        (
            "survive rescue save|survivre secourir sauver|sobrevivir rescatar sobreviver resgatar|uberleben"
            " retten|sopravvivere soccorrere salvare|أنقذ نجا"
        ),
        (
            "drown die kill perish|noyer mourir tuer|ahogar morir matar afogar|ertrinken sterben"
            " toten|annegare morire uccidere|غرق قتل"
        ),
    ),
    (
        "win beat defeat|gagner|ganar vencer ganhar|gewinnen|vincere|فاز",
        "lose|perdre|perder|verlieren|perdere|خسر",
    ),
    (
        (
            "begin start launch resume|commencer debuter|empezar comenzar iniciar comecar|beginnen|iniziare"
            " cominciare|بدأ استأنف"
        ),
        (
            "end stop halt suspend cancel|cesser suspendre arreter annuler|terminar suspender"
            " cancelar|beenden stoppen aussetzen|terminare sospendere annullare|أوقف علق انتهى"
        ),
    ),
    (
        (
            "support back welcome praise|soutenir saluer|apoyar elogiar apoiar|unterstutzen begrussen"
            " loben|sostenere lodare|أيد رحب"
        ),
        (
            "condemn criticise criticize denounce blame accuse|condamner critiquer denoncer accuser|condenar"
            " criticar denunciar acusar|verurteilen kritisieren|condannare criticare denunciare accusare|أدان"
            " انتقد اتهم"
        ),
    ),
    ("more higher|plus|mas mais|mehr|piu|أكثر", "less fewer lower|moins|menos|weniger|meno|أقل"),
    ("before|avant|antes|vor|prima|قبل", "after|apres|despues depois|nach|dopo|بعد"),
    ("north northern|nord|norte|nord|nord|شمال", "south southern|sud|sur sul|sud|sud|جنوب"),
    ("east eastern|est|este leste|ost|est|شرق", "west western|ouest|oeste|west|ovest|غرب"),
    ("first", "last"),
    ("legal lawful", "illegal unlawful"),
    ("arrive enter", "leave depart flee"),
    ("raise", "cut reduce lower"),
    ("young younger", "old older"),
    ("son sons boy boys", "daughter daughters girl girls"),
    ("man men husband", "woman women wife"),
)
_IRREGULAR = {
    "rose": "rise",
    "risen": "rise",
    "grew": "grow",
    "grown": "grow",
    "fell": "fall",
    "fallen": "fall",
    "shrank": "shrink",
    "won": "win",
    "lost": "lose",
    "began": "begin",
    "begun": "begin",
    "fled": "flee",
    "left": "leave",
    "shut": "shut",
    "forbade": "forbid",
    "forbidden": "forbid",
    "died": "die",
    "freed": "free",
    "denied": "deny",
    "denies": "deny",
    "dying": "die",
    "barred": "bar",
    "banned": "ban",
    "admitted": "admit",
    "dropped": "drop",
    "stopped": "stop",
}


@dataclass(frozen=True, slots=True)
class Side:
    """A verb's direction: the number of a pair of opposites, and which side of it, 0 or 1."""

    pair: int
    side: int

    @property
    def opposite(self) -> Side:
        return Side(self.pair, 1 - self.side)


@cache
def _negations(language: str) -> frozenset[str]:
    return frozenset(_NEGATIONS.get(language, _NEGATIONS["en"]).split())


def is_negation(token: str, language: str) -> bool:
    """Whether a folded word denies."""
    return token in _negations(language) or token.endswith("n't")


@cache
def _sides() -> dict[str, Side]:
    sides: dict[str, Side] = {}
    languages = ("en", "fr", "es", "de", "it", "ar")
    for number, pair in enumerate(_OPPOSITES):
        for side, words in enumerate(pair):
            for language, group in zip(languages, words.split("|"), strict=False):
                for word in fold(group).split():
                    for stemmed in {stem(word, language), *([stem(word, "pt")] if language == "es" else [])}:
                        sides.setdefault(
                            f"{'es' if language == 'pt' else language}:{stemmed}", Side(number, side)
                        )
    return sides


def side_of(token: str, language: str) -> Side | None:
    """Which side of which pair of opposites a folded word is on, or None."""
    word = _IRREGULAR.get(token, token) if language == "en" else token
    return _sides().get(f"{'es' if language == 'pt' else language}:{stem(word, language)}")


def are_opposites(one: str, other: str) -> bool:
    """Whether two English verbs, as lemmas, say the opposite of each other."""
    a, b = side_of(one, "en"), side_of(other, "en")
    return are_opposed(one, other) or (a is not None and b is not None and a == b.opposite)


_WORD = r"\w+(?:[.'’-]\w+)*\.?"
_WORDS = re.compile(_WORD)
# In English what is joined to a name by a hyphen, and small, is no part of it: EU-funded, French-language.
_ENGLISH_WORDS = re.compile(rf"(?!Al-)[A-Z]\w*(?=(?:-[a-z]{{3,}})+(?![\w-]))|{_WORD}")


def names_in(text: str, taken: Set[int], language: str = "en") -> Iterator[tuple[int, int, list[str]]]:
    """Runs of capitalised words, with the small words inside them: (start, end, words).

    `taken` are positions that belong to another claim. The first word of a sentence counts as
    a name unless it is one of the words that open sentences.
    """
    run: list[re.Match[str]] = []
    end = -1
    opening = True
    for m in (_ENGLISH_WORDS if language == "en" else _WORDS).finditer(text):
        word = m.group()
        plain = without_initials(word).rstrip(".")
        gap = text[end : m.start()] if end >= 0 else ""
        starts = (
            plain[:1].isupper()
            and m.start() not in taken
            and not (opening and plain.lower() in OPENING_WORDS)
        )
        if (run and gap.strip()) or (run and not starts and plain not in CONNECTORS):
            yield from _trimmed(run)
            run = []
        if starts or (run and plain in CONNECTORS and m.start() not in taken):
            run.append(m)
        end = m.end() - (1 if word.endswith(".") and not _is_initials(word) else 0)
        opening = word.endswith(".") and not _is_initials(word)
        if (
            run and re.search(r"['’]s$", plain) and country_code(plain[:-2])
        ):  # "Kenya's Tana River" are two names
            yield from _trimmed(run)
            run = []
    yield from _trimmed(run)


def _is_initials(word: str) -> bool:
    return bool(re.fullmatch(r"(?:[A-Z]\.)+", word))


def _trimmed(run: list[re.Match[str]]) -> Iterator[tuple[int, int, list[str]]]:
    words = [without_initials(m.group()).rstrip(".") for m in run]
    while words and words[-1] in CONNECTORS:
        words.pop()
    if words:
        words[-1] = re.sub(r"['’]s$", "", words[-1])
        yield run[0].start(), run[len(words) - 1].end(), words


def without_titles(words: Sequence[str]) -> list[list[str]]:
    """A name cut where a title or country ends: "Hungarian Prime Minister | Viktor Orban"."""
    pieces: list[list[str]] = [[]]
    for word in words:
        if word in CONNECTORS:
            pieces.append([])
            continue
        is_title = fold(word) in TITLES or country_code(word) is not None
        if pieces[-1] and is_title != (
            fold(pieces[-1][-1]) in TITLES or country_code(pieces[-1][-1]) is not None
        ):
            pieces.append([])
        pieces[-1].append(word)
    return [p for p in pieces if p]
