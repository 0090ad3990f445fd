"""The project goes into every format and comes back; hostile files give nothing, quickly."""

from __future__ import annotations

import json
import struct
import zlib
from fractions import Fraction

import av
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from studio.base.cancel import never
from studio.base.errors import FileError
from studio.base.progress import silent
from studio.export import ExportOptions, embed, export, probe, read_embedded

FILES = ["a.gif", "a.mp4", "a.webm", "a.webp", "a.apng", "a.mov"]
TARGETS = [*FILES, "folder", "a_##.png"]
PROJECT = (
    json.dumps({"keydream": 1, "name": 'naïve 🐉 <&>]]> "quoted" \\ /* = ; # */'}, ensure_ascii=False, indent=1) + "\n"
)
LONG = '{"a": "' + "é<" * 20_000 + '"}'


@pytest.mark.parametrize("project", [PROJECT, LONG, "{}"], ids=["every character", "long", "short"])
@pytest.mark.parametrize("name", TARGETS)
def test_the_project_comes_back(paint, run, tmp_path, name, project):
    run(paint(2), tmp_path / name, project=project)
    assert read_embedded(tmp_path / name) == project


@pytest.mark.parametrize("name", TARGETS)
def test_no_project_no_text(paint, run, tmp_path, name):
    run(paint(2), tmp_path / name)
    if "#" not in name:
        assert read_embedded(tmp_path / name) is None


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_survives_json(text):
    """Also lone surrogates and control characters: what comes back is the same JSON."""
    stored = embed.storable(json.dumps([text], ensure_ascii=False))
    assert json.loads(stored) == [text]
    assert stored.encode().decode() == stored
    assert "\0" not in stored


def test_pictures_with_a_project_still_open(paint, run, tmp_path):
    long = '{"a": "' + "x" * 3_000_000 + '"}'
    for name in FILES:
        run(paint(2), tmp_path / name, project=long)
        assert probe(tmp_path / name).frames == 2
        assert read_embedded(tmp_path / name) == long


def test_a_project_beyond_the_limit_is_left_out_and_said_so(paint, run, tmp_path, monkeypatch):
    monkeypatch.setattr(embed, "LIMIT", 2000)
    exported = run(paint(1), tmp_path / "a.gif", project="x" * 1500)
    assert "8 MiB" in exported.notes[0]
    assert read_embedded(tmp_path / "a.gif") is None


def test_other_programs_find_it_in_videos(paint, run, tmp_path):
    for name in ("a.mp4", "a.webm", "a.mov"):
        run(paint(1), tmp_path / name, project=PROJECT)
        with av.open(str(tmp_path / name)) as container:
            tags = {key.lower(): value for key, value in container.metadata.items()}
        assert tags["keydream"] == PROJECT


def test_other_programs_find_it_in_pictures(paint, run, tmp_path):
    run(paint(1), tmp_path / "a.png", project=PROJECT)
    with Image.open(tmp_path / "a.png") as image:
        assert image.text["keydream"] == PROJECT


def test_a_renamed_folder_still_has_its_project(paint, run, tmp_path):
    run(paint(1), tmp_path / "old", project="{}")
    (tmp_path / "old").rename(tmp_path / "new")
    assert read_embedded(tmp_path / "new") == "{}"


def test_a_folder_with_two_projects_has_none(tmp_path):
    (tmp_path / "a.keydream").write_text("1")
    (tmp_path / "b.keydream").write_text("2")
    assert read_embedded(tmp_path) is None


def test_other_files_hold_nothing(tmp_path):
    for content in (b"", b"x", b"plain text", b"\xff\xd8\xff\xe0 a JPEG"):
        (tmp_path / "a").write_bytes(content)
        assert read_embedded(tmp_path / "a") is None


def test_a_missing_file_is_told(tmp_path):
    for name in ("a.gif", "a_##.png"):
        with pytest.raises(FileError) as caught:
            read_embedded(tmp_path / name)
        assert caught.value.why == "It does not exist"


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    """One small export of every format, as bytes."""
    folder = tmp_path_factory.mktemp("samples")
    Image.new("RGB", (4, 4), "red").save(folder / "0.png")
    found = {}
    for name in FILES:
        options = ExportOptions()
        frames = [folder / "0.png"] * 2
        export(
            frames, folder / name, Fraction(24), settings=options, project_json=PROJECT, token=never(), report=silent
        )
        found[name] = (folder / name).read_bytes()
    return found


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_broken_files_give_text_or_nothing(samples, tmp_path, data):
    whole = bytearray(samples[data.draw(st.sampled_from(FILES))])
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        piece = data.draw(st.sampled_from([b"\0", b"\xff", b"\xff" * 4, b"\0" * 8, b"\x7f\xff\xff\xff", b"\x01" * 8]))
        whole[at : at + len(piece)] = piece
    cut = data.draw(st.integers(0, len(whole)))
    path = tmp_path / "broken"
    path.write_bytes(bytes(whole[:cut]) if data.draw(st.booleans()) else bytes(whole))
    found = read_embedded(path)
    assert found is None or isinstance(found, str)


