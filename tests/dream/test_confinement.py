from __future__ import annotations

from pathlib import Path

import pytest

from studio.dream import confinement


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where there are no control groups yet."""
    monkeypatch.setattr(confinement, "_OWN", tmp_path / "own")
    monkeypatch.setattr(confinement, "_ROOT", tmp_path / "groups")
    return tmp_path / "groups"


def group(folder: Path, names: tuple[str, str], limit: str, used: int, stat: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / names[0]).write_text(limit + "\n")
    (folder / names[1]).write_text(f"{used}\n")
    if stat:
        (folder / "memory.stat").write_text(stat)


FIRST = ("memory.limit_in_bytes", "memory.usage_in_bytes")
SECOND = ("memory.max", "memory.current")


def test_without_groups_nothing_is_said(root: Path) -> None:
    assert confinement.left() == []


def test_of_a_container_files_that_are_kept_for_convenience_count_as_free(root: Path) -> None:
    group(root, SECOND, "5000", 4000, "anon 900\ninactive_file 3000\nactive_file 100\n")
    assert confinement.left() == [4000]
    group(root, SECOND, "max", 4000)
    assert confinement.left() == []


def test_a_service_is_in_a_group_of_its_own_and_in_those_around_it(root: Path) -> None:
    (root.parent / "own").write_text("0::/system.slice/keydream.service\n")
    group(root / "system.slice", SECOND, "9000", 1000)
    group(root / "system.slice/keydream.service", SECOND, "3000", 500)
    assert sorted(confinement.left()) == [2500, 8000]


def test_the_older_kind_of_groups(root: Path) -> None:
    (root.parent / "own").write_text("9:name=systemd:/\n5:cpu,memory:/docker/a\n1:cpu:/docker/a\n")
    group(root / "memory" / "docker" / "a", FIRST, "3000", 500, "inactive_file 1\ntotal_inactive_file 200\n")
    group(root / "memory", FIRST, "10000", 500)
    assert sorted(confinement.left()) == [2700, 9500]


@pytest.mark.parametrize("line", ["", "0", "x:memory", "0::/../..", ":::"])
def test_what_cannot_be_understood_is_passed_over(root: Path, line: str) -> None:
    (root.parent / "own").write_text(line + "\n")
    assert confinement.left() == []
