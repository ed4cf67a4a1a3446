"""A name that is kept back, however it is spelled."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from griot.testimonies.core.names import PARTICLES, _one_of, _spelled, fold, spoken_by, without

UNSEEN = "\xad\u200b\u200c\u200d\u2060\ufeff"
APOSTROPHES = "'’‘ʼ´`′＇"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2212 \xa0\u202f"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Awa N'Diaye", "Je suis Awa N’Diaye de Thiès", "Je suis … de Thiès"),
        ("Awa N’Diaye", "NDIAYE, Nʼdiaye et n´diaye", "…, … et …"),
        ("Awa Ndiaye", "l’oncle N'Diaye", "l’oncle …"),
        ("Awa Diop", "l’histoire d’Awa, dʼAwa", "l’histoire d’…, dʼ…"),
        ("Aïssatou Sow", "Je suis Ai\u0308ssatou, la fille", "Je suis …, la fille"),
        ("Ai\u0308ssatou Sow", "AÏSSATOU, Aissatou", "…, …"),
        ("Marie-Louise Ba", "Marie\u2011Louise, Marie Louise, Marie \u2013 Louise", "…, …, …"),
        ("Marie-Louise Ba", "Marie et Louise", "… et …"),
        ("Ibrahima Şahin", "I am Ibrahima şahin and IBRAHIMA ŞAHİN", "I am … and …"),
        ("Awa Diop", "Je suis A\u00adwa Di\u200bop", "Je suis …"),
        ("Awa Diop", "Diop\u200bAwa a_Awa_b", "…\u200b… a_…_b"),
        ("Awa Diop", "Ａｗａ, 𝐀𝐰𝐚, A\u0301\u0302wa\u0323!", "…, …, …!"),
        ("محمد علي", "أنا مُحَمَّد من", "أنا … من"),
        ("محمد علي", "أنا محـــمد وعليّ علیّ", "أنا … و… …"),
        ("أحمد", "احمد وأحمد لأحمد، فبأحمد", "… و… ل…، فب…"),
        ("بلال", "بلال وبلال لبلال بل لا", "… و… ل… بل لا"),
        ("محمد", "المحمدية محمدنا", "المحمدية محمدنا"),
        ("דוד", "ודוד ולדוד דודה", "ו… ול… דודה"),
        ("राम", "राम रामा", "… रामा"),
        ("Groß", "GROSS und groß", "… und …"),
        ("Na Ba", "il n’a pas, l'a B’a", "il n’a pas, l'a B’a"),
        ("Ali Ba", "Ali left Alicante with BA and Bara.", "… left Alicante with … and Bara."),
        ("A B", "A B and A", "… and A"),
        ("María de la Cruz", "La madre de la niña, María de la Cruz", "La madre de la niña, …"),
        ("María de la Cruz", "la señora de la Cruz, de María", "la señora de la …, de …"),
        ("João dos Santos da Silva", "Sai da casa dos Santos", "Sai da casa dos …"),
        ("Ould Ahmed", "ould, Ould Ahmed, Ahmed", "ould, …, …"),
        ("Ben Carter", "Ben and Carter", "… and …"),
        ("Ali ben-Ali", "ben, ben Ali", "ben, …"),
        ("عبد الله", "الحمد لله والله، قال عبد الله وعبدالله", "الحمد لله والله، قال … و…"),
        ("Le", "Le left", "… left"),
        ("Kofi Ɔtieno", "Kɔfi, Kofi Otieno", "…, …"),
        ("Eli Esra", "Əli, Ɛsra", "…, …"),
        ("فاطمة", "أنا فاطمە", "أنا …"),
        ("Ibrahim Ba", "Ibra-\nhim, Ibra\u2010\r\n  him, Ibra\n- him", "…, …, Ibra\n- him"),
        ("Awa Diop", "Awa Diop. Awa. Diop", "…. …. …"),
        ("", "Awa", "Awa"),
        ("\xad \u0301 -", "Awa - Diop", "Awa - Diop"),
    ],
)
def test_it_is_taken_out_as_a_whole_word_and_nothing_else_is(name, text, expected):
    assert without(text, [name], "") == expected


def test_several_names_go_together():
    assert without("Awa Diop, Kiné, Ava", ["Awa Diop", "Ava Diop", "Kiné"], "") == "…, …, …"
    assert without("Awa Diop, Ava", ["Awa Diop", "Ava Diop"], "Ava") == "Ava, Ava"
    assert without("Awa", [], "") == "Awa"


def test_what_may_be_shown_of_it_stays():
    assert without("Ali Ba spoke; Ali wept.", ["Ali Ba"], "Ali") == "Ali spoke; Ali wept."
    assert without("MARIE‑LOUISE Ba, Marie", ["Marie-Louise Ba"], "Marie-Louise") == "Marie-Louise, Marie"
    assert without("Awa Diop", ["Awa Diop"], "Awa Diop") == "Awa Diop"
    # What is put in makes no name with what stands beside it.
    assert without("a\xadCD\xadc", ["CD abc"], "b") == "…"


letters = st.sampled_from("abdeiklmnostuwyéïñ")
words = (
    st.text(letters, min_size=4, max_size=8).filter(lambda w: fold(w) not in PARTICLES).map(str.capitalize)
)
names = st.tuples(words, st.sampled_from(["N'", "Marie-", ""]), words).map(lambda n: f"{n[0]} {n[1]}{n[2]}")
between = st.sampled_from([" ", ", ", ". ", "\n", "\u200b,", "’ ", " (", "! "])


@st.composite
def spelled(draw, word: str) -> str:
    """A word as somebody else, or another keyboard, writes it."""
    found = draw(st.sampled_from([str, str.upper, str.lower, str.title]))(word)
    found = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"])), found)
    found = found.replace("'", draw(st.sampled_from(APOSTROPHES))).replace("-", draw(st.sampled_from(DASHES)))
    marks = st.sampled_from(["", "", *UNSEEN, "\u0301", "\u0327"])
    inside = found.rstrip("".join(map(chr, range(0x300, 0x330))))[:-1]
    return "".join(c + (draw(marks) if c.isalpha() else "") for c in inside) + found[len(inside) :]


@given(st.data(), names)
def test_whole_words_of_it_go_and_all_else_stays(data, name):
    text = expected = ""
    kept = {part for parts in spoken_by(name) for part in parts} | {"".join(p) for p in spoken_by(name)}
    for _ in range(data.draw(st.integers(0, 5))):
        other = data.draw(words.filter(lambda w: not set(re.split(r"\W", fold(w))) & kept))
        apart = data.draw(between)
        text, expected = f"{text}{other}{apart}", f"{expected}{other}{apart}"
        if data.draw(st.booleans()):
            word, apart = data.draw(st.sampled_from(name.split())), data.draw(between)
            text, expected = f"{text}{data.draw(spelled(word))}{apart}", f"{expected}…{apart}"
    assert without(text, [name], "") == expected


@given(st.text(max_size=20), st.text(max_size=60), st.data(), st.text(max_size=8))
def test_no_folded_word_of_it_is_left_whatever_the_letters(name, text, data, instead):
    for word in name.split():
        at = data.draw(st.integers(0, len(text)))
        text = f"{text[:at]} {word} {text[at:]}"
    found = without(text, [name], instead)
    kept = {"".join(parts) for parts in spoken_by(name) - spoken_by(instead) if len(parts) == 1}
    assert not set(fold(found).replace("\xad", "").replace("'", " ").replace(".", " ").split()) & kept
    everything = re.sub("[\xad'. ]", "", fold(text))
    if not any(word in everything for word in map("".join, spoken_by(name))):
        assert found == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("قلت للحسن", "قلت ل…"),
        ("رأيت محمداً في أغاديز", "رأيت …اً في أغاديز"),
        ("أمحمد هنا؟", "أ… هنا؟"),
        ("وللحسن بيت", "ول… بيت"),
    ],
)
def test_arabic_grammar_hides_no_name(text, left):
    assert without(text, ["الحسن محمد"], "") == left


def test_a_figure_behind_a_name_hides_it_not():
    assert without("Awa², Awa1, Khady 00, Khady 001", ["Awa", "Khady 00"], "") == "…², …1, …, … 001"


@given(
    st.sets(st.lists(st.text("awb1", min_size=1, max_size=6), min_size=1, max_size=3).map(tuple), min_size=1),
    st.text("awb1'\xad ", max_size=30),
)
def test_what_names_share_changes_nothing_of_what_is_found(names, text):
    spelled = [_spelled(parts) for parts in sorted(names, key=lambda parts: (-len("".join(parts)), parts))]
    plain, shared = (re.compile(f"(?:{_one_of(spelled, deep)})(?!\\w)") for deep in (0, 12))
    assert list(map(re.Match.span, plain.finditer(text))) == list(map(re.Match.span, shared.finditer(text)))
