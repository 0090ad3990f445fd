"""A checkpoint of the artist's becomes a model that projects can name."""

from __future__ import annotations

import pytest
import torch

from studio.base.cancel import never
from studio.base.errors import FileError, InputError, ModelError
from studio.base.progress import silent
from studio.models import adding, catalogue, own
from studio.models.adding import add
from studio.models.loading import glance
from studio.render.proving import prove

from .conftest import TINY_VQGAN, Taming


def added(file, **options):
    return add(file, prove=prove, token=never(), report=silent, **options)


def test_it_is_listed_under_its_files_name(tmp_path, tiny_clip, clip_config):
    torch.save(tiny_clip.state_dict(), tmp_path / "my eyes.pt")
    entry = added(tmp_path / "my eyes.pt", config=clip_config)
    assert (entry.name, entry.kind, entry.path) == ("my eyes", "clip", own.folder() / "my eyes.safetensors")
    assert entry.about == "Added from my eyes.pt"
    assert catalogue.find("my eyes", "clip") == entry
    assert (tmp_path / "my eyes.pt").is_file()


def test_the_configuration_beside_it_is_found(lightning):
    path = lightning(TINY_VQGAN, Taming(TINY_VQGAN).state())
    assert added(path, name="cats").kind == "vqgan"
    path.with_suffix(".yaml").unlink()
    with pytest.raises(ModelError, match="could not be used"):
        added(path, name="dogs")
    assert [each.name for each in own.known()] == ["cats"]
    assert not (own.folder() / "dogs.safetensors").exists()


def test_what_the_hub_has_beside_a_siglip_is_found(siglip_folder):
    entry = added(siglip_folder / "open_clip_model.safetensors", name="sig")
    assert entry.kind == "clip"
    text = glance(entry.path, name="sig", expect_kind="clip")
    assert text.config["mean"] == [0.5, 0.5, 0.5]
    assert text.tensors["tokenizer.json"].numpy().tobytes() == (siglip_folder / "tokenizer.json").read_bytes()
    (siglip_folder / "tokenizer.json").rename(siglip_folder / "words.json")
    with pytest.raises(ModelError) as caught:
        added(siglip_folder / "open_clip_model.safetensors", name="sig too")
    assert "tokenizer.json" in caught.value.fix
    again = added(siglip_folder / "open_clip_model.safetensors", name="sig too", tokenizer=siglip_folder / "words.json")
    assert again.sha256 == entry.sha256


@pytest.mark.parametrize(("name", "what"), [("../x", "cannot be called"), ("openai-vit-b-32", "cannot be called")])
def test_names_that_are_none_or_taken_are_refused_before_any_work(tmp_path, name, what):
    with pytest.raises(InputError, match=what):
        added(tmp_path / "x.pt", name=name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ModelError, match="There is no file"):
        added(tmp_path / "none.pt")


def test_room_is_looked_for_first(tmp_path, tiny_clip, clip_config, monkeypatch):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    usage = adding.room.__globals__["shutil"].disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=10))
    with pytest.raises(FileError, match="no room"):
        added(tmp_path / "x.pt", config=clip_config)


def test_one_of_ones_own_is_replaced(tmp_path, tiny_clip, clip_config):
    torch.save(tiny_clip.state_dict(), tmp_path / "x.pt")
    first = added(tmp_path / "x.pt", config=clip_config)
    torch.save({key: value.half() for key, value in tiny_clip.state_dict().items()}, tmp_path / "x.pt")
    second = added(tmp_path / "x.pt", config=clip_config)
    assert second.sha256 != first.sha256
    assert catalogue.find("x", "clip") == second
    own.remove("x")
    assert list(own.known()) == []
    assert not second.path.exists()
