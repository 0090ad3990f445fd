from __future__ import annotations

from studio.app.clip.answers import PLAIN
from studio.app.clip.templates import DEFAULT, OWN, PHOTO, default_of, sets
from studio.models.catalogue import catalogued, find
from studio.score.zero_shot import PLAIN as CORE
from studio.score.zero_shot import sentences


def test_every_sentence_has_a_place_for_the_label() -> None:
    assert sets()[0].name == DEFAULT
    for each in sets():
        if each.name not in (DEFAULT, OWN):
            assert all("{cat}" in sentence for sentence in sentences("{cat}", each.templates))


def test_the_starter_is_asked_plainly_and_published_ones_for_photos() -> None:
    assert PLAIN == CORE
    assert default_of(find("", "clip")) == PLAIN
    published = next(entry for entry in catalogued() if entry.name == "openai-vit-b-32")
    assert default_of(published) == PHOTO
