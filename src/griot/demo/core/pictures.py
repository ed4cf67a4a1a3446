"""The demo's pictures: paper cut-outs drawn by code, our own making.

All coordinates are on a canvas of 1600 × 1000 units, drawn at twice the size and scaled down.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT, SCALE = 1600, 1000, 2
Colour = tuple[int, int, int]

NIGHT, DUSK, CLAY, SAND, CREAM = (24, 28, 48), (70, 52, 92), (168, 67, 31), (226, 178, 120), (250, 243, 230)
SEA, DEEP, LEAF, INK, GOLD = (52, 112, 132), (24, 66, 88), (70, 104, 72), (30, 30, 40), (240, 186, 84)
SKINS = [(92, 58, 44), (120, 78, 56), (70, 46, 38), (150, 104, 76)]
CLOTHS = [
    (196, 84, 48),
    (52, 112, 132),
    (240, 186, 84),
    (112, 72, 124),
    (70, 104, 72),
    (214, 128, 116),
    (236, 226, 206),
]


class Canvas:
    """Layers of flat paper with soft shadows between them."""

    def __init__(self, top: Colour, bottom: Colour, seed: int) -> None:
        self.random = random.Random(seed)
        strip = Image.new("RGB", (1, HEIGHT * SCALE))
        for y in range(HEIGHT * SCALE):
            t = y / (HEIGHT * SCALE)
            strip.putpixel((0, y), tuple(round(a + (b - a) * t) for a, b in zip(top, bottom, strict=True)))
        self.image = strip.resize((WIDTH * SCALE, HEIGHT * SCALE))
        self._begin()

    def _begin(self) -> None:
        self.layer = Image.new("RGBA", self.image.size)
        self.pen = ImageDraw.Draw(self.layer)

    def drop(self, depth: int = 10) -> None:
        """Lay the current layer down, with its shadow."""
        alpha = self.layer.getchannel("A")
        shadow = Image.new("RGBA", self.image.size, (10, 10, 20, 0))
        soft = alpha.filter(ImageFilter.GaussianBlur(depth * SCALE / 2)).point(lambda a: a * 0.4)
        shadow.putalpha(soft)
        self.image.paste(shadow, (depth * SCALE // 3, depth * SCALE // 2), shadow)
        self.image.paste(self.layer, (0, 0), self.layer)
        self._begin()

    def _xy(self, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [(x * SCALE, y * SCALE) for x, y in points]

    def shape(self, points: Sequence[tuple[float, float]], colour: Colour) -> None:
        self.pen.polygon(self._xy(points), fill=colour)

    def disc(self, x: float, y: float, r: float, colour: Colour, ry: float | None = None) -> None:
        ry = ry or r
        self.pen.ellipse(self._xy([(x - r, y - ry), (x + r, y + ry)]), fill=colour)

    def box(self, x: float, y: float, w: float, h: float, colour: Colour, radius: float = 0) -> None:
        self.pen.rounded_rectangle(self._xy([(x, y), (x + w, y + h)]), radius * SCALE, fill=colour)

    def line(self, points: Sequence[tuple[float, float]], colour: Colour, width: float = 6) -> None:
        self.pen.line(self._xy(points), fill=colour, width=round(width * SCALE), joint="curve")

    def ridge(self, y: float, rise: float, wave: float, colour: Colour, phase: float = 0) -> None:
        """Hills, dunes or waves across the whole width."""
        top = [
            (x, y + rise * math.sin(x / wave + phase) + rise / 3 * math.sin(x / wave * 2.3 + phase))
            for x in range(0, WIDTH + 20, 20)
        ]
        self.shape([(0, HEIGHT), *top, (WIDTH, HEIGHT)], colour)

    def person(
        self,
        x: float,
        y: float,
        size: float,
        scarf: bool = False,
        seated: bool = False,
        cloth: Colour | None = None,
    ) -> None:
        """A figure standing (or sitting) with its feet at (x, y)."""
        skin, cloth = self.random.choice(SKINS), cloth or self.random.choice(CLOTHS)
        height = size * (0.62 if seated else 1.0)
        head = size * 0.11
        shoulder = y - height + head * 2
        self.shape(
            [
                (x - size * 0.10, shoulder),
                (x + size * 0.10, shoulder),
                (x + size * (0.22 if seated else 0.15), y),
                (x - size * (0.22 if seated else 0.15), y),
            ],
            cloth,
        )
        self.disc(x, shoulder + size * 0.02, size * 0.12, cloth, size * 0.07)
        self.disc(x, shoulder - head * 0.9, head, skin)
        if scarf:
            self.pen.pieslice(
                self._xy([(x - head * 1.2, shoulder - head * 2.2), (x + head * 1.2, shoulder + head * 0.3)]),
                160,
                380,
                fill=self.random.choice(CLOTHS),
            )
        else:
            self.pen.chord(
                self._xy([(x - head, shoulder - head * 1.95), (x + head, shoulder + head * 0.1)]),
                190,
                350,
                fill=INK,
            )

    def finished(self) -> Image.Image:
        return self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _stars(c: Canvas, count: int, lowest: int) -> None:
    for _ in range(count):
        c.disc(c.random.uniform(0, WIDTH), c.random.uniform(0, lowest), c.random.uniform(1.5, 3.5), CREAM)


def _tree(c: Canvas, x: float, y: float, size: float, leaf: Colour = LEAF) -> None:
    c.line([(x, y), (x + size * 0.05, y - size * 0.6)], (74, 52, 44), size * 0.09)
    for dx, dy, r in ((-0.28, -0.68, 0.24), (0.05, -0.85, 0.3), (0.36, -0.66, 0.22)):
        c.disc(x + dx * size, y + dy * size, r * size, leaf, r * size * 0.72)


def _screening() -> Image.Image:
    c = Canvas(NIGHT, DUSK, 3)
    _stars(c, 90, 480)
    c.drop(2)
    c.ridge(640, 24, 260, (46, 40, 66))
    c.drop(14)
    _tree(c, 190, 800, 560, (44, 70, 62))
    _tree(c, 1470, 800, 480, (38, 62, 58))
    c.drop(14)
    c.box(470, 190, 660, 400, (60, 48, 40), 8)
    c.box(488, 208, 624, 364, CREAM, 4)
    c.box(500, 590, 14, 190, (60, 48, 40))
    c.box(1086, 590, 14, 190, (60, 48, 40))
    c.drop(16)
    c.disc(980, 300, 48, GOLD)
    c.shape([(488, 572), (488, 470), (620, 400), (760, 470), (900, 380), (1112, 480), (1112, 572)], SAND)
    c.person(700, 560, 170, cloth=CLAY)
    c.person(770, 562, 150, cloth=SEA)
    c.drop(5)
    c.ridge(800, 10, 300, (84, 58, 60))
    c.drop(12)
    for row in range(3):
        for i in range(11 - row):
            c.person(
                110 + i * 145 + row * 62 + c.random.uniform(-14, 14),
                860 + row * 66,
                190 + row * 28,
                i % 3 == row % 3,
                True,
            )
        c.drop(10)
    return c.finished()


def _caravan() -> Image.Image:
    c = Canvas((250, 206, 150), (236, 150, 104), 8)
    c.disc(1180, 420, 110, CREAM)
    c.drop(6)
    c.ridge(520, 50, 300, (190, 108, 92), 1)
    c.drop(14)
    c.ridge(620, 34, 200, (126, 96, 92), 2.4)
    c.drop(14)
    c.ridge(720, 10, 420, (88, 100, 76), 0.4)
    for x in range(60, 1600, 210):
        _tree(c, x, 740 + 8 * math.sin(x), 190, (66, 90, 66))
    c.drop(12)
    c.shape([(0, 1000), (0, 830), (1600, 760), (1600, 1000)], (206, 164, 124))
    c.drop(8)
    for i in range(19):
        at = 60 + i * 82 + c.random.uniform(-12, 12)
        y = 880 - at * 0.045 + c.random.uniform(-12, 26)
        c.person(at, y, c.random.choice([150, 230, 250, 240]), i % 4 == 1)
        if i % 5 == 2:
            c.box(at - 46, y - 170, 34, 60, CLAY, 10)
    c.drop(9)
    return c.finished()


def _boat(c: Canvas, x: float, y: float, size: float, hull: Colour) -> None:
    c.shape(
        [(x - size, y), (x + size, y), (x + size * 0.78, y + size * 0.3), (x - size * 0.72, y + size * 0.3)],
        hull,
    )
    c.shape(
        [
            (x - size, y),
            (x + size, y),
            (x + size * 0.97, y + size * 0.07),
            (x - size * 0.97, y + size * 0.07),
        ],
        CREAM,
    )


def _harbour() -> Image.Image:
    c = Canvas((142, 178, 190), (240, 208, 170), 5)
    c.disc(330, 330, 84, CREAM)
    c.drop(6)
    for i in range(9):
        height = 120 + 50 * math.sin(i * 1.7)
        c.box(
            900 + i * 84, 520 - height, 80, height + 60, [SAND, CREAM, (214, 128, 96), (232, 200, 150)][i % 4]
        )
        for j in range(2):
            c.box(922 + i * 84, 540 - height + j * 52, 16, 26, DEEP)
    c.drop(10)
    c.ridge(560, 8, 120, SEA)
    c.drop(12)
    c.box(380, 470, 270, 110, CREAM, 10)
    c.box(430, 400, 150, 80, (214, 84, 60), 8)
    c.line([(520, 400), (520, 290)], INK, 7)
    c.shape([(520, 296), (590, 320), (520, 344)], (214, 84, 60))
    for i in range(9):
        c.person(290 + i * 62, 600, 120, i % 4 == 2)
    _boat(c, 540, 600, 350, (44, 60, 84))
    c.drop(12)
    c.ridge(760, 12, 90, (36, 90, 112), 1.2)
    c.drop(12)
    c.ridge(880, 14, 130, DEEP, 0.5)
    c.drop(10)
    return c.finished()


def _banner() -> Image.Image:
    c = Canvas(CLAY, (120, 44, 30), 2)
    for i in range(7):
        c.shape([(800, 520), (i * 300 - 160, -20), (i * 300 - 20, -20)], (182, 84, 46))
    c.drop(4)
    c.shape(
        [
            (560, 210),
            (1040, 210),
            (1040, 250),
            (880, 500),
            (1040, 750),
            (1040, 790),
            (560, 790),
            (560, 750),
            (720, 500),
            (560, 250),
        ],
        GOLD,
    )
    c.drop(16)
    for dx in (-170, -60, 60, 170):
        c.line([(800 + dx, 250), (800 + dx * 0.4, 500), (800 + dx, 750)], CLAY, 8)
    c.box(545, 190, 510, 46, CREAM, 20)
    c.box(545, 764, 510, 46, CREAM, 20)
    c.drop(8)
    for i in range(13):
        c.person(60 + i * 124, 1040, 230, i % 3 == 0, True)
    c.drop(12)
    return c.finished()


def _machine() -> Image.Image:
    c = Canvas((224, 200, 168), (190, 148, 110), 4)
    for i in range(12):
        c.box(i * 140, 0, 64, 640, (206, 172, 132))
    c.drop(5)
    c.box(0, 640, 1600, 360, (122, 78, 56))
    c.drop(12)
    c.shape([(260, 700), (620, 640), (1000, 720), (900, 800), (380, 800)], CLOTHS[3])
    c.shape([(320, 715), (640, 670), (930, 730), (860, 770), (420, 775)], (214, 128, 116))
    c.drop(8)
    c.box(400, 600, 760, 62, INK, 12)
    c.box(940, 330, 130, 290, INK, 28)
    c.box(470, 330, 580, 96, INK, 40)
    c.box(480, 330, 90, 210, INK, 24)
    c.box(516, 530, 14, 84, (190, 190, 196))
    c.disc(1105, 400, 92, INK)
    c.disc(1105, 400, 70, (62, 62, 74))
    c.disc(1105, 400, 22, GOLD)
    c.drop(14)
    c.line([(560, 378), (980, 378)], GOLD, 9)
    for x in (640, 720, 800, 880):
        c.disc(x, 378, 20, GOLD, 11)
    c.disc(985, 290, 36, CLOTHS[0], 50)
    c.drop(4)
    c.line([(985, 270), (800, 300), (540, 350), (522, 560)], CLOTHS[0], 3)
    c.drop(2)
    return c.finished()


def face(c: Canvas, x: float, y: float, skin: Colour, scarf: Colour, cloth: Colour) -> None:
    c.disc(x, y + 560, 330, cloth, 340)
    c.drop(14)
    c.box(x - 62, y + 120, 124, 170, skin, 50)
    c.disc(x, y, 168, skin, 205)
    c.drop(8)
    c.pen.chord(c._xy([(x - 205, y - 265), (x + 205, y + 150)]), 185, 355, fill=scarf)
    c.disc(x + 130, y - 190, 82, scarf, 66)
    c.drop(8)
    dark = (44, 30, 28)
    for side in (-1, 1):
        c.disc(x + side * 66, y + 4, 17, dark, 12)
        c.line([(x + side * 40, y - 32), (x + side * 96, y - 34)], dark, 7)
    c.line([(x, y + 20), (x - 14, y + 72), (x + 8, y + 76)], dark, 5)
    c.pen.arc(c._xy([(x - 62, y + 60), (x + 62, y + 132)]), 20, 160, fill=(120, 44, 40), width=16)
    c.drop(2)


def _portrait() -> Image.Image:
    c = Canvas((236, 204, 150), (214, 128, 96), 6)
    for i in range(14):
        c.line([(i * 130 - 80, 0), (i * 130 - 300, 1000)], (244, 220, 176), 18)
    c.drop(3)
    face(c, 520, 420, SKINS[0], CLOTHS[1], CLOTHS[2])
    face(c, 1090, 470, SKINS[3], CLOTHS[0], CLOTHS[4])
    return c.finished()


def _lesson() -> Image.Image:
    c = Canvas((214, 226, 220), (236, 226, 206), 9)
    c.box(250, 110, 1100, 430, (54, 84, 76), 14)
    c.box(270, 130, 1060, 390, (70, 104, 92), 8)
    for i, w in enumerate((620, 480, 560)):
        c.line([(340, 210 + i * 90), (340 + w, 210 + i * 90)], CREAM, 10)
        c.disc(310, 210 + i * 90, 10, GOLD)
    c.disc(1170, 310, 96, GOLD)
    c.disc(1170, 310, 76, (70, 104, 92))
    c.line([(1170, 310), (1170, 255)], GOLD, 10)
    c.line([(1170, 310), (1215, 330)], GOLD, 10)
    c.drop(12)
    c.box(0, 760, 1600, 240, (196, 160, 124))
    c.drop(6)
    c.person(1430, 800, 430, True, cloth=CLAY)
    c.drop(10)
    for row in range(2):
        for i in range(8):
            c.person(130 + i * 160 + row * 70, 880 + row * 120, 260 + row * 40, i % 2 == 0, True)
        c.drop(10)
    return c.finished()


def _islands() -> Image.Image:
    c = Canvas((252, 224, 180), (120, 178, 190), 7)
    c.disc(1230, 260, 100, (255, 244, 220))
    c.drop(5)
    c.ridge(560, 4, 200, (96, 160, 176))
    c.drop(4)
    for x, w, h, colour in (
        (300, 330, 250, (122, 92, 86)),
        (820, 240, 170, (150, 112, 96)),
        (1340, 300, 330, (104, 80, 84)),
    ):
        c.shape(
            [
                (x - w, 580),
                (x - w * 0.45, 580 - h * 0.6),
                (x - w * 0.1, 580 - h),
                (x + w * 0.2, 580 - h * 0.85),
                (x + w, 580),
            ],
            colour,
        )
        c.drop(10)
    c.ridge(640, 10, 110, SEA, 0.7)
    c.drop(10)
    for x, y, hull in ((430, 690, CLAY), (960, 740, GOLD), (1290, 680, CLOTHS[3])):
        _boat(c, x, y, 130, hull)
        c.shape([(x, y - 10), (x, y - 210), (x + 110, y - 30)], CREAM)
        c.drop(8)
    c.ridge(830, 14, 150, DEEP, 2)
    c.drop(10)
    return c.finished()


_DRAW: dict[str, Callable[[], Image.Image]] = {
    "screening": _screening,
    "caravan": _caravan,
    "harbour": _harbour,
    "banner": _banner,
    "machine": _machine,
    "portrait": _portrait,
    "lesson": _lesson,
    "islands": _islands,
}

PICTURES: dict[str, dict[str, str]] = {
    "screening": {
        "title": "Screening in Pikine",
        "credit": "Passage Network/Mame Coumba Sarr",
        "alt": "Rows of people on mats watch a film on a screen between two trees at night.",
    },
    "caravan": {
        "title": "Road north of Tapachula",
        "credit": "La Frontera Diaria/Iker Solano",
        "alt": "A long line of people, some with rucksacks, walks along a road at sunrise.",
    },
    "harbour": {
        "title": "Lampedusa harbour",
        "credit": "The Harbour Times/Rita Vella",
        "alt": "A coast guard cutter with people on deck comes into a harbour of coloured houses.",
    },
    "banner": {
        "title": "Mombasa film week",
        "credit": "Passage Network",
        "alt": "A golden talking drum above a row of listeners: the film week on migration in Mombasa.",
    },
    "machine": {
        "title": "The sewing machine",
        "credit": "Passage Network/Tareq Aziz",
        "alt": "A black sewing machine with a golden ornament on a wooden floor, cloth beside it.",
    },
    "portrait": {
        "title": "Fatoumata and Rosalia",
        "credit": "La Bussola/Gaia Ferrante",
        "alt": "Two women in headscarves, one blue and one red, smile at the camera.",
    },
    "lesson": {
        "title": "A lesson in Sharjah",
        "credit": "Passage Network/Lina Haddadin",
        "alt": "A teacher in front of a blackboard with a clock; women sit in two rows and listen.",
    },
    "islands": {
        "title": "Cabo Verde",
        "credit": "Open Migration Review/Ivo Monteiro",
        "alt": "Three sailing boats on a blue sea in front of three brown islands.",
    },
}


def draw(name: str) -> Image.Image:
    """One of PICTURES, 1600 × 1000 pixels. The same each time."""
    return _DRAW[name]()
