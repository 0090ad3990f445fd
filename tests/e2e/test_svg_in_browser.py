"""An animated drawing in Chromium shows at each frame's time what the rasteriser drew; skipped where there is none."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.canvas.drawing import Drawing, draw
from studio.canvas.stroke_svg import Scene, film

WIDTH, HEIGHT, RATE = 96, 64, 12
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
STOP = """<script>
const times = {times};
document.querySelectorAll("svg").forEach((svg, number) => {{
  svg.pauseAnimations();
  svg.setCurrentTime(times[number]);
}});
</script>"""


def drawing(seed: int) -> Drawing:
    generator = torch.Generator().manual_seed(seed)
    points = torch.rand(30, 1, 2, generator=generator) * 2 - 1
    points = points + (torch.rand(30, 4, 2, generator=generator) - 0.5) * 0.6
    widths = -3.5 + 2 * torch.rand(30, generator=generator)
    return Drawing(points, widths, torch.rand(30, 4, generator=generator), torch.rand(3, generator=generator))


def on_the_way(a: Drawing, b: Drawing, t: float) -> Drawing:
    paper = a.paper.lerp(b.paper, t)
    return Drawing(a.points.lerp(b.points, t), a.widths.lerp(b.widths, t), a.colours.lerp(b.colours, t), paper)


def seen(text: str, frames: list[int], folder: Path) -> list[np.ndarray]:
    """The film at the times of frames, each its own copy on one page, stopped there by the page."""
    page, shot = folder / "film.html", folder / "film.png"
    times = [frame / RATE for frame in frames]
    copies = text * len(frames)
    page.write_text(f'<body style="margin:0;font-size:0;white-space:nowrap">{copies}{STOP.format(times=times)}</body>')
    command = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    command += ["--force-color-profile=srgb", "--force-device-scale-factor=1", f"--user-data-dir={folder / 'profile'}"]
    # a window is at least 500 pixels wide
    command += [f"--window-size={max(500, WIDTH * len(frames))},{HEIGHT + 200}", f"--screenshot={shot}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with Image.open(shot) as picture:
        whole = np.asarray(picture.convert("RGB"), dtype=float)
    return [whole[:HEIGHT, place * WIDTH : (place + 1) * WIDTH] for place in range(len(frames))]


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
def test_a_film_shows_its_frames_at_their_times(tmp_path: Path) -> None:
    a, b, c = map(drawing, range(3))
    way = [on_the_way(a, b, frame / 12) for frame in range(13)]  # frames 0 to 12, held to 24, then c to 36
    scenes = [
        Scene([frame / RATE for frame in range(13)], way, 2.0),
        Scene([2.0], [c], 30 / RATE, gliding=False),
        Scene([30 / RATE], [a], 3.0),
    ]
    expected = {0: a, 5: way[5], 12: b, 23: b, 24: c, 29: c, 30: a}
    found = seen(film(scenes, WIDTH, HEIGHT), list(expected), tmp_path)
    for (frame, shown), picture in zip(expected.items(), found, strict=True):
        drawn = draw(shown, WIDTH, HEIGHT)[0].movedim(0, -1).clamp(0, 1).numpy() * 255
        assert np.abs(picture - drawn).mean() < 1.5, frame
