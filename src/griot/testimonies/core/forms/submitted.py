"""What comes back from ODK Collect and KoboCollect: answers and files, read without the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import etree

from griot.testimonies.core.errors import Refused
from griot.testimonies.core.types import KINDS, MOST_FILES

MOST_XML = 1024 * 1024  # bytes of a submission's answers


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submission: of which form, its own id, its answers by question, and the files that it names, in
    order. One that was edited on the phone names the id it had `before`.
    """

    form_id: str
    instance: str
    answers: Mapping[str, str]
    files: Sequence[SubmittedFile]
    before: str = ""


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
    captions: dict[Any, str] = {}  # the next below each element
    for element in reversed(list(_elements(root))):
        name, text, above = etree.QName(element).localname, (element.text or "").strip(), element.getparent()
        if name == "caption":
            captions[above] = text
        elif len(element) or not text:
            continue
        elif _IS_FILE.fullmatch(name):
            files.append(SubmittedFile(text, name, captions.get(above, "")))
        else:
            answers[name] = text  # the first of a name is the last that is met
    if len(files) > MOST_FILES:
        raise Refused(
            f"xml_submission_file: it names {len(files)} files, and a testimony has at most {MOST_FILES}"
        )
    files.reverse()
    instance, before = (answers.get(n, "").removeprefix("uuid:") for n in ("instanceID", "deprecatedID"))
    if before == instance:
        before = ""
    if not instance:
        raise Refused("xml_submission_file: its instanceID is missing")
    return Submitted(root.get("id", ""), instance, answers, files, before)


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
            "birth_year": a.get("birth_year"),
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
