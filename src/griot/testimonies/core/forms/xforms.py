"""Interview guides and training as XForms, for ODK Collect and KoboCollect; and what their answers say.

A form is described as rows of XLSForm (xlsform.org), which pyxform turns into the XForm of
getodk.github.io/xforms-spec. Consent comes first in it, with the same questions and words as in our own app;
nothing of the story is asked before. The names of the questions are ours, so that an answer is read without
looking at the form.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lxml import etree

from griot.runtime.state import ROOT
from griot.testimonies.core.errors import Refused
from griot.testimonies.core.types import KINDS, USES

WORDS = ROOT / "capture" / "src" / "words.txt"
LANGUAGES = {
    "en": "English (en)",
    "fr": "Français (fr)",
    "pt": "Português (pt)",
    "ar": "العربية (ar)",
    "wo": "Wolof (wo)",
}
MOST_XML = 1024 * 1024  # bytes of a submission's answers
# From the 16 figures of a UUID to letters of a receipt; the dash has none, so it goes.
_TO_RECEIPT = ("0123456789abcdef-", "ABCDEFGHJKLMNPQR")
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "uses": USES,
    "explained": ("read", "played"),
    "naming": ("unnamed", "alias", "first_name", "named"),
    "place": ("country", "region", "exact"),
    "face": ("blur", "show", "hide"),
    "voice": ("alter", "show", "hide"),
    "yes_no": ("no", "yes"),
}
_WITH_PHOTOS = ("portrait", "object", "photo_essay")
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # for XML 1.0
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
def _words() -> dict[str, dict[str, str]]:
    rows = (line.split("|") for line in WORDS.read_text().splitlines() if line)
    return {name: dict(zip(LANGUAGES, said, strict=True)) for name, *said in rows}


def _labels(column: str, said: Mapping[str, str], languages: Sequence[str]) -> Row:
    """A column for each language; one that has no words of its own gets the first that has."""
    plain = {code: _UNFIT.sub("", words).strip() for code, words in said.items()}
    first = next((plain[code] for code in languages if plain.get(code)), "") or next(
        filter(None, plain.values()), "…"
    )
    # ${…} would be taken for the answer to a question.
    return {
        f"{column}::{LANGUAGES[code]}": (plain.get(code) or first).replace("${", "$ {") for code in languages
    }


def _audio(spoken: Mapping[str, str], languages: Sequence[str]) -> Row:
    return {f"media::audio::{LANGUAGES[code]}": spoken[code] for code in languages if code in spoken}


def interview(
    form_id: str,
    title: str,
    kind: str,
    languages: Sequence[str],
    consents: Mapping[str, str],
    prompts: Sequence[Prompt],
    countries: Mapping[str, Mapping[str, str]],
    spoken: Mapping[str, str] | None = None,
) -> Form:
    """The form of a guide. `consents` is the text that is read to a teller, `countries` are names by ISO
    code, and `spoken` the files in which the consent text is read aloud, all by language.

    Raises Refused where the guide can't be a form, in pyxform's words.
    """

    def ask(type_: str, name: str, word: str, **more: str) -> Row:
        return {"type": type_, "name": name, **_labels("label", _words()[word], languages), **more}

    must = {"required": "yes"}
    minor = (
        "(${is_minor} = 'yes' or (${birth_year} != '' and ${birth_year} > number(format-date(today(), '%Y'))"
        " - 19))"
    )
    own = ("named", "first_name")
    survey: list[Row] = [
        {"type": "start", "name": "told"},
        {"type": "calculate", "name": "kind", "calculation": f"'{kind}'"},
        {
            "type": "calculate",
            "name": "receipt_code",
            "calculation": f"once(substr(translate(uuid(), '{_TO_RECEIPT[0]}', '{_TO_RECEIPT[1]}'), 0, 12))",
        },
        {"type": "begin_group", "name": "consent", **_labels("label", _words()["consent"], languages)},
        {
            "type": "select_one languages",
            "name": "language",
            **_labels("label", _words()["language"], languages),
            **must,
        },
        {"type": "note", "name": "consent_help", **_labels("label", _words()["consent_help"], languages)},
        {
            "type": "note",
            "name": "consent_text",
            **_labels("label", consents, languages),
            **_audio(spoken or {}, languages),
        },
        ask("select_one explained", "explained", "explained", **must),
        ask("select_multiple uses", "uses", "uses"),
        ask("text", "name", "name"),
        ask(
            "integer",
            "birth_year",
            "birth_year",
            constraint=". >= 1900 and . <= number(format-date(today(), '%Y'))",
        ),
        ask("select_one yes_no", "is_minor", "minor", **must),
        ask("text", "guardian", "guardian", relevant=minor, constraint="string-length(.) <= 160", **must),
        ask("text", "relation", "relation", relevant=minor),
        ask(
            "select_one naming",
            "naming",
            "naming",
            constraint=f"not({minor}) or {' and '.join(f'. != {chr(39)}{n}{chr(39)}' for n in own)}",
            **must,
        ),
        ask("text", "alias", "other_name", relevant="${naming} = 'alias'", **must),
        ask("select_one place", "place", "place", constraint=f"not({minor}) or . != 'exact'", **must),
        ask("select_one countries", "country", "country"),
        ask("text", "region", "region"),
        ask("text", "spot", "spot", relevant="${place} = 'exact'"),
        ask("geopoint", "position", "exact", relevant="${place} = 'exact'"),
        ask("text", "left", "left_from"),
        ask("text", "reached", "reached"),
        ask("select_one face", "face", "face", constraint=f"not({minor}) or . != 'show'", **must),
        ask("select_one voice", "voice", "voice", **must),
        ask("date", "until", "until", constraint=". >= today()"),
        ask("audio", "answer", "record_answer"),
        ask("image", "signature", "sign", appearance="signature", relevant="${answer} = ''", **must),
        {"type": "end_group"},
        {
            "type": "begin_group",
            "name": "story",
            **_labels("label", dict.fromkeys(languages, title), languages),
        },
    ]
    for prompt in prompts or [Prompt("story", _words()[kind], {})]:  # as our own app does
        name = _name_of(prompt.id)
        survey += [
            {
                "type": "note",
                "name": f"q_{name}",
                **_labels("label", prompt.text, languages),
                **_audio(prompt.spoken, languages),
                **(
                    _labels("hint", prompt.hint, languages)
                    if any(map(str.strip, prompt.hint.values()))
                    else {}
                ),
            },
            ask("video", f"video_{name}", "record_video"),
            ask("audio", f"audio_{name}", "record_audio"),
            ask("text", f"text_{name}", "write", appearance="multiline"),
        ]
    if kind in _WITH_PHOTOS:
        survey += [
            {"type": "begin_repeat", "name": "photos", **_labels("label", _words()["take_photo"], languages)},
            {**ask("image", "photo", "take_photo"), **_labels("hint", _words()["hint_photo"], languages)},
            ask("text", "caption", "write"),
            {"type": "end_repeat"},
        ]
    survey += [
        {"type": "end_group"},
        {
            "type": "note",
            "name": "receipt",
            **{
                f"label::{LANGUAGES[c]}": f"{_words()['receipt'][c]}: **${{receipt_code}}**"
                for c in languages
            },
        },
    ]
    choices = [
        {"list_name": name, "name": value, **_labels("label", _words()[value], languages)}
        for name, values in _CHOICES.items()
        for value in values
    ]
    choices += [
        {
            "list_name": "languages",
            "name": c,
            **_labels("label", dict.fromkeys(languages, LANGUAGES[c]), languages),
        }
        for c in languages
    ]
    choices += [
        {"list_name": "countries", "name": c, **_labels("label", names, languages)}
        for c, names in countries.items()
    ]
    return _form(form_id, title, languages, survey, choices)


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
        survey.append({"type": "begin_group", "name": moment, **_labels("label", _words()[word], code)})
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


# --- what comes back -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission: of which form, its own id, its answers by question, and the files that it names, in
    order.
    """

    form_id: str
    instance: str
    answers: Mapping[str, str]
    files: Sequence[SubmittedFile]


