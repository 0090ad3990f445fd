"""Which format a name or a suffix stands for, what quality means in each, and what happens without a codec."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from studio.base.errors import ExportError
from studio.export import presets


@pytest.mark.parametrize(
    ("name", "format"),
    [
        ("a.gif", "gif"),
        ("a.GIF", "gif"),
        ("a.mp4", "mp4"),
        ("a.m4v", "mp4"),
        ("a.webm", "webm"),
        ("a.webp", "webp"),
        ("a.apng", "apng"),
        ("a.png", "apng"),
        ("a.mov", "prores"),
        ("a_####.png", "png"),
        ("folder", "png"),
    ],
)
def test_the_suffix_chooses(name, format):
    assert presets.choose(Path(name)).name == format


def test_an_existing_folder_is_a_sequence_whatever_its_name(tmp_path):
    (tmp_path / "shot.v2").mkdir()
    assert presets.choose(tmp_path / "shot.v2").name == "png"


def test_a_name_chooses_where_the_suffix_says_nothing():
    assert presets.choose(Path("a.bin"), "WebM").name == "webm"
    assert presets.choose(Path("a.png"), "apng").name == "apng"


def test_an_unknown_suffix_names_the_known_ones():
    with pytest.raises(ExportError) as caught:
        presets.choose(Path("a.avi"))
    assert ".avi" in caught.value.why
    assert ".mp4" in caught.value.fix
    assert "gif" in caught.value.fix


def test_an_unknown_name_lists_the_names():
    with pytest.raises(ExportError) as caught:
        presets.choose(Path("a.gif"), "flv")
    assert '"flv"' in caught.value.what
    assert "prores" in caught.value.fix


def test_a_suffix_of_another_format_is_a_mistake():
    with pytest.raises(ExportError) as caught:
        presets.choose(Path("a.gif"), "mp4")
    assert "belongs to GIF" in caught.value.why
    assert ".mp4" in caught.value.fix


def test_a_sequence_cannot_be_one_file():
    with pytest.raises(ExportError) as caught:
        presets.choose(Path("a.png"), "png")
    assert "a_####.png" in caught.value.fix


def test_every_format_is_available_here():
    assert [format.name for format in presets.FORMATS.values() if not format.available()] == []


@pytest.mark.parametrize("name", ["gif", "mp4", "webm", "prores"])
def test_a_missing_encoder_is_told_before_anything_is_read(name, monkeypatch):
    wanted = presets.FORMATS[name].codec

    def codec(asked, mode):
        if asked == wanted:
            raise av.codec.codec.UnknownCodecError(asked)

    monkeypatch.setattr(presets.av, "Codec", codec)
    with pytest.raises(ExportError) as caught:
        presets.choose(Path("a"), name)
    assert wanted in caught.value.why
    assert "webp" in caught.value.fix
    assert f"{name}," not in caught.value.fix


def test_a_pillow_without_webp_is_told(monkeypatch):
    monkeypatch.setattr(presets.features, "check", lambda name: False)
    with pytest.raises(ExportError, match="no encoder for it \\(webp\\)"):
        presets.choose(Path("a.webp"))


@pytest.mark.parametrize("name", ["mp4", "webm"])
def test_more_quality_is_a_smaller_quantiser(name):
    crf = [int(presets.FORMATS[name].encoding(quality, False).options["crf"]) for quality in range(101)]
    assert crf == sorted(crf, reverse=True)
    assert crf[0] - crf[100] > 20
    assert 0 < crf[100] < crf[0] <= 63


def test_gif_quality_is_colours():
    colours = [int(presets.FORMATS["gif"].encoding(quality, False).options["colours"]) for quality in (0, 40, 80, 100)]
    assert colours == [16, 64, 256, 256]


def test_prores_quality_is_its_profile():
    chosen = [presets.FORMATS["prores"].encoding(quality, False) for quality in (0, 25, 50, 99, 100)]
    assert [encoding.options["profile"] for encoding in chosen] == ["0", "1", "2", "3", "4"]
    assert presets.FORMATS["prores"].encoding(0, True).pixels == "yuva444p10le"
