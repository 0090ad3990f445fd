"""A browser shows a drawing, and a film at any of its times, as the rasteriser draws them; where there is a browser."""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from studio.canvas.drawing import Drawing, draw
from studio.canvas.stroke_svg import Scene, film, still

SIDE = 512
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium to look with")


def drawing(seed: int, count: int = 256) -> Drawing:
    """As many strokes as CLIPDraw has, from hairlines to broad ones, half transparent."""
    generator = torch.Generator().manual_seed(seed)
    points = torch.rand(count, 1, 2, generator=generator) * 2 - 1
    points = points + (torch.rand(count, 4, 2, generator=generator) - 0.5) * 0.6
    widths = -5 + 2.5 * torch.rand(count, generator=generator)
    return Drawing(points, widths, torch.rand(count, 4, generator=generator), torch.rand(3, generator=generator))


def screenshot(page: Path, profile: Path) -> np.ndarray:
    picture = page.with_suffix(".png")
    command = [
        str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
        "--force-device-scale-factor=1", "--force-color-profile=srgb", "--virtual-time-budget=2000",
        f"--user-data-dir={profile}", f"--window-size={SIDE},{SIDE}", f"--screenshot={picture}", page.as_uri(),
    ]  # fmt: skip
    quiet = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet)
    with Image.open(picture) as shown:
        return np.asarray(shown.convert("RGB"), dtype=float)[:SIDE, :SIDE]


def by_us(shown: Drawing) -> np.ndarray:
    return draw(shown, SIDE, SIDE)[0].movedim(0, -1).numpy() * 255


def test_a_drawing_opens_in_a_browser_and_looks_like_the_raster(tmp_path: Path) -> None:
    page = tmp_path / "drawing.svg"
    page.write_text(still(drawing(1), SIDE, SIDE), "utf-8")
    seen = screenshot(page, tmp_path / "profile")
    assert seen.shape == (SIDE, SIDE, 3)
    assert np.abs(seen - by_us(drawing(1))).mean() < 1.5
    assert np.abs(seen - by_us(drawing(2))).mean() > 20


@pytest.mark.parametrize(("time", "expected"), [(0.0, 1), (0.999, 2), (2.25, 3)])
def test_a_film_plays_in_a_browser(tmp_path: Path, time: float, expected: int) -> None:
    a, b, c = drawing(1), drawing(2), drawing(3)
    data = base64.b64encode(
        film([Scene([0.0, 1.0], [a, b], 2.0), Scene([2.0], [c], 2.5)], SIDE, SIDE).encode()
    ).decode()
    page = tmp_path / "film.html"
    page.write_text(
        "<body style='margin:0'><script>"
        f"document.body.innerHTML = atob('{data}');"
        f"const svg = document.querySelector('svg'); svg.pauseAnimations(); svg.setCurrentTime({time});"
        "</script></body>"
    )
    seen = screenshot(page, tmp_path / "profile")
    assert np.abs(seen - by_us(drawing(expected))).mean() < 2.5
