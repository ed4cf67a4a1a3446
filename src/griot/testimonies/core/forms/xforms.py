"""Interview guides and training as XForms, for ODK Collect and KoboCollect.

A form is described as rows of XLSForm (xlsform.org), which pyxform turns into the XForm of
getodk.github.io/xforms-spec. Consent comes first in it, with the same questions and words as in our own app;
nothing of the story is asked before. The names of the questions are ours, so that `submitted` reads an answer
without looking at the form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Any

from griot.characters import fit_text
from griot.runtime.state import ROOT
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.types import USES

WORDS = ROOT / "capture" / "src" / "words.txt"
LANGUAGES = {
    "en": "English (en)",
    "fr": "Français (fr)",
    "pt": "Português (pt)",
    "ar": "العربية (ar)",
    "wo": "Wolof (wo)",
}
# From the 16 figures of a UUID to letters of a receipt; the dash has none, so it goes.
_TO_RECEIPT = ("0123456789abcdef-", "ABCDEFGHJKLMNPQR")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "uses": USES,
    "explained": ("read", "played", "alone"),
    "naming": ("unnamed", "alias", "first_name", "named"),
    "place": ("country", "region", "exact"),
    "face": ("blur", "show", "hide"),
    "voice": ("alter", "show", "hide"),
    "yes_no": ("no", "yes"),
}
_WITH_PHOTOS = ("portrait", "object", "photo_essay")
_THIS_YEAR = "number(format-date(today(), '%Y'))"
_MINOR = f"(${{is_minor}} = 'yes' or (${{birth_year}} != '' and ${{birth_year}} > {_THIS_YEAR} - 19))"
_RECEIPT_CODE = f"once(substr(translate(uuid(), '{_TO_RECEIPT[0]}', '{_TO_RECEIPT[1]}'), 0, 12))"
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question of a guide: `text` and `hint` by language."""

    id: str
    text: Mapping[str, str]
    hint: Mapping[str, str]
    spoken: Mapping[str, str] = field(default_factory=dict)  # the file's name, by language


@dataclass(frozen=True, slots=True)
class Form:
    """An XForm as a phone gets it. `version` changes with what it asks."""

    id: str
    title: str
    version: str
    xml: str

    @property
    def md5(self) -> str:
        return hashlib.md5(self.xml.encode(), usedforsecurity=False).hexdigest()


@lru_cache(maxsize=1)
def app_words() -> dict[str, dict[str, str]]:
    """The fixed words of our own app, by name, then by language."""
    rows = (line.split("|") for line in WORDS.read_text().splitlines() if line)
    return {name: dict(zip(LANGUAGES, said, strict=True)) for name, *said in rows}


def _labels(column: str, said: Mapping[str, str], languages: Sequence[str]) -> Row:
    """A column for each language; one that has no words of its own gets the first that has."""
    plain = {code: fit_text(words).strip() for code, words in said.items()}
    first = next((plain[code] for code in languages if plain.get(code)), "") or next(
        filter(None, plain.values()), "…"
    )
    # ${…} would be taken for the answer to a question.
    return {
        f"{column}::{LANGUAGES[code]}": (plain.get(code) or first).replace("${", "$ {") for code in languages
    }


def _audio(spoken: Mapping[str, str], languages: Sequence[str]) -> Row:
    return {f"media::audio::{LANGUAGES[code]}": spoken[code] for code in languages if code in spoken}


@dataclass(frozen=True, slots=True)
class Guide:
    """What an interview of a kind asks, in `languages`, the first of which it opens in."""

    form_id: str
    title: str
    kind: str
    languages: Sequence[str]
    consents: Mapping[str, str]  # the text that is read to a teller, by language
    prompts: Sequence[Prompt]
    countries: Mapping[str, Mapping[str, str]]  # names by ISO code, then by language
    spoken: Mapping[str, str] = field(default_factory=dict)  # the consent text read aloud: the file's name


def interview(guide: Guide) -> Form:
    """The form of a guide. Raises Refused where the guide can't be one, in pyxform's words."""
    asked = guide.prompts or [Prompt("story", app_words()[guide.kind], {})]  # as our own app does
    title = _labels("label", dict.fromkeys(guide.languages, guide.title), guide.languages)
    receipt = {code: f"{words}: **${{receipt_code}}**" for code, words in app_words()["receipt"].items()}
    survey = [
        {"type": "start", "name": "told"},
        {"type": "calculate", "name": "kind", "calculation": f"'{guide.kind}'"},
        {"type": "calculate", "name": "receipt_code", "calculation": _RECEIPT_CODE},
        *_consent(guide),
        {"type": "begin_group", "name": "story", **title},
        *(row for prompt in asked for row in _question(prompt, guide.languages)),
        *(_photos(guide.languages) if guide.kind in _WITH_PHOTOS else []),
        {"type": "end_group"},
        {
            "type": "note",
            "name": "receipt",
            **{f"label::{LANGUAGES[code]}": receipt[code] for code in guide.languages},
        },
    ]
    return _form(guide.form_id, guide.title, guide.languages, survey, _choices(guide))


def _ask(languages: Sequence[str], type_: str, name: str, word: str, **more: str) -> Row:
    """A question in one of the fixed words that our own app asks with."""
    return {"type": type_, "name": name, **_labels("label", app_words()[word], languages), **more}


