"""Each picture is looked at once by each perceptor, however often and by whomever it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from studio.base.cancel import Cancelled, CancelToken, never
from studio.witness.looking import Looker
from studio.witness.memory import Memory

Picture = Callable[..., Path]


def test_what_was_seen_is_not_looked_at_again(
    fakes: ModuleType, memory: Memory, picture: Picture, tmp_path: Path
) -> None:
    pictures, eye = [picture(number) for number in range(20)], fakes.Perceptor()
    looker = Looker(memory)
    left = list(looker.look(pictures, [eye], never()))
    assert left == sorted(left, reverse=True)
    assert left[-1] == 0
    assert eye.looks > 0
    before = eye.looks
    assert list(looker.look(pictures, [eye], never())) == []
    other = Looker(memory)  # another day
    assert list(other.look(pictures, [eye], never()))[-1] == 0
    assert eye.looks == before
    first, rows = looker.embeddings(eye, pictures)
    again, _ = other.embeddings(eye, pictures)
    assert rows == list(range(20))
    np.testing.assert_allclose(again, first, atol=1e-3)


def test_only_new_frames_are_looked_at(fakes: ModuleType, memory: Memory, picture: Picture) -> None:
    eye, looker = fakes.Perceptor(), Looker(memory)
    list(looker.look([picture(1), picture(2)], [eye], never()))
    before = eye.looks
    assert list(looker.look([picture(1), picture(3), picture(2)], [eye], never())) == [0]
    assert eye.looks == before + 1


def test_equal_pictures_are_one(fakes: ModuleType, memory: Memory, picture: Picture, tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(picture(1).read_bytes())
    eye, looker = fakes.Perceptor(), Looker(memory)
    list(looker.look([picture(1), copy, picture(2)], [eye], never()))
    embeddings, rows = looker.embeddings(eye, [picture(1), None, copy, picture(2), picture(3)])
    assert rows == [0, -1, 0, 1, -1]
    assert embeddings.shape == (2, eye.dimensions)


def test_two_perceptors_see_for_themselves(fakes: ModuleType, memory: Memory, picture: Picture) -> None:
    one, other = fakes.Perceptor(), fakes.Perceptor()
    other.identity, other._matrix = "b" * 64, -one._matrix
    looker = Looker(memory)
    list(looker.look([picture(1)], [one], never()))
    list(looker.look([picture(1)], [one, other], never()))
    np.testing.assert_allclose(
        looker.embeddings(one, [picture(1)])[0], -looker.embeddings(other, [picture(1)])[0], atol=1e-6
    )


def test_what_cannot_be_read_is_passed_over(
    fakes: ModuleType, memory: Memory, picture: Picture, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    eye, looker = fakes.Perceptor(), Looker(memory)
    assert list(looker.look([broken, tmp_path / "gone.png", picture(1)], [eye], never()))[-1] == 0
    assert looker.embeddings(eye, [broken, tmp_path / "gone.png", picture(1)])[1] == [-1, -1, 0]


def test_it_can_be_stopped_and_what_was_seen_is_kept(fakes: ModuleType, memory: Memory, picture: Picture) -> None:
    pictures, eye, token = [picture(number) for number in range(40)], fakes.Perceptor(), CancelToken()
    looking = Looker(memory).look(pictures, [eye], token)
    seen = 40 - next(looking)
    token.cancel()
    with pytest.raises(Cancelled):
        list(looking)
    again = Looker(memory)
    list(again.look(pictures[:seen], [eye], never()))
    assert eye.looks == 1


def test_what_nobody_shows_is_forgotten_here_and_not_on_disk(
    fakes: ModuleType, memory: Memory, picture: Picture
) -> None:
    eye, looker = fakes.Perceptor(), Looker(memory)
    list(looker.look([picture(1), picture(2)], [eye], never()))
    looker.forget([picture(2), None])
    assert looker.embeddings(eye, [picture(1), picture(2)])[1] == [-1, 0]
    before = eye.looks
    list(looker.look([picture(1)], [eye], never()))
    assert eye.looks == before
