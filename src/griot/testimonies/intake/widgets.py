"""Lists in the admin, typed in fields instead of as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms

Column = tuple[
    str, str, str
]  # name, label, kind: text, long, lines, number, name (made from the first long one)


class Rows(forms.Textarea):
    """A JSON list of objects, a row each. Without a script it is the JSON itself."""

    def __init__(self, columns: Sequence[Column], called: str) -> None:
        super().__init__(attrs={"data-griot-rows": json.dumps(columns), "data-called": called, "rows": 12})

    @property
    def media(self) -> Any:
        return forms.Media(js=["griot/rows.js"])


PROMPTS = Rows(
    [
        ("id", "Short name, the same in every language", "name"),
        ("text", "What is asked", "long"),
        ("hint", "A hint for the messenger", "text"),
    ],
    "prompt",
)
QUESTIONS = Rows(
    [
        ("text", "Question", "long"),
        ("answers", "Answers, one a line", "lines"),
        ("right", "The right one, counted from 1", "number"),
    ],
    "question",
)
