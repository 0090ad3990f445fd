"""Which gesture begins with a press."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from studio.app.timeline.boxing import BoxSelect
from studio.app.timeline.geometry import Hit, Part, Row
from studio.app.timeline.gesture import Pointer
from studio.app.timeline.gestures import begin, cursor, hint
from studio.app.timeline.marking import MoveMarker, RangeEnd
from studio.app.timeline.moving import MoveKeys
from studio.app.timeline.scrubbing import Pan, Scrub
from studio.timeline.edits import add_marker
from studio.timeline.model import KeyRef, Marker, TrackRef

KEY = KeyRef(TrackRef("prompt", "Prompt"), 32)
HITS = {
    Part.RULER: (Hit(Part.RULER, 3), Scrub),
    Part.STRIP: (Hit(Part.STRIP, 3, Row("frames", None, 0)), Scrub),
    Part.MARKER: (Hit(Part.MARKER, 5), MoveMarker),
    Part.IN: (Hit(Part.IN, 0), RangeEnd),
    Part.OUT: (Hit(Part.OUT, 97), RangeEnd),
    Part.KEY: (Hit(Part.KEY, 32, Row("prompt", KEY.track, 56), KEY), MoveKeys),
    Part.CARD: (Hit(Part.CARD, 40, Row("prompt", KEY.track, 56), KEY), MoveKeys),
    Part.LANE: (Hit(Part.LANE, 40, Row("prompt", KEY.track, 56)), BoxSelect),
    Part.EMPTY: (Hit(Part.EMPTY, 40), BoxSelect),
}


@pytest.mark.parametrize("part", Part)
def test_every_part_has_its_gesture_a_hint_and_a_cursor(editor, context, part):
    context.document.edit(add_marker(Marker(5, "")))
    found, expected = HITS[part]
    assert type(begin(editor.stage, found, Pointer(10, 10), Qt.MouseButton.LeftButton)) is expected
    assert hint(found)
    assert isinstance(cursor(found), Qt.CursorShape)


def test_the_middle_button_pans_everywhere_and_the_right_one_does_nothing(editor):
    for found, _ in HITS.values():
        assert type(begin(editor.stage, found, Pointer(10, 10), Qt.MouseButton.MiddleButton)) is Pan
        assert begin(editor.stage, found, Pointer(10, 10), Qt.MouseButton.RightButton) is None
