"""`takes`, `walk` and `batch` on the shipped models, small enough for every run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from studio.cli import run

SMALL = ["--medium", "pixels", "--start", "noise", "--steps", "1", "--size", "32x32"]


def told(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def dreamed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Ids of three stills."""
    ids = []
    for number, prompt in enumerate(["a red apple", "a blue fish", "a yellow sun"]):
        run(["still", prompt, "-o", str(tmp_path / f"{number}.png"), *SMALL, "--seed", str(number), "--json"])
        ids += told(capsys)["takes"]
    assert len(set(ids)) == 3
    return ids


def test_stills_are_listed_filtered_and_shown(dreamed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    run(["takes", "list", "--json"])
    found = told(capsys)["takes"]
    assert [take["key"] for take in found] == dreamed[::-1]
    assert found[0]["prompt"] == "a yellow sun"
    assert (found[0]["seed"], found[0]["steps"], found[0]["width"]) == (2, 1, 32)
    assert found[0]["medium"]["kind"] == "pixels"
    assert len(found[0]["guides"][0]["sha256"]) == 64
    assert Path(found[0]["picture"]).is_file()
    assert Path(found[0]["latents"]).is_file()
    run(["takes", "list", "FISH", "blue", "--medium", "pixels", "--size", "32x32", "--json"])
    assert [take["key"] for take in told(capsys)["takes"]] == [dreamed[1]]
    run(["takes", "list", "octopus"])
    assert "No takes" in capsys.readouterr().out
    run(["takes", "list"])
    table = capsys.readouterr().out
    assert all(key[:12] in table for key in dreamed)
    run(["takes", "show", dreamed[0][:8]])
    assert "a red apple" in capsys.readouterr().out


def test_a_render_keeps_its_keyframes(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["render", str(project), "-o", str(tmp_path / "a.gif"), "--json"])
    made = told(capsys)
    run(["takes", "list", "--json"])
    found = told(capsys)["takes"]
    assert {take["key"] for take in found} == set(made["takes"])
    assert {take["prompt"] for take in found} == {"a red apple", "a blue fish"}
    assert {(take["project"], take["source"]) for take in found} == {("Small", str(project))}


def test_stars_tags_and_the_bin(dreamed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["takes", "star", dreamed[0][:9], dreamed[1]]) == 0
    assert run(["takes", "star", dreamed[1], "--off"]) == 0
    assert run(["takes", "tag", dreamed[0], "-a", "fruit", "-a", "best of"]) == 0
    assert run(["takes", "tag", dreamed[0], "-r", "fruit"]) == 0
    assert run(["takes", "remove", dreamed[2]]) == 0
    capsys.readouterr()
    run(["takes", "list", "--star", "--tag", "best of", "--json"])
    assert [take["key"] for take in told(capsys)["takes"]] == [dreamed[0]]
    run(["takes", "list", "--bin", "--json"])
    assert [take["key"] for take in told(capsys)["takes"]] == [dreamed[2]]
    run(["takes", "rebuild", "--json"])
    assert told(capsys) == {"takes": 3, "binned": 1, "damaged": []}
    assert run(["takes", "empty-bin"]) == 1, "not without being told twice"
    run(["takes", "restore", dreamed[2]])
    assert "is back" in capsys.readouterr().out
    run(["takes", "list", "--json"])
    assert len(told(capsys)["takes"]) == 3
    run(["takes", "remove", dreamed[0]])
    capsys.readouterr()
    assert run(["takes", "empty-bin", "--force", "--json"]) == 0
    assert told(capsys)["removed"] == 1
    run(["takes", "list", "--bin", "--json"])
    assert told(capsys)["takes"] == []
    run(["takes", "list", "--best", "--json"])
    scores = [take["score"] for take in told(capsys)["takes"]]
    assert scores == sorted(scores, reverse=True)


def test_a_walk_between_takes(dreamed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, plot = tmp_path / "walk.gif", tmp_path / "plot.png"
    timing = ["--frames", "4", "--hold", "2", "--loop", "--even", "--ease", "both", "--plot", str(plot)]
    assert run(["walk", *dreamed, "-o", str(out), *timing, "--json"]) == 0
    made = told(capsys)
    assert made["frames"] == 3 * (2 + 4)
    assert made["variation"] < 0.25
    assert made["takes"] == dreamed
    with Image.open(out) as film, Image.open(plot) as drawn:
        assert film.n_frames == made["frames"]
        assert drawn.width > 500
    assert run(["walk", *dreamed[:2], "-o", str(tmp_path / "b.mp4"), "--frames", "2"]) == 0
    assert "14 frames" in capsys.readouterr().out


def test_a_batch_goes_on_and_ends_with_a_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "p.csv", tmp_path / "out"
    table.write_text('prompt,steps,name\n"a red apple, cut",,apple\na fish,many,\na sun,0,\n')
    command = ["batch", str(table), "-o", str(out), *SMALL, "--seeds", "0:2", "--json"]
    assert run(command) == 1
    output = capsys.readouterr()
    made = json.loads(output.out)
    assert (made["made"], made["failed"]) == (4, 1)
    assert "Line 3 failed" in output.err
    assert "many" in output.err
    assert {path.name for path in out.glob("*.png")} == {
        "apple-s0.png",
        "apple-s1.png",
        "004-a-sun-s0.png",
        "004-a-sun-s1.png",
        "contact-sheet.png",
    }
    assert run(command) == 1
    assert told(capsys)["there"] == 4
    table.write_text(table.read_text().replace("many", "1"))
    assert run(command) == 0
    assert (again := told(capsys))["made"] == 2
    assert again["there"] == 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["takes", "show", "abcd"], "abcd"),
        (["takes", "star", "../../etc"], "no take"),
        (["takes", "tag", "abcd"], "--add"),
        (["takes", "list", "--size", "huge"], "256x256"),
        (["walk", "abcd", "ef01", "-o", "x.gif"], "abcd"),
        (["walk", "abcd", "-o", "x.xyz"], ".xyz"),
        (["walk", "abcd", "-o", "x.gif", "--ease", "bumpy"], "bumpy"),
        (["walk", "abcd", "-o", "x.gif", "--hold", "0"], "hold"),
        (["walk", "abcd", "-o", "x.gif", "--rate", "fast"], "fast"),
        (["walk", "abcd", "-o", "x.gif", "--plot", "x.jpg"], ".png"),
        (["batch", "gone.txt", "-o", "out"], "gone.txt"),
        (["batch", "{list}", "-o", "out", "--seeds", "4:0"], "4:0"),
        (["batch", "{list}", "-o", "out", "--size", "9x9"], "9x9"),
    ],
)
def test_bad_input_is_named(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    prompts, folder = tmp_path / "list.txt", tmp_path / "empty"
    prompts.write_text("a red apple\n")
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert run([argument.format(list=prompts) for argument in arguments]) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("Error: ")
    assert words in said
    assert not list(folder.iterdir())


def test_one_take_is_no_walk(dreamed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["walk", dreamed[0], "-o", str(tmp_path / "x.gif")]) == 1
    assert "two takes" in capsys.readouterr().err


def test_sizes_that_differ_are_no_walk(dreamed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["still", "a tree", "-o", str(tmp_path / "t.png"), *SMALL[:-1], "48x32", "--json"])
    other = told(capsys)["takes"][0]
    assert run(["walk", dreamed[0], other, "-o", str(tmp_path / "x.gif")]) == 1
    assert "48x32" in capsys.readouterr().err