@pytest.mark.parametrize("name", FILES)
def test_every_cut_gives_the_project_or_nothing(samples, tmp_path, name):
    whole = samples[name]
    path = tmp_path / "cut"
    for cut in range(0, len(whole), 7):
        path.write_bytes(whole[:cut])
        assert read_embedded(path) in {None, PROJECT}


def _png(name: bytes, body: bytes) -> bytes:
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IEND\xae\x42\x60\x82"


def _gif(extension: bytes) -> bytes:
    return b"GIF89a\1\0\1\0\0\0\0" + extension + b";"


HOSTILE = {
    "zlib bomb": _png(b"iTXt", b"keydream\0\1\0\0\0" + zlib.compress(b"x" * 40_000_000, 9)),
    "bad zlib": _png(b"iTXt", b"keydream\0\1\0\0\0not zlib"),
    "bad checksum": _png(b"iTXt", b"keydream\0\0\0\0\0text")[:-16] + b"\0\0\0\0" + b"\0\0\0\0IEND\xae\x42\x60\x82",
    "PNG chunk of 4 GiB": b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffiTXtkeydream",
    "PNG of empty chunks": b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0abcd\0\0\0\0" * 300_000,
    "no UTF-8": _png(b"iTXt", b"keydream\0\0\0\0\0\xff\xfe\xff"),
    "GIF too long": _gif(embed.gif_extension("x" * (embed.LIMIT + 1))),
    "GIF of empty extensions": b"GIF89a\1\0\1\0\0\0\0" + b"!\xf9\0" * 300_000,
    "GIF without end": b"GIF89a\1\0\1\0\0\0\0!\xff" + b"\x0bKEYDREAM1.0" + b"\xff" * 100,
    "WebP chunk of 4 GiB": b"RIFF\xff\xff\xff\xffWEBPXMP \xff\xff\xff\xff<keydream:project>",
    "WebP entities": b"RIFF\x60\0\0\0WEBPXMP \x30\0\0\0" + b'<!DOCTYPE a [<!ENTITY b "bbbb">]>&b;&b;'.ljust(48),
    "MP4 box smaller than its header": b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x04moov",
    "MP4 box of 2^63": b"\0\0\0\x10ftypisom\0\0\0\0\0\0\0\x01moov\x7f\xff\xff\xff\xff\xff\xff\xff",
    "MP4 of empty boxes": b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x08free" * 300_000,
    "MP4 boxes in boxes": b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\0moov\0\0\0\0udta\0\0\0\0meta",
    "WebM number of zeros": b"\x1a\x45\xdf\xa3\x80\x00\x00\x00",
    "WebM of unknown sizes": b"\x1a\x45\xdf\xa3\x80"
    + b"\x18\x53\x80\x67\xff\x12\x54\xc3\x67\xff\x73\x73\xff\x67\xc8\xff",
    "WebM of empty elements": b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\xff" + b"\xec\x80" * 300_000,
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_hostile_files_give_nothing(tmp_path, attack):
    (tmp_path / "hostile").write_bytes(HOSTILE[attack])
    assert read_embedded(tmp_path / "hostile") is None


def test_a_huge_sidecar_is_not_read(tmp_path):
    with (tmp_path / f"{tmp_path.name}.keydream").open("wb") as file:
        file.truncate(50_000_000_000)
    assert read_embedded(tmp_path) is None


def test_an_svg_carries_its_project_before_everything_else(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text(f"<svg xmlns='http://www.w3.org/2000/svg'>\n{embed.svg_metadata(PROJECT)}<g/></svg>", "utf-8")
    assert read_embedded(path) == PROJECT
    path.write_text(f"<svg>{embed.svg_metadata(PROJECT)[:60]}", "utf-8")
    assert read_embedded(path) is None
