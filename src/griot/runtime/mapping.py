"""`./griot draw_map`: the rooms of the house and the imports between them, drawn into ARCHITECTURE.md.

A room is a folder. Loose modules of an app are its doors where nothing inside imports them (views, jobs,
commands), and else its ground (models and what stands beside them). An arrow that others imply is left out.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from griot.bootstrap import say
from griot.runtime.state import ROOT

Graph = Mapping[str, set[str]]

PAGE = ROOT / "ARCHITECTURE.md"
BEGINS, ENDS = "<!-- drawn by ./griot draw_map -->\n", "<!-- end of the drawing -->"
_SCRIPT_IMPORT = re.compile(r"""^\s*(?:import|export)\b[^"';]*?["'](\.{1,2}/[^"']+)["']""", re.MULTILINE)


def run(name: str, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="./griot draw_map", description="Draw the house into ARCHITECTURE.md."
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether the drawing is that of the code"
    )
    only_check = parser.parse_args(arguments).check
    before = PAGE.read_text()
    try:
        after = with_drawing(before, drawing(python_imports()))
    except ValueError as error:
        say(str(error))
        return 1
    if before == after:
        return 0
    if only_check:
        say("ARCHITECTURE.md shows another house than the code is; ./griot draw_map draws it anew")
        return 1
    PAGE.write_text(after)
    return 0


def python_imports() -> dict[str, set[str]]:
    """Each module of ours with those that it imports directly, inside functions and for types, too."""
    import grimp

    graph = grimp.build_graph("griot")
    return {m: set(graph.find_modules_directly_imported_by(m)) for m in graph.modules}


def script_imports(folder: Path) -> dict[str, set[str]]:
    """Each TypeScript module below `folder` with those that it imports, types included, by their paths."""
    found: dict[str, set[str]] = {}
    for path in sorted(folder.rglob("*.ts")):
        targets = {(path.parent / name).resolve() for name in _SCRIPT_IMPORT.findall(path.read_text())}
        files = {t.with_name(f"{t.name}.ts") for t in targets}
        found[str(path.relative_to(folder))] = {str(f.relative_to(folder)) for f in files if f.is_file()}
    return found


def circles(graph: Graph) -> list[set[str]]:
    """The groups of nodes that reach each other: Tarjan's strongly connected components of more than one."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    found: list[set[str]] = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        open_.append(node)
        for other in sorted(graph.get(node, ())):
            if other not in order:
                visit(other)
                lowest[node] = min(lowest[node], lowest[other])
            elif other in open_:
                lowest[node] = min(lowest[node], order[other])
        if lowest[node] == order[node]:
            at = open_.index(node)
            group = set(open_[at:])
            del open_[at:]
            if len(group) > 1:
                found.append(group)

    for node in sorted(graph):
        if node not in order:
            visit(node)
    return found


# --- the drawing ---------------------------------------------------------------------------


def drawing(imports: Graph) -> str:
    """The house as a Mermaid flowchart: a box for each app, a node for each room.

    Raises ValueError where rooms import each other in a circle: no arrow of it could be left out.
    """
    room_of = _rooms(imports)
    arrows: dict[str, set[str]] = defaultdict(set)
    for module, targets in imports.items():
        for target in targets:
            here, there = room_of.get(module), room_of.get(target)
            if here and there and here != there:
                arrows[here].add(there)
    if found := circles(arrows):
        raise ValueError(f"rooms import each other in a circle: {', '.join(sorted(found[0]))}")
    houses: dict[str, set[str]] = defaultdict(set)
    for room in room_of.values():
        houses[room.partition("/")[0]].add(room)
    lines = ["```mermaid", "flowchart TD"]
    for house, rooms in sorted(houses.items()):
        if rooms == {house}:
            lines.append(f"    {_id(house)}[{house}]")
            continue
        lines.append(f"    subgraph {_id(house)}_[{house}]")
        lines += [f"        {_id(room)}[{room.partition('/')[2]}]" for room in sorted(rooms)]
        lines.append("    end")
    lines += [f"    {_id(a)} --> {_id(b)}" for a, bs in sorted(_reduced(arrows).items()) for b in sorted(bs)]
    return "\n".join([*lines, "```"]) + "\n"


def with_drawing(page: str, drawn: str) -> str:
    """The page with this drawing in place of the one before. Raises ValueError where there is no place."""
    before, begins, rest = page.partition(BEGINS)
    _, ends, after = rest.partition(ENDS)
    if not (begins and ends):
        raise ValueError(f"{PAGE.name} has no place for the drawing: {BEGINS.strip()} … {ENDS}")
    return f"{before}{begins}{drawn}{ends}{after}"


def _rooms(imports: Graph) -> dict[str, str]:
    """The room of each module: app/folder, app/folder/folder in a core, app/doors, app/ground, or the app."""
    folders = {m.rpartition(".")[0] for m in imports}
    entered = {
        target for module, targets in imports.items() for target in targets if _is_inside(module, target)
    }
    found = {}
    for module in imports:
        _, *parts = module.split(".")
        if len(parts) < 2 or "migrations" in parts:
            continue
        app, at = parts[0], parts[1]
        if f"griot.{app}.core" not in folders:
            found[module] = app
        elif f"griot.{app}.{at}" not in folders or at in {"models", "management"}:
            found[module] = f"{app}/ground" if at == "models" or module in entered else f"{app}/doors"
        elif at == "core" and f"griot.{app}.core.{''.join(parts[2:3])}" in folders:
            found[module] = f"{app}/core/{parts[2]}"
        else:
            found[module] = f"{app}/{at}"
    return found


def _is_inside(module: str, target: str) -> bool:
    """Whether a room of an app, or its models, import one of the app's loose modules."""
    _, app, *parts = [*module.split("."), ""]
    is_loose = target.startswith(f"griot.{app}.") and target.count(".") == 2
    is_room = len(parts) > 2 and parts[0] not in {"management", "migrations"}
    return is_loose and (is_room or parts[0] == "models")


def _reduced(arrows: Graph) -> dict[str, set[str]]:
    """The arrows without those that a longer way implies: the transitive reduction of a circle-free graph."""
    return {
        room: {
            there
            for there in targets
            if not any(there in _reached(arrows, [other]) for other in targets if other != there)
        }
        for room, targets in arrows.items()
    }


def _reached(arrows: Graph, begin: Iterable[str]) -> set[str]:
    found: set[str] = set()
    ahead = list(begin)
    while ahead:
        for target in arrows.get(ahead.pop(), ()):
            if target not in found:
                found.add(target)
                ahead.append(target)
    return found


def _id(room: str) -> str:
    return room.replace("/", "_")
