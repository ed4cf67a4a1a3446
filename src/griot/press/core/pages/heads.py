"""What stands over an article and is no part of its text: title, section, names, dates, buttons, captions.

Known by its form, in our seven languages. What a sentence says is never taken for it: a date within one, a
title's words that go on.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import islice

from babel import Locale
from lxml import html as lxml_html

from griot.press.core.language.text import LANGUAGE_NAMES, fold
from griot.press.core.pages.markup import short_text

REACH, LONGEST_LINE = 25, 400  # lines from the top, and characters of one, that are looked at
LONGEST_LABELS = 80  # characters of a paragraph that may be part of a head
FIRST_WORDS = 300  # characters of text after which no line belongs to the head
LONGEST_CAPTION, LABEL = 300, 6  # characters; words of a section's name and the like
_INLINE = frozenset({"span", "a", "time", "button", "b", "strong", "em", "i", "small"})


def _names(*kinds: str) -> str:
    """The names of months or days in our languages, folded, the longest first."""
    found = {
        fold(name).rstrip(".")
        for language in LANGUAGE_NAMES
        for kind in kinds
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for name in getattr(Locale(language), kind)[form][width].values()
    }
    return "(?:" + "|".join(re.escape(name) for name in sorted(found | {"sept"}, key=len)[::-1]) + ")"


_MONTH, _DAY = _names("months"), _names("days")
_UNIT = (
    r"(?:seconds?|minutes?|mins?\.?|hours?|hrs?|days?|weeks?|secondes?|heures?|jours?|semaines?|"
    r"segundos?|minutos?|"
    r"horas?|dias?|semanas?|sekunden?|minuten?|stunden?|tage?n?|wochen?|minuti|minuto|or[ae]|giorn[oi]|h|"
    r"دقايق|دقيقة|ساعات|ساعة|ايام|يوم)"
)
_DATE = (
    r"(?:\d{1,4}[./-]\d{1,2}[./-]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th|er|o|a|\.)?(?: of| de| d')? ?(?:{_MONTH})\.?(?: del?| of|,)? ?\d{{4}}"
    rf"|(?:{_MONTH})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_ZONE = (
    r"(?:\(?(?:gmt|utc|cet|cest|bst|est|edt|pst|pdt|ist|et|ct|pt|eat|wat|cat|mez|mesz|gst|ast|wib|pkt|"
    r"brt|art|msk)"
    r"(?: ?[+-] ?\d{1,2})?\)?)"
)
_TIME = (
    r"(?:(?:at|a|a las|as|alle|alle ore|ore|um|الساعة) |t)?\d{1,2}(?:[:.]\d\d(?::\d\d)?z?|h\d\d)"
    rf"(?: ?(?:am|pm|a\.m\.|p\.m\.|uhr|hs?|ص|م)(?!\w))?(?: ?{_ZONE})?"
)
_AGO = (
    rf"(?:\d{{1,3}} ?{_UNIT} ago|il y a \d{{1,3}} {_UNIT}|hace \d{{1,3}} {_UNIT}|ha \d{{1,3}} {_UNIT}"
    rf"|vor \d{{1,3}} {_UNIT}|\d{{1,3}} {_UNIT} fa|(?:قبل|منذ) \d{{1,3}} {_UNIT})"
)
_TODAY = (
    r"(?:just now|today|yesterday|aujourd'hui|hier|hoy|ayer|hoje|ontem|heute|gestern|oggi|ieri|اليوم|امس)"
    rf"(?:,? {_TIME})?"
)
_LABELS = (
    r"(?:(?:first |originally )?(?:published|posted|updated|modified)|last (?:updated?|modified)|date|"
    r"publiee?|mise? a jour|modifiee?|derniere mise a jour|publicad[oa]|actualizad[oa]|atualizad[oa]|"
    r"ultima (?:actualizacion|atualizacao)|veroffentlicht|aktualisiert|stand|pubblicat[oa]|aggiornat[oa]|"
    r"ultimo aggiornamento|نشر|نشرت|اخر تحديث|تاريخ النشر|تم النشر)(?: ?(?::|on|le|el|em|am|il|في|a|at))?"
)
_READING = (
    rf"(?:\d{{1,2}} ?-?{_UNIT} (?:read|reading time|de lecture|de lectura|de leitura|lesezeit|di lettura)"
    r"|(?:read(?:ing)?(?: time)?|(?:temps de )?lecture|(?:tiempo de )?lectura|(?:tempo de )?leitura|lesezeit|"
    rf"lesedauer|(?:tempo di )?lettura|مدة القراءة) ?:? ?\d{{1,2}} {_UNIT})"
)
_GAP = r"[\s,;|·•–—/-]*"
_TELLING = rf"(?:{_LABELS} ?(?:{_DAY},? )?(?:{_DATE}|{_AGO}|{_TODAY}|{_TIME})|{_DATE}|{_READING})"
_END = r"(?:(?!\w)|(?=t\d))"
# What was read is not read again in another way: several of its parts can be, and there may be many.
_STAMP = re.compile(
    rf"(?:(?:{_DAY})\.?,? (?:den |le |el )?)?{_TELLING}{_END}"
    rf"(?>(?:{_GAP}(?:{_TELLING}|{_TIME}|{_AGO}|{_ZONE}){_END})*)(?!\w)"
)
_AGO_ALONE = re.compile(rf"(?:{_AGO}|{_TIME}|{_TODAY})")
_SHARING = re.compile(
    r"(?:share(?: this)?(?: (?:on|via|article|story))?|tweet|facebook|twitter|x|whatsapp|telegram|linkedin|"
    r"pinterest|reddit|messenger|instagram|bluesky|threads|e-?mail|mail|print|save|copy(?: link)?|link|"
    r"listen|comments?|follow|views|partager(?: sur)?|copier(?: le lien)?|imprimer|ecouter|enregistrer|"
    r"commenter|commentaires?|vues|compartir(?: en)?|copiar(?: enlace| link)?|imprimir|guardar|escuchar|"
    r"comentarios?|vistas|compartilhar(?: no)?|partilhar|salvar|ouvir|teilen(?: auf)?|(?:link )?kopieren|"
    r"drucken|merken|anhoren|kommentare?|condividi(?: su)?|copia(?: link)?|stampa|salva|ascolta|commenti|"
    r"مشاركة|شارك|فيسبوك|تويتر|واتساب|تيليغرام|نسخ الرابط|نسخ|الرابط|طباعة|تعليقات|مشاهدات)(?!\w)"
)
_NAME = r"[^\W\d_][\w.'’-]*"
_BYLINE = re.compile(
    r"(?:(?:Written |Reported |Edited |Words |Story )?[Bb]y|BY|Écrit par|Escrito por|Scritto da|"
    r"Geschrieben von|Par|PAR|Por|POR|Von|VON|Di|DI|di|Text|Texte|Texto|Testo|Autora?|Author|Auteure?|"
    rf"بقلم|كتب|كتبت)(?: ?: ?| )(?P<names>{_NAME}(?:(?:, | |/){_NAME}|,? ?& ?{_NAME}){{0,11}})"
)
_PARTICLES = frozenset(
    "and et y e und & with avec con com mit for für in de da do dos del della di van von der den bin ibn el"
    " al la le".split()
)
_CREDIT = re.compile(
    r"(?i)(?:(?:^|[.!?)(\[|–—-]\s*)(?:(?:photo|fotos?|photograph|image|imagen|imagem|immagine|bild|picture|"
    r"credits?|crédits?|crédito)\b|تصوير|الصورة|صورة)\s*(?:[:©/|]|by |credit)|©).{0,60}$"
)
_ENDS = re.compile(r"[.!?؟…][\"”’'»)]*$")
_MARK = re.compile(r"^(?:[-•*|] ?)+")
_TRAIL = re.compile(r"\s*[>»›|/]\s*|\s[–—-]\s")
_SPLIT = re.compile(r"\s[|–—-]\s|\s*[|·•]\s*")


def titles_of(tree: lxml_html.HtmlElement, title: str) -> frozenset[str]:
    """A page's title in each of the ways in which its head writes it, as `_plain` does."""
    found = [title, *tree.xpath("//meta[@property='og:title']/@content")]
    found += [short_text(h, LONGEST_LINE) for h in islice(tree.iter("h1"), 5)]
    return frozenset(plain for t in found if len((plain := _plain(str(t))).split()) > 2)


