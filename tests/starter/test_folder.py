"""An artist's folder as training pictures: captions from three places, crops by number, and clear refusals."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image

from studio.base.errors import InputError
from studio.starter import folder as folders
from studio.starter.folder import FolderPictures, Mixed, caption_of
from studio.starter.pictures import NOTHING

COLOURS = {"red_house-2.png": (220, 30, 30), "a blue boat.jpg": (30, 40, 220), "IMG_0001.png": (20, 180, 40)}


@pytest.fixture
def pictures(tmp_path):
    """Three pictures: one named well, one with a text beside it, one told in the table."""
    for name, colour in COLOURS.items():
        Image.new("RGB", (70, 50), colour).save(tmp_path / name)
    (tmp_path / "a blue boat.txt").write_text(" a ship \n on the sea ")
    (tmp_path / folders.TABLE).write_text('IMG_0001.png,"a meadow,  green"\n')
    return tmp_path


def test_captions_come_from_the_table_from_beside_and_from_names(pictures):
    assert FolderPictures(pictures, 16, 1).captions == ("a meadow, green", "a ship on the sea", "red house")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("red_house-2.JPG", "red house"),
        ("A Cat on the Roof.png", "a cat on the roof"),
        ("IMG_1234.jpg", ""),
        ("20240131.jpg", ""),
        ("DSC-0042.png", ""),
        ("größe.png", "größe"),
        ("photo of a dog.png", "photo of a dog"),
    ],
)
def test_what_a_name_says(name, said):
    assert caption_of(name) == said


def test_crops_carry_the_caption_of_their_picture(pictures):
    source = FolderPictures(pictures, 16, 1)
    batch = source.batch(0, 12)
    assert batch.images.shape == (12, 3, 16, 16)
    assert batch.labels.tolist() == [[NOTHING] * 3] * 12
    main = {"a meadow, green": 1, "a ship on the sea": 2, "red house": 0}
    for image, said in zip(batch.images, batch.captions, strict=True):
        assert int(image.mean((1, 2)).argmax()) == main[said]


def test_every_picture_comes_once_before_any_comes_again(pictures):
    said = FolderPictures(pictures, 16, 1).batch(0, 9).captions
    assert all(len(set(said[lap : lap + 3])) == 3 for lap in (0, 3, 6))


def test_a_number_is_always_the_same_crop(pictures):
    one, other = FolderPictures(pictures, 16, 1), FolderPictures(pictures, 16, 1)
    assert torch.equal(one.batch(4, 3).images, other.batch(2, 5).images[2:])
    assert one.identity == other.identity


def test_crops_of_a_picture_differ(tmp_path):
    noise = np.random.default_rng(0).integers(0, 255, (60, 60, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    batch = FolderPictures(tmp_path, 32, 1).batch(0, 4)
    assert len({image.numpy().tobytes() for image in batch.images}) == 4


def test_another_caption_or_picture_is_another_identity(pictures):
    before = FolderPictures(pictures, 16, 1).identity
    (pictures / "a blue boat.txt").write_text("a boat")
    changed = FolderPictures(pictures, 16, 1).identity
    Image.new("RGB", (70, 50), (1, 2, 3)).save(pictures / "red_house-2.png")
    assert len({before, changed, FolderPictures(pictures, 16, 1).identity}) == 3


def test_where_captions_are_not_asked_for_none_is_looked_for(pictures):
    (pictures / folders.TABLE).unlink()
    source = FolderPictures(pictures, 16, 1, captioned=False)
    assert source.captions == ("", "", "")
    assert source.batch(0, 2).images.shape == (2, 3, 16, 16)


def test_a_tenth_is_set_aside_and_never_learnt(tmp_path):
    for number in range(25):
        Image.new("RGB", (20, 20), (10 * number, 0, 0)).save(tmp_path / f"{number}.png")
    learnt, aside = FolderPictures(tmp_path, 16, 1, captioned=False).apart(7)
    assert (len(learnt.captions), len(aside.captions)) == (23, 2)
    seen = [{round(float(image[0].mean()) * 25.5) for image in part.batch(0, 46).images} for part in (learnt, aside)]
    assert (len(seen[0]), len(seen[1])) == (23, 2)
    assert not seen[0] & seen[1]
    assert (learnt.seed, aside.seed) == (1, 7)
    assert learnt.identity == aside.identity


def test_one_picture_alone_leaves_none_to_test_on(tmp_path):
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    with pytest.raises(InputError, match="There is one alone"):
        FolderPictures(tmp_path, 16, 1).apart(2)


def refusal(folder) -> str:
    with pytest.raises(InputError) as caught:
        FolderPictures(folder, 16, 1)
    assert caught.value.what == f"The pictures in {folder} cannot be trained on"
    return caught.value.why


def test_a_folder_without_pictures_or_no_folder_is_refused(tmp_path):
    assert refusal(tmp_path) == "There is no picture in it"
    assert "cannot be read" in refusal(tmp_path / "nowhere")


def test_pictures_without_captions_are_named(pictures):
    (pictures / folders.TABLE).unlink()
    for number in range(2, 9):
        Image.new("RGB", (20, 20)).save(pictures / f"IMG_000{number}.png")
    why = refusal(pictures)
    assert "IMG_0001.png, IMG_0002.png" in why
    assert why.endswith("and 3 more")


def test_pictures_that_cannot_be_read_are_named(pictures):
    (pictures / "a broken cat.png").write_bytes((pictures / "red_house-2.png").read_bytes()[:60])
    (pictures / "a text.png").write_text("no picture")
    why = refusal(pictures)
    assert "a broken cat.png" in why
    assert "a text.png" in why


def test_a_table_without_captions_is_refused(pictures):
    (pictures / folders.TABLE).write_text("IMG_0001.png,green\nred_house-2.png\n")
    assert "no caption in line 2" in refusal(pictures)


def test_a_text_that_is_no_text_is_refused(pictures):
    (pictures / "a blue boat.txt").write_bytes(b"\xff\xfe\x00")
    assert "a blue boat.txt cannot be read" in refusal(pictures)


def test_too_many_pictures_are_refused_before_any_is_read(pictures, monkeypatch):
    monkeypatch.setattr(folders, "MOST", 2)
    monkeypatch.setattr(folders, "read_picture", None)
    assert refusal(pictures) == "There are 3, and 2 is the most"


@pytest.mark.parametrize(("start", "count"), [(0, 6), (3, 5), (4, 1), (5, 0)])
def test_own_and_drawn_pictures_take_turns(pictures, make_pictures, start, count):
    own, drawn = FolderPictures(pictures, 32, 1), make_pictures(side=32)
    batch = Mixed(own, drawn).batch(start, count)
    assert len(batch.images) == len(batch.captions) == len(batch.labels) == count
    for place, number in enumerate(range(start, start + count)):
        single = (drawn if number % 2 else own).batch(number // 2, 1)
        assert torch.equal(batch.images[place], single.images[0])
        assert batch.captions[place] == single.captions[0]
        assert torch.equal(batch.labels[place], single.labels[0])