@dataclass(frozen=True, slots=True)
class SubmittedFile:
    """A file that belongs to a submission: the question it answers, and the words beside it."""

    name: str
    question: str
    caption: str = ""


_IS_FILE = re.compile(r"(?:answer|signature|photo|(?:video|audio)_\w+)")


def read(xml: bytes) -> Submitted:
    """What a submission says. Raises Refused for what is none; entities and networks are never followed."""
    if len(xml) > MOST_XML:
        raise Refused(f"xml_submission_file: at most {MOST_XML // 1024} KB are taken")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(f"xml_submission_file: this is no XML ({error})") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Refused("xml_submission_file: a document type is not taken")
    answers: dict[str, str] = {}
    files: list[SubmittedFile] = []
    for element in _elements(root):
        name, text = etree.QName(element).localname, (element.text or "").strip()
        if len(element) or not text:
            continue
        if _IS_FILE.fullmatch(name):
            beside = next(
                (e.text for e in element.itersiblings() if etree.QName(e).localname == "caption"), None
            )
            files.append(SubmittedFile(text, name, (beside or "").strip()))
        elif name != "caption":
            answers.setdefault(name, text)
    instance = answers.get("instanceID", "").removeprefix("uuid:")
    if not instance:
        raise Refused("xml_submission_file: its instanceID is missing")
    return Submitted(root.get("id", ""), instance, answers, files)


