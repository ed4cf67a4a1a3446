"""Marking what messengers answer in their training."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from griot.locking import one_after_another
from griot.testimonies.core.errors import Refused
from griot.testimonies.intake.allowance import see_to_tries
from griot.testimonies.models import Messenger, Module, Training

PASS_SHARE = 0.75  # of a module's questions


@transaction.atomic
def mark(messenger: Messenger, module: Module, before: Any, after: Any, sent: str = "") -> Training:
    """Write a try at a module down, marked here and not on the phone: answers before and after, a number
    for each question.

    What was `sent` already is no other try. Raises Refused for what does not answer each of them, or for too
    many tries; `before` may be None.
    """
    if sent:
        one_after_another(f"training {messenger.pk} {sent}")
        if known := module.trainings.filter(messenger=messenger, sent=sent).first():
            return known
    first, last = _right(module, before), _right(module, after)
    if last is None:
        raise Refused("after: the answers to the module's questions are expected")
    see_to_tries(messenger)
    count = len(module.questions)
    return Training.objects.create(
        messenger=messenger,
        module=module,
        before=first,
        after=last,
        of=count,
        is_passed=last >= count * PASS_SHARE,
        sent=sent,
    )


def _right(module: Module, answers: Any) -> int | None:
    if answers is None:
        return None
    if not isinstance(answers, list) or len(answers) != len(module.questions):
        raise Refused("an answer to each question is expected")
    return sum(
        answer == question.get("right") for answer, question in zip(answers, module.questions, strict=True)
    )
