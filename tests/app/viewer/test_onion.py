from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from studio.app.context import Context
from studio.app.theme import theme
from studio.app.viewer.onion import Layer, Onion, blended


def plain(colour: str, side: int = 8) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def test_layers_show_through_tinted_and_leave_the_picture_alone() -> None:
    image = plain("#000000")
    made = blended(image, [Layer(plain("#ffffff", 4), QColor("#ff0000"), 0.5)])
    colour = made.pixelColor(4, 4)
    assert made.size() == image.size()
    assert colour.red() > colour.green() > 40
    assert image.pixelColor(4, 4) == QColor("#000000")


def fetched(context: Context, qtbot: QtBot, onion: Onion, frame: int, number: int) -> tuple[Layer, ...]:
    qtbot.waitUntil(lambda: len(onion.layers(frame)) == number, timeout=5000)
    return onion.layers(frame)


def test_the_frames_before_and_after_are_found_at_the_set_distance(
    context: Context, qtbot: QtBot, rendered: Any
) -> None:
    rendered(0, 13)
    onion = Onion(context)
    layers = fetched(context, qtbot, onion, 6, 2)
    assert {layer.tint.name() for layer in layers} == {
        theme().colours.accent.name(),
        theme().colours.prompt(2).name(),
    }
    context.settings.set("onion/step", 2)
    context.settings.set("onion/before", 3)
    context.settings.set("onion/after", 0)
    layers = fetched(context, qtbot, onion, 6, 3)
    assert [layer.strength for layer in layers] == sorted(layer.strength for layer in layers)
    assert layers[-1].strength == pytest.approx(4 * layers[0].strength)
    assert layers[-1].image.pixelColor(0, 0) == context.pictures.now(context.frames.picture(4)).pixelColor(0, 0)  # type: ignore[arg-type,union-attr]


def test_frames_that_are_not_rendered_are_left_out(context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 2)
    onion = Onion(context)
    assert onion.layers(0) == ()
    assert onion.layers(96) == ()
    image = plain("#123456")
    assert onion.over(image, 0).pixelColor(1, 1) == QColor("#123456")


def test_the_same_is_not_made_twice(context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 13)
    onion, image = Onion(context), plain("#123456")
    fetched(context, qtbot, onion, 6, 2)
    first = onion.over(image, 6)
    assert onion.over(image, 6).cacheKey() == first.cacheKey()
    assert onion.over(plain("#654321"), 6).cacheKey() != first.cacheKey()


def test_the_strength_is_the_artists(context: Context, qtbot: QtBot, rendered: Any) -> None:
    rendered(0, 13)
    onion = Onion(context)
    assert {layer.strength for layer in fetched(context, qtbot, onion, 6, 2)} == {0.4}
    context.settings.set("onion/strength", 90)
    assert {layer.strength for layer in onion.layers(6)} == {0.9}
