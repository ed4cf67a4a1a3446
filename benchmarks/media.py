"""How long an interview of 1080 lines takes until it can be watched, as a multiple of its length: open, and
with faces covered.

    ./griot bench media [SECONDS]

The film is made here: a drawn person in front of moving noise, as a hand-held phone sees it. The reference is
the film's own length.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from pathlib import Path


def interview(folder: Path, seconds: int) -> Path:
    from griot.demo.core.recordings import person, tune
    from griot.testimonies.core.media.ffmpeg import run

    person(3).resize((1920, 1200)).save(folder / "person.png")
    (folder / "tune.wav").write_bytes(tune(3, seconds))
    to = folder / "interview.mp4"
    run(
        [
            "-loop",
            "1",
            "-framerate",
            "25",
            "-t",
            str(seconds),
            "-i",
            folder / "person.png",
            "-i",
            folder / "tune.wav",
            "-vf",
            "crop=1920:1080:0:'60+40*sin(t)',noise=alls=12:allf=t",
            "-c:v",
            "libx264",
            "-preset",
            "veryfast",
            "-b:v",
            "8M",
            "-pix_fmt",
            "yuv420p",
            "-c:a",
            "aac",
            "-shortest",
            to,
        ]
    )
    return to


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "griot.settings.dev")
    with tempfile.TemporaryDirectory(prefix="griot-") as name:
        folder = Path(name)
        os.environ["GRIOT_VAR"] = str(folder / "var")
        import django

        django.setup()
        from griot.testimonies.core.errors import Refused
        from griot.testimonies.core.media import encoding
        from griot.testimonies.core.media.arrival import take_in
        from griot.testimonies.core.types import Cut

        film = interview(folder, seconds)
        found: dict[str, float | str] = {"seconds": seconds}
        cut = Cut(bleeps=((1.0, 2.0), (5.0, 6.5)))

        def quiet(_: float) -> None:
            """Nobody waits here."""

        for face, voice in (("show", "show"), ("blur", "alter")):
            work = folder / face
            work.mkdir()
            source = work / "open.mp4"
            began = time.perf_counter()

            def past(began: float = began) -> float:
                return round((time.perf_counter() - began) / seconds, 2)

            arrived = take_in(film, source)
            encoding.still(source, work / "still", face, 2.0)
            encoding.light(source, work / "light", face, voice, cut, quiet)
            found[f"{face}_light_over_length"] = past()
            (work / "stream").mkdir()
            encoding.stream(source, work / "stream", face, voice, cut, arrived.height, quiet)
            encoding.waves(source, work / "waves", arrived.seconds)
            found[f"{face}_all_over_length"] = past()
            try:
                encoding.small(source, work / "small", face, voice, cut, quiet)
                found[f"{face}_with_av1_over_length"] = past()
            except Refused as refusal:
                found[f"{face}_with_av1_over_length"] = f"{past()}: {refusal}"
        print(json.dumps(found))


if __name__ == "__main__":
    main()
