"""What is measured is what there is: no page or act of the desk is forgotten by `./griot bench desk`."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path

from django.urls import get_resolver

from griot.digest.desk.actions import ACTS
from griot.digest.desk.views import SHIFT

_BENCH = Path(__file__).resolve().parents[1] / "benchmarks" / "desk.py"
DESK = run_path(str(_BENCH), run_name="bench_desk")


def names_in(namespace: str) -> set[str]:
    [admin] = [found for found in get_resolver().url_patterns if "wagtail.admin" in str(found)]
    _, within = admin.namespace_dict[namespace]
    return {f"{namespace}:{name}" for name in within.reverse_dict if isinstance(name, str)}


def test_every_address_of_the_desk_and_the_issue_is_measured_or_left_out_for_a_reason():
    assert names_in("desk") | names_in("digest") == DESK["ASKED"] | set(DESK["LEFT_OUT"])


def test_every_act_of_the_desk_is_measured():
    assert set(DESK["GIVEN"]) == set(ACTS)
    assert set(DESK["SHIFTED"]) == set(SHIFT)
