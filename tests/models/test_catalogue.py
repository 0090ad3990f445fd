"""What ships is what the catalogue says, and asking for what there is not is answered with what there is."""

from __future__ import annotations

import hashlib
import re
from collections import Counter

import pytest

from studio.base import paths
from studio.base.errors import ModelError
from studio.models import catalogue, own, store
from studio.models.architectures import model_cfg
from studio.models.loading import read_weights
from studio.starter.artwork import STYLES

MODEL = """
[[model]]
name = "first"
kind = "clip"
file = "starter/first.safetensors"
sha256 = "00"
size = 3
licence = "MIT"
about = "The first"
starter = true

[[model]]
name = "second"
kind = "clip"
file = "second.safetensors"
sha256 = "01"
size = 4
licence = "MIT"
about = "The second"
"""


@pytest.fixture
def resources(tmp_path, monkeypatch):
    """An empty folder of resources, for a catalogue of one's own."""
    monkeypatch.setattr(paths, "resources", lambda: tmp_path)
    catalogue.catalogued.cache_clear()
    yield tmp_path
    catalogue.catalogued.cache_clear()


def test_entries_are_read_in_order(resources):
    (resources / "models.toml").write_text(MODEL)
    first, second = catalogue.entries()
    assert (first.name, first.kind, first.sha256, first.size, first.starter) == ("first", "clip", "00", 3, True)
    assert first.path == resources / "starter" / "first.safetensors"
    assert (first.licence, first.about) == ("MIT", "The first")
    assert (second.name, second.starter) == ("second", False)


def test_a_model_is_found_by_name_and_the_starter_by_none(resources):
    (resources / "models.toml").write_text(MODEL)
    assert catalogue.find("second", "clip").name == "second"
    assert catalogue.find("first", "clip").name == "first"
    assert catalogue.find("", "clip").name == "first"


def test_an_unknown_name_is_answered_with_the_known_ones(resources):
    (resources / "models.toml").write_text(MODEL)
    with pytest.raises(ModelError) as caught:
        catalogue.find("third", "clip")
    assert caught.value.what == "There is no clip model called 'third'"
    assert caught.value.why == "The catalogue has first, second"
    assert "leave the name empty for the starter" in caught.value.fix


def test_a_name_of_another_kind_is_unknown(resources):
    (resources / "models.toml").write_text(MODEL)
    with pytest.raises(ModelError) as caught:
        catalogue.find("first", "vqgan")
    assert caught.value.why == "The catalogue has none of that kind"
    with pytest.raises(ModelError, match="There is no starter vqgan model"):
        catalogue.find("", "vqgan")


@pytest.mark.parametrize("content", [None, "[[model]\n", '[[model]]\nname = "x"\n', "", b"\xff\xfe"])
def test_a_catalogue_that_is_missing_or_damaged_is_said_to_be(resources, content):
    if content is not None:
        (resources / "models.toml").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ModelError) as caught:
        catalogue.entries()
    assert caught.value.what == "The catalogue of models could not be read"
    assert str(resources / "models.toml") in caught.value.why
    assert caught.value.fix == "Install Keydream again"


def test_names_are_unique_and_each_kind_has_one_starter():
    entries = catalogue.entries()
    assert max(Counter((entry.kind, entry.name) for entry in entries).values()) == 1
    assert Counter(entry.kind for entry in entries if entry.starter) == {"clip": 1, "vqgan": 1, "biggan": 1}


@pytest.mark.parametrize("kind", ["clip", "vqgan"])
def test_the_starter_ships_as_the_catalogue_says(kind):
    entry = catalogue.find("", kind)
    content = entry.path.read_bytes()
    assert len(content) == entry.size
    assert hashlib.sha256(content).hexdigest() == entry.sha256
    assert entry.size <= 14 << 20
    weights = read_weights(entry.path, name=entry.name, expect_kind=kind, expect_sha256=entry.sha256)
    assert weights.tensors


def offered() -> list[catalogue.Entry]:
    return [entry for entry in catalogue.catalogued() if entry.offer is not None]


