"""A map of where stories are told, as SVG: the shapes of countries, and marks no more precise than what
is handed in.

The shapes are TopoJSON (github.com/topojson/topojson-specification) of Natural Earth, which the phone
app's build brings; countries are known in it by their ISO numbers. Plate carrée, narrowed by the cosine of
the middle latitude.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel.core import get_global

Point = tuple[float, float]  # longitude, latitude in degrees
WIDTH = 720  # of the drawing
LEAST_SPAN, MARGIN = 34.0, 0.18  # degrees; share of what is shown, on each side
WIDEST = 0.56  # height by width


@dataclass(frozen=True, slots=True)
class Mark:
    """Stories at one place: where it leads, what it says, and how many."""

    url: str
    label: str
    count: int
    country: str = ""
    at: Point | None = None  # without it, the middle of the country


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark on the drawing."""

    x: float
    y: float
    radius: float
    mark: Mark


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the template draws: paths of countries, told of or not, and marks."""

    width: int
    height: int
    land: str
    told: str
    marks: tuple[Placed, ...]


def shapes(path: Path) -> Mapping[str, Sequence[Sequence[Point]]]:
    """The rings of each country by ISO code; nothing where the file is not there (the phone app could
    not be built).
    """
    return _shapes(path, path.stat().st_mtime) if path.is_file() else {}


@lru_cache(maxsize=1)
def _shapes(path: Path, _changed: float) -> Mapping[str, Sequence[Sequence[Point]]]:
    topology = json.loads(path.read_text())
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs: list[list[Point]] = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * sx + tx, y * sy + ty))
        arcs.append(line)

    def ring(indices: Sequence[int]) -> list[Point]:
        found: list[Point] = []
        for i in indices:
            line = arcs[i] if i >= 0 else arcs[~i][::-1]
            found += line[1:] if found else line
        return found

    numbers = get_global("territory_aliases")
    known: dict[str, Sequence[Sequence[Point]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = next(iter(numbers.get(str(geometry.get("id", "")), [])), f"-{len(known)}")
        polygons = {"Polygon": [geometry.get("arcs", [])], "MultiPolygon": geometry.get("arcs", [])}.get(
            geometry["type"], []
        )
        known[code] = [ring(part) for polygon in polygons for part in polygon]
    return known


def _middle(rings: Sequence[Sequence[Point]]) -> Point:
    """The middle of a country's largest piece (its centroid by area)."""
    best, area = (0.0, 0.0), -1.0
    for ring in rings:
        twice = cx = cy = 0.0
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = x1 * y2 - x2 * y1
            twice, cx, cy = twice + cross, cx + (x1 + x2) * cross, cy + (y1 + y2) * cross
        if abs(twice) > area and twice:
            best, area = (cx / (3 * twice), cy / (3 * twice)), abs(twice)
    return best


def draw(countries: Mapping[str, Sequence[Sequence[Point]]], marks: Sequence[Mark]) -> Drawing | None:
    """The part of the world that has marks. None where nothing can be placed."""
    placed: list[tuple[Point, Mark]] = []
    for mark in marks:
        if mark.at is not None:
            placed.append((mark.at, mark))
        elif countries.get(mark.country):
            placed.append((_middle(countries[mark.country]), mark))
    if not placed or not countries:
        return None
    west, east, south, north = _frame([at for at, _ in placed])
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / ((east - west) * narrow)
    height = round((north - south) * scale)

    def on(point: Point) -> Point:
        return (point[0] - west) * narrow * scale, (north - point[1]) * scale

    def path(codes: Any) -> str:
        lines = []
        for code in codes:
            for ring in countries[code]:
                if (
                    max(x for x, _ in ring) < west
                    or min(x for x, _ in ring) > east
                    or max(y for _, y in ring) < south
                    or min(y for _, y in ring) > north
                ):
                    continue
                lines.append("M" + "L".join(f"{x:.0f},{y:.0f}" for x, y in map(on, ring)) + "Z")
        return "".join(lines)

    told = {mark.country for mark in marks} & set(countries)
    return Drawing(
        WIDTH,
        height,
        path(c for c in countries if c not in told),
        path(sorted(told)),
        tuple(
            Placed(round(on(at)[0]), round(on(at)[1]), min(26, 11 + 2.5 * math.sqrt(mark.count)), mark)
            for at, mark in placed
        ),
    )


def _frame(points: Sequence[Point]) -> tuple[float, float, float, float]:
    """West, east, south, north of what is shown: all points, with a margin, never wider or higher
    than the world.
    """
    (west, east), (south, north) = ((min(v), max(v)) for v in zip(*points, strict=True))
    across = max(LEAST_SPAN, (east - west) * (1 + 2 * MARGIN))
    down = max(LEAST_SPAN * WIDEST, (north - south) * (1 + 2 * MARGIN))
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    narrow = math.cos(math.radians(middle_y))
    down = max(down, across * narrow * 0.5)
    across = max(across, down / WIDEST / narrow)
    across, down = min(across, 360.0), min(down, 170.0)
    west, south = max(-180.0, middle_x - across / 2), max(-85.0, middle_y - down / 2)
    west, south = min(west, 180.0 - across), min(south, 85.0 - down)
    return west, west + across, south, south + down
