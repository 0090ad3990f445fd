"""A scene's name and number are the same scene at every size."""

from __future__ import annotations

import numpy as np
import pytest

from studio.scenery.backgrounds import KINDS
from studio.scenery.scenes import Scene, draw


def test_a_scene_is_of_its_kind_and_the_same_again():
    one, again = draw(Scene("beach", 4), 30, 20), draw(Scene("beach", 4), 30, 20)
    assert KINDS[one.kind].name == "beach"
    assert one.picture.shape == (20, 30, 3)
    assert np.array_equal(one.picture, again.picture)
    assert not np.array_equal(one.picture, draw(Scene("beach", 5), 30, 20).picture)


def test_its_words_do_not_depend_on_its_size():
    assert draw(Scene("plain", 9), 2, 2).phrase == draw(Scene("plain", 9), 40, 24).phrase


def test_a_kind_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="no background 'moon base'"):
        draw(Scene("moon base", 1), 8, 8)