def _elements(root: Any) -> Iterator[Any]:
    return (e for e in root.iter() if isinstance(e.tag, str))


def as_sent(said: Submitted, pk: str, evidence: str) -> dict[str, Any]:
    """A submission of an interview in the shape that our own app sends (`intake.take_testimony`)."""
    a = said.answers
    position = a.get("position", "").split()
    guardian = {"name": a["guardian"], "relation": a.get("relation", "")} if a.get("guardian") else None
    words = {name.removeprefix("text_"): text for name, text in a.items() if name.startswith("text_")}
    captions = [f.caption for f in said.files if f.caption]
    return {
        "id": pk,
        "kind": a.get("kind") if a.get("kind") in KINDS else "",
        "language": a.get("language", ""),
        "told": a.get("told"),
        "receipt": a.get("receipt_code", ""),
        "teller": {
            "name": a.get("name"),
            "alias": a.get("alias"),
            "birth_year": int(a["birth_year"]) if a.get("birth_year", "").isdecimal() else None,
            "country": a.get("country"),
            "region": a.get("region"),
            "spot": a.get("spot"),
            "left": a.get("left"),
            "reached": a.get("reached"),
            **(
                {"latitude": float(position[0]), "longitude": float(position[1])}
                if _is_position(position)
                else {}
            ),
        },
        "answers": {**words, **({"captions": "\n".join(captions)} if captions else {})},
        "consent": {
            "uses": a.get("uses", "").split(),
            "naming": a.get("naming"),
            "place": a.get("place"),
            "face": a.get("face"),
            "voice": a.get("voice"),
            "until": a.get("until", ""),
            "language": a.get("language", ""),
            "explained": a.get("explained"),
            "given": a.get("told"),
            "evidence": evidence,
            "is_minor": a.get("is_minor") == "yes",
            "guardian": guardian,
        },
    }


def _is_position(parts: Sequence[str]) -> bool:
    return len(parts) >= 2 and all(re.fullmatch(r"-?\d{1,3}(\.\d+)?", part) for part in parts[:2])


def choices_of(said: Submitted, moment: str, count: int) -> list[int]:
    """The answers given to a training's questions at a moment ("before", "after"), as numbers; -1 for
    none.
    """
    given = (said.answers.get(f"{moment}_{n}", "") for n in range(count))
    return [int(g[1:]) if re.fullmatch(r"c\d{1,3}", g) else -1 for g in given]
