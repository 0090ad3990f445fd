from __future__ import annotations

import json

import pytest

from studio.cli import run


def test_a_large_picture_is_measured(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["bench", "--large", "64", "--workload", "E", "--steps", "1", "--precision", "fp32"]
    assert run([*arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["side"] == 64
    assert len(found["seconds"]) == 1
    assert run(arguments) == 0
    assert "GiB  free before the first step" in capsys.readouterr().out


def test_what_cannot_fit_ends_in_plain_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["bench", "--large", "64", "--workload", "E", "--steps", "1", "--memory", "0.0001"]) == 1
    told = " ".join(capsys.readouterr().err.split())
    assert "it is tried all the same" in told
    assert "does not fit into memory" in told


@pytest.mark.parametrize("wrong", [["--workload", "C"], ["--precision", "fp8"]])
def test_what_there_is_none_of_is_refused(capsys: pytest.CaptureFixture[str], wrong: list[str]) -> None:
    assert run(["bench", "--large", "64", *wrong]) == 1
    assert "There is no" in capsys.readouterr().err
