"""The figures of `./griot evaluate_press` as a person reads them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

from rich.console import Console
from rich.table import Table

from griot.demo.field import ANSWERS


def print_tables(found: dict[str, dict[str, Any]], small: dict[str, Any], field: dict[str, Any]) -> None:
    """What was measured on each set, on the small sets, and on the field cases."""
    _print(found)
    _print_small(small)
    _print_field(field)


def _print_small(small: dict[str, Any]) -> None:
    s, wrong = small["pairwise"], ", ".join(small["with_a_wrong_pair"]) or "none"
    print(f"\nstories, {small['sets']} small sets of look-alikes, each alone, pairwise P / R / F1:")
    print(f"{s['p']:.3f} / {s['r']:.3f} / {s['f1']:.3f}; with a wrong pair: {wrong}")


def _print_field(field: dict[str, Any]) -> None:
    print("\nfield cases, the check: true lines not refused (undecided); wrong lines stopped (refused)")
    rows = [*field["check"].items(), ("all", sum((Counter(c) for c in field["check"].values()), Counter()))]
    for kind, told in rows:
        said = Counter(told)
        true = sum(said[f"true {how}"] for how in ANSWERS)
        wrong = sum(said[f"wrong {how}"] for how in ANSWERS)
        print(
            f"  {kind:<16} {true - said['true refused']} of {true} ({said['true undecided']});"
            f" {wrong - said['wrong supported']} of {wrong} ({said['wrong refused']})"
        )
    print("field cases, drafted lines that are right:")
    print("  " + ", ".join(f"{kind} {f['right']} of {f['of']}" for kind, f in field["draft"].items()))


def _print(found: dict[str, dict[str, Any]]) -> None:
    console = Console(width=120 if not sys.stdout.isatty() else None)
    table = Table(title="The press engine", box=None, pad_edge=False)
    table.add_column("what")
    for name, facts in found.items():
        table.add_column(f"{name} ({facts['articles']} articles)", justify="right")

    def row(label: str, tell: Callable[[dict[str, Any]], str]) -> None:
        table.add_row(label, *(tell(facts) for facts in found.values()))

    def prf(key: str) -> Callable[[dict[str, Any]], str]:
        return lambda f: f"{f[key]['p']:.3f} / {f[key]['r']:.3f} / {f[key]['f1']:.3f}" if key in f else "–"

    row("stories, pairwise P / R / F1", prf("pairwise"))
    row("stories, B³ P / R / F1", prf("b3"))
    row("… within one language", prf("within_languages"))
    row("… across languages", prf("across_languages"))
    row("shuffled within the hour: most change of F1", lambda f: f"{f['order']['most_change']:.4f}")
    row("copies P / R / F1", prf("copies"))
    row("reprints with changed headline, lead or ending", prf("reprints"))
    row(
        "traps recognised",
        lambda f: f"{f['traps']['recognised']} of {f['traps']['of']}" if "traps" in f else "–",
    )
    row("beat, recall@12", lambda f: f"{f['recall_at_12']:.3f}" if "recall_at_12" in f else "–")
    row("beat, recall@20", lambda f: f"{f['recall_at_20']:.3f}")

    def check(tell: Callable[[dict[str, Any]], str]) -> Callable[[dict[str, Any]], str]:
        return lambda f: tell(f["check"]) if "check" in f else "–"

    row("line check, recall of changed facts", check(lambda c: f"{c['recall']:.3f} ({c['changed']} lines)"))
    row("line check, precision", check(lambda c: f"{c['precision']:.3f} ({c['true']} true lines)"))
    row(
        "line check, undecided: true and changed lines",
        check(
            lambda c: (
                f"{c['undecided']['true'] / c['true']:.3f} / {c['undecided']['changed'] / c['changed']:.3f}"
            )
        ),
    )
    console.print(table)
    for name, facts in found.items():
        if "check" in facts:
            kinds = ", ".join(f"{k} {v}" for k, v in facts["check"]["kinds"].items())
            console.print(f"\n{name}, changed facts refused: {kinds}")