def _consent(guide: Guide) -> list[Row]:
    """The questions that come first, with the limits that minors have."""
    ask, must = partial(_ask, guide.languages), {"required": "yes"}
    text = {**_labels("label", guide.consents, guide.languages), **_audio(guide.spoken, guide.languages)}
    may_be_named = f"not({_MINOR}) or . != 'named' and . != 'first_name'"
    return [
        ask("begin_group", "consent", "consent"),
        ask("select_one languages", "language", "language", **must),
        ask("note", "consent_help", "consent_help"),
        {"type": "note", "name": "consent_text", **text},
        ask("select_one explained", "explained", "explained", **must),
        ask("select_multiple uses", "uses", "uses"),
        ask("text", "name", "name"),
        ask("integer", "birth_year", "birth_year", constraint=f". >= 1900 and . <= {_THIS_YEAR}"),
        ask("select_one yes_no", "is_minor", "minor", **must),
        ask("text", "guardian", "guardian", relevant=_MINOR, constraint="string-length(.) <= 160", **must),
        ask("text", "relation", "relation", relevant=_MINOR),
        ask("select_one naming", "naming", "naming", constraint=may_be_named, **must),
        ask("text", "alias", "other_name", relevant="${naming} = 'alias'", **must),
        ask("select_one place", "place", "place", constraint=f"not({_MINOR}) or . != 'exact'", **must),
        ask("select_one countries", "country", "country"),
        ask("text", "region", "region"),
        ask("text", "spot", "spot", relevant="${place} = 'exact'"),
        ask("geopoint", "position", "exact", relevant="${place} = 'exact'"),
        ask("text", "left", "left_from"),
        ask("text", "reached", "reached"),
        ask("select_one face", "face", "face", constraint=f"not({_MINOR}) or . != 'show'", **must),
        ask("select_one voice", "voice", "voice", **must),
        ask("date", "until", "until", constraint=". >= today()"),
        ask("audio", "answer", "record_answer"),
        ask("image", "signature", "sign", appearance="signature", relevant="${answer} = ''", **must),
        {"type": "end_group"},
    ]


def _question(prompt: Prompt, languages: Sequence[str]) -> list[Row]:
    """A prompt, to be answered with a film, with sound, or in writing."""
    ask, name = partial(_ask, languages), _name_of(prompt.id)
    has_hint = any(map(str.strip, prompt.hint.values()))
    labels = {**_labels("label", prompt.text, languages), **_audio(prompt.spoken, languages)}
    hints = _labels("hint", prompt.hint, languages) if has_hint else {}
    return [
        {"type": "note", "name": f"q_{name}", **labels, **hints},
        ask("video", f"video_{name}", "record_video"),
        ask("audio", f"audio_{name}", "record_audio"),
        ask("text", f"text_{name}", "write", appearance="multiline"),
    ]


def _photos(languages: Sequence[str]) -> list[Row]:
    ask, hint = partial(_ask, languages), _labels("hint", app_words()["hint_photo"], languages)
    return [
        ask("begin_repeat", "photos", "take_photo"),
        ask("image", "photo", "take_photo", **hint),
        ask("text", "caption", "write"),
        {"type": "end_repeat"},
    ]


def _choices(guide: Guide) -> list[Row]:
    own_names = {code: dict.fromkeys(guide.languages, LANGUAGES[code]) for code in guide.languages}
    lists: Mapping[str, Mapping[str, Mapping[str, str]]] = {
        **{name: {value: app_words()[value] for value in values} for name, values in _CHOICES.items()},
        "languages": own_names,
        "countries": guide.countries,
    }
    return [
        {"list_name": name, "name": value, **_labels("label", said, guide.languages)}
        for name, values in lists.items()
        for value, said in values.items()
    ]


def training(
    form_id: str, title: str, language: str, text: str, questions: Sequence[Mapping[str, Any]]
) -> Form:
    """A module with its check before and after, in its one language. Raises Refused."""
    code = [language]
    survey: list[Row] = [{"type": "start", "name": "told"}]
    choices: list[Row] = []
    for moment, word in (("before", "before_check"), ("after", "after_check")):
        if moment == "after":
            survey.append({"type": "note", "name": "module", **_labels("label", {language: text}, code)})
        survey.append({"type": "begin_group", "name": moment, **_labels("label", app_words()[word], code)})
        survey += [
            {
                "type": f"select_one a{n}",
                "name": f"{moment}_{n}",
                "required": "yes",
                **_labels("label", {language: str(q.get("text", ""))}, code),
            }
            for n, q in enumerate(questions)
        ]
        survey.append({"type": "end_group"})
    for n, question in enumerate(questions):
        choices += [
            {"list_name": f"a{n}", "name": f"c{m}", **_labels("label", {language: str(answer)}, code)}
            for m, answer in enumerate(question.get("answers", ()))
        ]
    return _form(form_id, title, code, survey, choices)


def _form(form_id: str, title: str, languages: Sequence[str], survey: list[Row], choices: list[Row]) -> Form:
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    title = fit_text(title)
    version = hashlib.sha256(repr((title, survey, choices)).encode()).hexdigest()[:12]
    setting = {
        "form_title": title,
        "form_id": form_id,
        "version": version,
        "default_language": LANGUAGES[languages[0]],
    }
    try:
        made = convert({"survey": survey, "choices": choices, "settings": [setting]}, form_name="data")
    except PyXFormError as error:
        raise Refused(f"{title}: it can't be made into a form: {error}") from error
    return Form(form_id, title, version, made.xform)


def _name_of(prompt_id: str) -> str:
    """A prompt's id as the name of a question."""
    return re.sub(r"\W", "_", prompt_id, flags=re.ASCII)[:48] or "story"
