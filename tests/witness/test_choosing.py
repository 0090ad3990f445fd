"""Who may be a witness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from studio.base.errors import InputError, ModelError
from studio.models.catalogue import entries
from studio.project.model import Project
from studio.witness import choosing
from studio.witness.choosing import candidates, witness_of

Make = Callable[..., Project]


def test_the_evaluator_is_the_usual_witness(project: Make) -> None:
    assert witness_of(project({0: "a dog"})) == "starter-evaluator"


def test_a_guide_is_refused(project: Make) -> None:
    with pytest.raises(InputError, match="guides the project"):
        witness_of(project({0: "a dog"}), "starter-clip")
    with pytest.raises(InputError, match="starter-evaluator cannot be the witness"):
        witness_of(project({0: "a dog"}, "starter-evaluator"), "starter-evaluator")


def test_when_the_evaluator_guides_another_is_the_witness(project: Make) -> None:
    assert witness_of(project({0: "a dog"}, "starter-evaluator")) == "starter-clip"
    assert witness_of(project({0: "a dog"}, "starter-evaluator", "starter-clip")) is None


def test_one_that_is_not_here_is_named(project: Make) -> None:
    with pytest.raises(ModelError, match="nobody"):
        witness_of(project({0: "a dog"}), "nobody")


def test_the_same_weights_under_another_name_guide_too(project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    known = entries()
    twin = replace(next(entry for entry in known if entry.name == "starter-clip"), name="twin", starter=False)
    monkeypatch.setattr(choosing, "entries", lambda: (*known, twin))
    guiding = {each.name: each.guides for each in candidates(project({0: "a dog"}))}
    assert guiding == {"starter-clip": True, "starter-evaluator": False, "twin": True}
