"""An artist's own pictures as training pictures: read from a folder, with captions beside them or in their names.

A caption is taken from `captions.csv` (a row a picture: file name, caption), else from a text file beside the picture
(`red-house.txt` for `red-house.jpg`), else from the file's name ("red_house-2.jpg": "red house").
"""

from __future__ import annotations

import copy
import csv
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from studio.base.errors import AssetError, InputError
from studio.base.progress import Progress, Report, silent
from studio.project.assets import read_picture
from studio.starter.objects import Kind
from studio.starter.pictures import NOTHING, Batch, Pictures

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff"})
MOST = 20_000
"""Pictures that are read at most: they are all held in memory."""

TABLE = "captions.csv"
_MARGIN = 1.25  # how much larger than a training picture they are held, so that crops differ
_HELD_OUT = 10
"""One of so many pictures is set aside by `apart`."""
_NAMED = 5  # files that a message names


class FolderPictures:
    """Crops of the pictures of a folder, numbered like drawn ones: number i of a seed is always the same.

    Attributes:
        side: width and height of a training picture, in pixels.
        seed: another seed, other crops.
        kinds: empty: nothing is known of these pictures but their captions.
        captions: of each picture of the folder; empty where captions are not asked for.
        identity: hex digest of all pictures and captions of the folder.
    """

    kinds: tuple[Kind, ...] = ()

    def __init__(self, folder: Path, side: int, seed: int, report: Report = silent, *, captioned: bool = True) -> None:
        """Read the folder.

        Args:
            folder: with the pictures.
            side: width and height of a training picture, in pixels.
            seed: of the crops.
            report: told of every picture.
            captioned: whether captions are needed; otherwise none is looked for.

        Raises:
            InputError: it has no pictures, too many, some that cannot be read or have no caption; they are named.
        """
        what = self._what = f"The pictures in {folder} cannot be trained on"
        files = _files(folder, what)
        texts = _captions(folder, files, what) if captioned else [""] * len(files)
        self.side, self.seed = side, seed
        self.captions = tuple(texts)
        self._pictures: list[npt.NDArray[np.uint8]] = []
        digest, broken = hashlib.sha256(), []
        for number, (file, text) in enumerate(zip(files, texts, strict=True), 1):
            try:
                picture = _held(read_picture(file), round(side * _MARGIN))
            except AssetError as error:
                broken.append(f"{file.name} ({error.why})")
                continue
            digest.update(f"{file.name}\0{text}\0{picture.shape}".encode() + picture.tobytes())
            self._pictures.append(picture)
            report(Progress(number, len(files), "reading pictures"))
        if broken:
            raise InputError(
                what, f"These cannot be read: {_some(broken)}", "Take them out of the folder, or save anew"
            )
        self.identity = digest.hexdigest()

    def apart(self, seed: int) -> tuple[FolderPictures, FolderPictures]:
        """Nine tenths of the pictures to learn from, and the rest, one at least, to be tested on, cropped by `seed`.

        Raises:
            InputError: there is a single picture.
        """
        total = len(self._pictures)
        if total < 2:
            raise InputError(self._what, "There is one alone, and none would be left to test on", "Add more")
        order = np.random.default_rng([self.seed, total]).permutation(total).tolist()
        aside = order[: max(1, total // _HELD_OUT)]
        return self._some(sorted(order[len(aside) :]), self.seed), self._some(sorted(aside), seed)

    def _some(self, numbers: list[int], seed: int) -> FolderPictures:
        part = copy.copy(self)
        part.seed = seed
        part.captions = tuple(self.captions[number] for number in numbers)
        part._pictures = [self._pictures[number] for number in numbers]
        return part

    def batch(self, start: int, count: int) -> Batch:
        """Pictures number `start` to `start + count - 1`: every picture comes once before any comes again."""
        drawn = [self._crop(number) for number in range(start, start + count)]
        images = (
            np.stack([image for image, _ in drawn]) if drawn else np.empty((0, self.side, self.side, 3), np.float32)
        )
        labels = torch.full((count, 3), NOTHING)
        return Batch(
            torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), tuple(said for _, said in drawn), labels
        )

    def _crop(self, number: int) -> tuple[npt.NDArray[np.float32], str]:
        total = len(self._pictures)
        lap, place = divmod(number, total)
        which = int(np.random.default_rng([self.seed, lap]).permutation(total)[place])
        rng = np.random.default_rng([self.seed, number, 1])
        picture = self._pictures[which]
        height, width = picture.shape[:2]
        edge = int(rng.integers(self.side, min(height, width) + 1))
        top, left = int(rng.integers(height - edge + 1)), int(rng.integers(width - edge + 1))
        part = Image.fromarray(picture[top : top + edge, left : left + edge])
        if rng.random() < 0.5:
            part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        small = part.resize(
            (self.side, self.side), Image.Resampling.BOX if edge > self.side else Image.Resampling.NEAREST
        )
        return np.asarray(small, np.float32) / np.float32(255), self.captions[which]


class Mixed:
    """Own pictures and drawn ones in turn, so that what is learnt from the ones does not push out the others.

    Attributes:
        kinds: of the drawn pictures.
        side: width and height of a picture, in pixels.
    """

    def __init__(self, own: FolderPictures, drawn: Pictures) -> None:
        self.kinds, self.side = drawn.kinds, drawn.side
        self._own, self._drawn = own, drawn

    def batch(self, start: int, count: int) -> Batch:
        """Even numbers are own pictures, odd ones drawn."""
        first, second = -(-start // 2), start // 2
        evens = -(-(start + count) // 2) - first
        parts = self._own.batch(first, evens), self._drawn.batch(second, count - evens)
        order = [
            (number % 2, (number + 1) // 2 - first if number % 2 == 0 else number // 2 - second)
            for number in range(start, start + count)
        ]
        images = torch.stack([parts[side].images[place] for side, place in order]) if order else parts[0].images
        labels = torch.stack([parts[side].labels[place] for side, place in order]) if order else parts[0].labels
        return Batch(images, tuple(parts[side].captions[place] for side, place in order), labels)


def caption_of(name: str) -> str:
    """What a file's name says: "red_house-2.JPG" says "red house"; "IMG_1234.jpg" says nothing, "".

    Numbers, camera prefixes and separators are left out.
    """
    words = re.sub(r"[^\w]+|_|\d+", " ", Path(name).stem).lower().split()
    return (
        ""
        if set(words) <= {"img", "dsc", "dscf", "dscn", "pxl", "image", "photo", "screenshot", "p", "x"}
        else " ".join(words)
    )


def _files(folder: Path, what: str) -> list[Path]:
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    except OSError as error:
        raise InputError(what, f"The folder cannot be read: {error.strerror}", "Name a folder with pictures") from error
    if not files:
        raise InputError(what, "There is no picture in it", f"Put pictures there: {' '.join(sorted(SUFFIXES))}")
    if len(files) > MOST:
        raise InputError(what, f"There are {len(files)}, and {MOST} is the most", "Choose fewer pictures")
    return files


def _captions(folder: Path, files: list[Path], what: str) -> list[str]:
    table = _table(folder / TABLE, what)
    texts = []
    for file in files:
        beside = file.with_suffix(".txt")
        if file.name in table:
            texts.append(table[file.name])
        elif beside.is_file():
            texts.append(_text(beside, what))
        else:
            texts.append(caption_of(file.name))
    bare = [file.name for file, text in zip(files, texts, strict=True) if not text]
    if bare:
        raise InputError(
            what,
            f"Nothing says what these show: {_some(bare)}",
            f"Name them by what they show, put a .txt beside each, or write {TABLE} (file name, caption)",
        )
    return texts


def _table(path: Path, what: str) -> Mapping[str, str]:
    if not path.is_file():
        return {}
    try:
        rows = list(csv.reader(_text(path, what).splitlines()))
    except csv.Error as error:
        raise InputError(what, f"{path.name} is no table: {error}", "Correct it: file name, caption") from error
    wrong = [str(number) for number, row in enumerate(rows, 1) if row and len(row) < 2]
    if wrong:
        raise InputError(what, f"{path.name} has no caption in line {_some(wrong)}", "Write: file name, caption")
    return {row[0].strip(): " ".join(row[1].split()) for row in rows if row}


def _text(path: Path, what: str) -> str:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(what, f"{path.name} cannot be read: {error}", "Save it as UTF-8 text") from error
    return text if path.name == TABLE else " ".join(text.split())


def _held(picture: Image.Image, side: int) -> npt.NDArray[np.uint8]:
    """The picture with its shorter side at `side` pixels, larger or smaller than it was; (h, w, 3)."""
    scale = side / min(picture.size)
    size = (max(side, round(picture.width * scale)), max(side, round(picture.height * scale)))
    return np.asarray(picture.resize(size, Image.Resampling.LANCZOS))


def _some(names: list[str]) -> str:
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + rest
