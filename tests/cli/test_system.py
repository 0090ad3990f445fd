"""`doctor`, `schema`, and the shape of the command line itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from studio import __version__
from studio.cli import run


def test_the_doctor_finds_the_starter_models(capsys: pytest.CaptureFixture[str]) -> None:
    run(["doctor", "--json"])
    report = json.loads(capsys.readouterr().out)
    states = {check["what"]: check["state"] for check in report["checks"]}
    assert states["starter-clip"] == states["starter-vqgan"] == states["torch"] == "ok"
    assert report["version"] == __version__


def test_the_doctor_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dataclasses import replace

    from studio.models import catalogue

    gone = tuple(replace(entry, path=tmp_path / "gone.safetensors") for entry in catalogue.entries())
    monkeypatch.setattr(catalogue, "entries", lambda: gone)
    assert run(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["healthy"]
    assert all(check["fix"] for check in report["checks"] if check["state"] == "missing")


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == 0
    assert json.loads(capsys.readouterr().out)["type"] == "object"


def test_a_mistyped_command_is_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rendre"]) == 2
    assert "rendre" in capsys.readouterr().err


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert __version__ in capsys.readouterr().out


def test_errors_are_json_too_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["render", str(tmp_path / "none.keydream"), "-o", "x.gif", "--json"]) == 1
    error = json.loads(capsys.readouterr().out)["error"]
    assert "none.keydream" in error["what"]
    assert error["fix"]


def test_help_loads_neither_torch_nor_qt() -> None:
    program = (
        "import sys; from studio.cli import run; run(['--help']); run(['render', '--help']);"
        "sys.exit(any(name in sys.modules for name in ('torch', 'PySide6', 'numpy', 'PIL', 'av')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "keydream render" in done.stdout


def at_the_end(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """How the command ends whose `run` is replaced by this expression."""
    begin = f"import sys, studio.cli as cli; cli.run = lambda arguments: {program}"
    main = "from studio.__main__ import main; main()"
    return subprocess.run(
        [sys.executable, "-c", f"{begin}; {main}", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("status", [0, 1, 2, 130])
def test_the_process_ends_with_the_commands_status(status: int) -> None:
    done = at_the_end(f"print(arguments) or {status}", "a", "-b")
    assert (done.returncode, done.stdout, done.stderr) == (status, "['a', '-b']\n", "")


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [("sys.exit('in words')", 1, "in words\n"), ("sys.exit(None)", 0, ""), ("1 / 0", 1, "ZeroDivisionError")],
)
def test_what_a_command_lets_through_ends_it_as_ever(raised: str, status: int, said: str) -> None:
    done = at_the_end(f"__import__('atexit').register(print, 'done') and {raised}")
    assert (done.returncode, done.stdout) == (status, "done\n")
    assert said in done.stderr


def test_the_command_itself_ends_with_its_status_and_all_it_said() -> None:
    command = [sys.executable, "-m", "studio"]
    said = subprocess.run([*command, "schema"], capture_output=True, text=True, check=True)
    assert json.loads(said.stdout)["type"] == "object"
    assert said.stderr == ""
    assert subprocess.run([*command, "rendre"], capture_output=True, check=False).returncode == 2