def captions_of(tree: lxml_html.HtmlElement) -> frozenset[str]:
    """What stands under the page's first pictures."""
    found = tree.xpath("(//figcaption | //*[contains(@class, 'caption')])[position() <= 6]")
    return frozenset(plain for e in found if (plain := _plain(short_text(e, LONGEST_CAPTION))))


def part_inline(tree: lxml_html.HtmlElement) -> None:
    """Put something between names, dates and buttons over the first paragraph that stand side by side with
    nothing between them.
    """
    for time in tree.iter("time"):
        if (time.tail or "")[:1].isalnum():
            time.tail = f" {time.tail}"
    for element in tree.iter("div", "p", "li", "header", "section"):
        if element.tag == "p" and not short_text(element, LONGEST_LABELS) and any(element.itertext()):
            return
        inside = list(element)
        if (
            1 < len(inside) <= REACH
            and not (element.text or "").strip()
            and all(e.tag in _INLINE and not (e.tail or "").strip() for e in inside)
            and all(len(short_text(e, 60)) > 1 for e in inside)
        ):
            for e in inside[:-1]:
                e.tail = " | "


def without_head(text: str, titles: Collection[str], captions: Collection[str] = (), author: str = "") -> str:
    """`text` from its first sentence on; `titles` and `captions` as `titles_of` and `captions_of` tell."""
    lines = text.split("\n")
    names = _plain(author)

    def is_head(line: str) -> bool:
        plain = _plain(line)
        if plain in titles or plain in captions or (names and plain == names) or is_furniture(line):
            return True
        trail = [
            _plain(part) for part in _TRAIL.split(line)
        ]  # the title behind its sections, or before the house
        return any(part in titles for part in trail) and all(
            part in titles or len(part.split()) <= LABEL for part in trail
        )

    kept: list[str] = []
    labels: list[str] = []
    said = n = 0
    while n < len(lines) and n < REACH and said < FIRST_WORDS:
        line = _MARK.sub("", lines[n].strip()).strip(" |")
        n += 1
        if len(line) <= LONGEST_LINE and (not line or is_head(line)):
            labels = []
        elif not said and len(line.split()) <= LABEL and not _ENDS.search(line):
            labels.append(lines[n - 1])
        else:
            line = lines[n - 1] if said else _unglued(line, lines[n - 1], titles)
            kept += [*labels, line]
            labels, said = [], said + len(line)
    return "\n".join([*kept, *labels, *lines[n:]]).strip() or text