def test_what_is_offered_is_whole_and_safe_to_fetch():
    names = {entry.name for entry in offered()}
    assert {"openai-vit-b-32", "openai-vit-b-16", "openai-vit-l-14", "openai-rn50x4"} <= names
    assert {"laion-vit-b-32", "laion-vit-h-14", "mobileclip-s1", "fare2-vit-l-14", "tecoa4-vit-l-14"} <= names
    assert {"siglip-vit-b-16", "fare4-vit-b-32", "tecoa2-vit-l-14", "mobileclip-s2"} <= names
    assert {"vqgan-imagenet-f16-1024", "vqgan-imagenet-f16-16384", "vqgan-gumbel-f8"} <= names
    assert {"biggan-deep-128", "biggan-deep-256", "biggan-deep-512"} <= names
    for entry in offered():
        assert own.NAME.fullmatch(entry.name)
        assert entry.about, entry.name
        assert entry.licence, entry.name
        assert not entry.starter, entry.name
        assert 1 << 20 < entry.offer.memory < 1 << 33, entry.name
        assert entry.size == entry.offer.download > 1 << 20, entry.name
        assert entry.offer.config or entry.offer.architecture, entry.name
        assert len(entry.offer.mean) == len(entry.offer.std) in (0, 3), entry.name
        for mirror in (*entry.offer.weights, *entry.offer.config, *entry.offer.tokenizer):
            assert mirror.url.startswith("https://"), mirror
            assert re.fullmatch(r"([0-9a-f]{64})?", mirror.sha256), mirror


def test_addresses_and_colours_are_those_of_open_clip():
    import open_clip

    tags = {
        "openai-vit-b-32": ("ViT-B-32", "openai"),
        "openai-vit-b-16": ("ViT-B-16", "openai"),
        "openai-vit-l-14": ("ViT-L-14", "openai"),
        "openai-rn50x4": ("RN50x4", "openai"),
        "laion-vit-b-32": ("ViT-B-32", "laion2b_s34b_b79k"),
        "laion-vit-h-14": ("ViT-H-14", "laion2b_s32b_b79k"),
        "mobileclip-s1": ("MobileCLIP-S1", "datacompdr"),
        "mobileclip-s2": ("MobileCLIP-S2", "datacompdr"),
        "siglip-vit-b-16": ("ViT-B-16-SigLIP", "webli"),
        "siglip-vit-l-16": ("ViT-L-16-SigLIP-256", "webli"),
        "siglip2-vit-b-16": ("ViT-B-16-SigLIP2", "webli"),
    }
    entries = {entry.name: entry for entry in offered()}
    for name, (architecture, tag) in tags.items():
        offer, told = entries[name].offer, open_clip.get_pretrained_cfg(architecture, tag)
        suffix = "-quickgelu" if told.get("quick_gelu") else ""
        assert offer.architecture == architecture + suffix
        assert (offer.mean or told["mean"]) == told["mean"], name
        assert (offer.std or told["std"]) == told["std"], name
        hub = f"https://huggingface.co/{told['hf_hub']}resolve/main/open_clip_"
        urls = [mirror.url for mirror in offer.weights]
        assert all(url.startswith(hub) or url == told["url"] for url in urls), name
        wanted = model_cfg(offer.architecture)["text_cfg"].get("hf_tokenizer_name")
        assert [mirror.url for mirror in offer.tokenizer] == (
            [f"https://huggingface.co/{wanted}/resolve/main/tokenizer.json"] if wanted else []
        )
        if told["url"]:
            assert urls[0] == told["url"]
            assert offer.weights[0].sha256 == told["url"].split("/")[-2]  # as OpenAI's own loader has it


def test_what_is_offered_is_not_here_until_it_was_fetched(home):
    entry = offered()[0]
    assert entry.name not in {each.name for each in catalogue.entries()}
    with pytest.raises(ModelError) as caught:
        catalogue.find(entry.name, entry.kind)
    assert "is not on this machine" in caught.value.what
    assert caught.value.fix == f"keydream models fetch {entry.name}"
    store.folder().mkdir(parents=True)
    store.weights(entry.name).write_bytes(b"weights")
    store.note(entry.name, "ab" * 32, 7, "https://x", "")
    found = catalogue.find(entry.name, entry.kind)
    assert (found.sha256, found.size, found.here) == ("ab" * 32, 7, True)
    assert found.path == store.weights(entry.name)
    assert found in catalogue.entries()


def test_an_offer_without_an_address_is_damage(resources):
    (resources / "models.toml").write_text(MODEL.replace('file = "second.safetensors"', "weights = []\nmemory = 3"))
    with pytest.raises(ModelError, match="catalogue of models could not be read"):
        catalogue.entries()


def test_every_entry_has_its_file_and_a_description():
    for entry in catalogue.entries():
        assert entry.path.is_file(), entry.name
        assert entry.path.stat().st_size == entry.size, entry.name
        assert hashlib.sha256(entry.path.read_bytes()).hexdigest() == entry.sha256, entry.name
        assert entry.licence, entry.name
        assert entry.about, entry.name


def test_the_model_card_says_how_the_starter_was_made_and_whom_to_thank():
    card = (paths.resources() / "starter" / "MODEL_CARD.md").read_text("utf-8")
    for style in STYLES:
        assert style.attribution in card
        assert style.licence in card
        assert style.package in card
    assert "keydream train clip" in card
    assert "keydream train vqgan" in card
    assert "seed" in card
    assert "minutes" in card
