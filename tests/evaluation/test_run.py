"""A whole evaluation: figures, sheets, and who may not judge."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image

from studio.base.cancel import Cancelled, CancelToken
from studio.base.errors import InputError
from studio.base.progress import silent
from studio.evaluation.prompts import Prompt
from studio.evaluation.run import Made, evaluate

spec = importlib.util.spec_from_file_location("judges", Path(__file__).with_name("judges.py"))
judges = importlib.util.module_from_spec(spec)
spec.loader.exec_module(judges)
JUDGE = judges.Colours()
PROMPTS = [Prompt(JUDGE.objects[number], JUDGE.contexts[number]) for number in range(3)]


def made(folder: Path, shift: int = 0) -> list[Made]:
    """A picture a prompt: the object's colour above its context's; shifted ones show another object."""
    found = []
    for number in range(3):
        pixels = judges.picture((number + shift) % 3, number)[0].permute(1, 2, 0).mul(255).byte().numpy()
        Image.fromarray(pixels).resize((32, 32), Image.Resampling.NEAREST).save(folder / f"{number}.png")
        found.append(Made(folder / f"{number}.png", 1.5 if number else None))
    return found


def run(folder: Path, shift: int = 0, **options):
    options = {"guides": (), "token": CancelToken()} | options
    return evaluate(
        PROMPTS, made(folder, shift), JUDGE, options["guides"], folder / "out", None, {"seed": 3},
        token=options["token"], report=silent,
    )  # fmt: skip


def test_right_pictures_are_found_and_wrong_ones_are_not(tmp_path):
    right, wrong = run(tmp_path), run(tmp_path, 1)
    assert right["made"]["object"]["at1"] == 1
    assert right["made"]["context"]["at1"] == 1
    assert wrong["made"]["object"]["at1"] == 0
    assert wrong["made"]["context"]["at1"] == 1
    assert right["noised"]["object"]["at1"] == 1  # so much noise leaves halves of one colour what they are


def test_all_that_is_needed_to_check_it_is_written(tmp_path):
    figures = run(tmp_path)
    kept = json.loads((tmp_path / "out" / "evaluation.json").read_text())
    assert kept["made"]["object_ranks"] == list(figures["made"]["object_ranks"])
    assert kept["seconds_a_picture"] == 1.5
    assert kept["seed"] == 3
    assert kept["judge"]["identity"] == "judge"
    assert kept["prompts"] == [prompt.text for prompt in PROMPTS]
    for sheet in ("blind.png", "captioned.png"):
        with Image.open(tmp_path / "out" / sheet) as drawn:
            assert drawn.width > 3 * 190


def test_nobody_judges_what_was_made_to_please_them(tmp_path):
    with pytest.raises(InputError, match="cannot judge these pictures"):
        run(tmp_path, guides=(judges.Colours("other"), judges.Colours("judge")))
    assert not (tmp_path / "out").exists()


def test_a_picture_is_needed_for_each_prompt(tmp_path):
    with pytest.raises(InputError, match="do not match"):
        evaluate(
            PROMPTS[:2], made(tmp_path), JUDGE, (), tmp_path, None, {}, token=CancelToken(), report=silent
        )  # fmt: skip


def test_it_can_be_cancelled(tmp_path):
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run(tmp_path, token=token)