def is_furniture(line: str) -> bool:
    """Whether a line says only when, by whom, for how long to read or how to share; or credits a picture."""
    if len(line) <= LONGEST_CAPTION and _CREDIT.search(line):
        return True
    parts = [part for part in _SPLIT.split(line) if part.strip()]
    others = [part for part in parts if not _is_part(part)]
    return len(others) < len(parts) and all(
        len(part.split()) <= LABEL / 2 and not _ENDS.search(part) for part in others
    )


def _is_part(part: str) -> bool:
    folded = " ".join(fold(part).split())
    rest = _SHARING.sub("", folded)
    if rest != folded and not re.search(r"[^\W\d]", rest):
        return True
    if any(form.fullmatch(folded.strip(" .:,")) for form in (_STAMP, _AGO_ALONE)):
        return True
    placed = _STAMP.search(folded)
    if placed and placed.end() == len(folded) and placed.start() > 0:
        before = re.findall(_NAME, part)[: len(folded[: placed.start()].split())]
        return len(before) <= LABEL and all(not name[0].islower() for name in before)
    byline = _BYLINE.match(part.strip())
    if byline is None or _ENDS.search(part.strip()):
        return False
    rest = fold(part.strip()[byline.end() :]).strip(" ,.:-")
    names = re.split(r"[,/& ]+", byline["names"])
    is_name = all(name in _PARTICLES or not name[0].islower() for name in names)
    return is_name and (not rest or bool(_STAMP.fullmatch(rest)))


def _unglued(line: str, whole: str, titles: Collection[str]) -> str:
    """The first line of a text without the title and the date that are glued before it."""
    start = 0
    for title in titles:
        if end := _end_of(title, line):
            after = _stamp_in(line, end)
            start = max(start, after or 0)
    start = start or _stamp_in(line, 0) or 0
    return line[start:] if start else whole


def _end_of(title: str, line: str) -> int:
    """Where a line's first words, which are the title's, end; 0 where they are others."""
    words = list(re.finditer(r"\w+", line[: 2 * LONGEST_LINE]))[: len(title.split())]
    return words[-1].end() if words and " ".join(_plain(w[0]) for w in words) == title else 0


def _stamp_in(line: str, start: int) -> int | None:
    """Where a new sentence begins behind a date that stands at `start` and has no part in it."""
    head = line[start : start + LONGEST_LINE]
    folded = _folded(head)
    if len(folded) != len(head):
        return None
    gap = re.match(r"[\s,;:|·•–—-]*", folded)
    found = _STAMP.match(folded, gap.end() if gap else 0)
    if found is None:
        return None
    behind = re.compile(r"[\s|·•–—:-]*").match(folded, found.end())
    end = behind.end() if behind else found.end()
    begins = head[end : end + 1]
    opens = (begins.isalpha() and not begins.islower()) or begins in "\"“«„'‘¿¡"
    return start + end if begins and opens and end > found.end() else None


def _folded(text: str) -> str:
    """Folded a character at a time, so that places in it are places in `text`."""
    return "".join(f if len(f := fold(c)) == 1 else c for c in text)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(text)))
