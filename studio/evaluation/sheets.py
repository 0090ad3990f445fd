"""Contact sheets: many pictures on one, numbered, with their prompts or without them for naming blind."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

_GAP, _LINE = 6, 15


def contact_sheet(
    pictures: Sequence[Image.Image], captions: Sequence[str] | None, *, columns: int = 6, side: int = 192
) -> bytes:
    """A PNG of pictures in rows.

    Args:
        pictures: in order.
        captions: one for each, to stand below it; None leaves only the numbers.
        columns: pictures a row.
        side: each picture's longer side, in pixels.

    Raises:
        ValueError: there are no pictures, or not one caption for each.
    """
    if not pictures or (captions is not None and len(captions) != len(pictures)):
        raise ValueError(f"{len(pictures)} pictures and {len(captions or ())} captions make no sheet")
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    lines = 1 if captions is None else 3
    width, height = side + _GAP, side + _GAP + lines * _LINE
    sheet = Image.new("RGB", (columns * width + _GAP, rows * height + _GAP), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    for number, picture in enumerate(pictures):
        left, top = _GAP + number % columns * width, _GAP + number // columns * height
        small = picture.convert("RGB")
        scale = side / max(small.size)
        size = (max(1, round(small.width * scale)), max(1, round(small.height * scale)))
        sheet.paste(small.resize(size, Image.Resampling.LANCZOS), (left, top))
        said = f"{number + 1}" if captions is None else f"{number + 1}. {captions[number]}"
        for line, text in enumerate(_wrapped(said, side, font)[:lines]):
            pen.text((left, top + side + line * _LINE), text, "black", font)
    buffer = io.BytesIO()
    sheet.save(buffer, "PNG")
    return buffer.getvalue()


def _wrapped(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
