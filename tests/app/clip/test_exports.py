from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from studio.app.clip import exports
from studio.app.clip.answers import Table, table
from studio.app.clip.perceptors import Perceptors, Source
from studio.base.cancel import never
from studio.base.errors import InputError
from studio.base.progress import silent


@pytest.fixture
def found(perceptors: Perceptors, sources: tuple[Source, ...]) -> Table:
    return table(perceptors, "", sources, ('red, "the" colour', "=blue\tsky"), never(), silent)


def test_text_for_a_spreadsheet_keeps_cells_and_is_no_formula(found: Table) -> None:
    rows = [line.split("\t") for line in exports.as_text(found, found.cosine).splitlines()]
    assert rows[0] == ["", 'red, "the" colour', "'=blue sky"]
    assert [row[0] for row in rows[1:]] == ["red.png", "green.png", "below/blue.png"]
    assert float(rows[1][1]) == pytest.approx(found.cosine[0, 0], abs=1e-4)


def test_html_is_escaped(found: Table) -> None:
    text = exports.as_html(found, found.probability)
    assert "<th>red, &quot;the&quot; colour</th>" in text
    assert text.count("<tr>") == 4


def test_every_format_holds_the_numbers(found: Table, tmp_path: Path) -> None:
    for suffix in exports.SUFFIXES:
        assert exports.write(found, tmp_path / f"out{suffix}").is_file()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out.csv").read_text("utf-8-sig"))))
    assert len(rows) == 6
    assert rows[0]["text"] == 'red, "the" colour'
    assert float(rows[0]["cosine"]) == pytest.approx(found.cosine[0, 0], abs=1e-5)
    told = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert told["model"] == "starter-clip"
    assert told["scores"][0]["cosine"]['red, "the" colour'] == pytest.approx(float(found.cosine[0, 0]))
    arrays = np.load(tmp_path / "out.npz", allow_pickle=False)
    assert arrays["images"].shape == (3, 3)
    assert np.array_equal(arrays["cosine"], found.cosine)
    assert list(arrays["text_names"]) == list(found.texts)
    assert np.allclose(arrays["images"] @ arrays["texts"].T, found.cosine, atol=1e-6)


def test_other_names_are_refused(found: Table, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"one of \.csv"):
        exports.write(found, tmp_path / "out.xls")
