"""The newsroom's translator as wagtail-localize wants it. What it translates is marked until a person
has read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from wagtail_localize.machine_translators.base import BaseMachineTranslator
from wagtail_localize.strings import StringValue

from griot.helpers.clients import helper_from
from griot.helpers.protocols import HelperError


class Machine(BaseMachineTranslator):
    """LibreTranslate, DeepL or an OpenAI-compatible service, by the one address in GRIOT_TRANSLATOR."""

    display_name = "the newsroom’s translator"

    def can_translate(self, source_locale: Any, target_locale: Any) -> bool:
        return bool(settings.TRANSLATOR) and source_locale.language_code != target_locale.language_code

    def translate(
        self, source_locale: Any, target_locale: Any, strings: Sequence[StringValue]
    ) -> dict[StringValue, StringValue]:
        helper = helper_from(settings.TRANSLATOR)
        found = {}
        for string in strings:
            if "<" in string.data:
                continue  # links inside a sentence would be lost; a person places them
            try:
                words = helper.translate(
                    string.render_text(), source_locale.language_code, target_locale.language_code
                )
            except HelperError:
                continue  # stays untranslated, and says so
            found[string] = StringValue.from_plaintext(words)
        return found
