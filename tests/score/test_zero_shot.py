"""Labels in sentences, and their mean direction: as open_clip does it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import nn

from studio.base.errors import InputError
from studio.models.loading import Weights
from studio.score.clip import OPENAI_MEAN, OPENAI_STD, build
from studio.score.looking import embed, looks
from studio.score.similarity import compare
from studio.score.tokens import build_tokenizer
from studio.score.zero_shot import PLAIN, classifier, sentences

LABELS = ["red apple", "blue fish", "apple"]
TEMPLATES = ["a {}", "fish and {}", "{} red"]


def test_a_label_is_put_into_each_template() -> None:
    assert sentences("dog, brown", ("a {}", "{} and {}")) == ("a dog, brown", "dog, brown and dog, brown")


def test_braces_of_a_label_are_left_alone() -> None:
    assert sentences("{0.__class__} {}", ("a {}",)) == ("a {0.__class__} {}",)


def test_a_template_without_a_place_is_refused() -> None:
    with pytest.raises(InputError, match="no place for a label"):
        sentences("dog", ("a picture",))


def test_without_templates_labels_stand_as_they_are(colours: Any) -> None:
    assert torch.equal(classifier(colours, ["red", "blue"], PLAIN), colours.embed_text(["red", "blue"]))


def test_needs_labels_and_templates(colours: Any) -> None:
    for labels, templates in (([], PLAIN), (["red"], ())):
        with pytest.raises(ValueError, match="at least one"):
            classifier(colours, labels, templates)


def test_equals_open_clips_own_recipe(weights: Weights, plain_clip: nn.Module) -> None:
    import open_clip

    perceptor = build(weights, "cpu")
    tokenizer = build_tokenizer(weights.config["tokenizer"], 16, name="tiny")
    formats = [lambda label, template=template: template.replace("{}", label) for template in TEMPLATES]
    expected = open_clip.build_zero_shot_classifier(plain_clip, tokenizer, LABELS, formats, num_classes_per_batch=2)
    torch.testing.assert_close(classifier(perceptor, LABELS, TEMPLATES), expected.T, atol=1e-5, rtol=0)


@pytest.mark.slow
def test_equals_open_clips_own_recipe_on_a_network_of_full_size() -> None:
    """ViT-B/32 with random weights, as open_clip's zero-shot evaluation uses it."""
    import open_clip

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        plain = open_clip.create_model("ViT-B-32", pretrained=None).eval()
        images = torch.rand(6, 3, 224, 224)
    config = {"model_cfg": copy.deepcopy(open_clip.get_model_config("ViT-B-32"))}
    perceptor = build(Weights("full", "clip", config, plain.state_dict(), "f"), "cpu")
    labels = ["tabby cat", "brown dog, asleep", "red apple"]
    templates = list(open_clip.SIMPLE_IMAGENET_TEMPLATES[:4])
    with torch.no_grad():
        weights = open_clip.build_zero_shot_classifier(
            plain, open_clip.get_tokenizer("ViT-B-32"), labels, templates, num_classes_per_batch=3
        )
        mean, std = (torch.tensor(values).view(3, 1, 1) for values in (OPENAI_MEAN, OPENAI_STD))
        features = plain.encode_image((images - mean) / std, normalize=True)
        cosine = features @ weights
        probability = (plain.logit_scale.exp() * cosine).softmax(-1)
    ours = classifier(perceptor, labels, [template("{}") for template in templates])
    seen = embed(perceptor, [looks(image[None], 224) for image in images])
    found = compare(seen, ours, perceptor.logit_scale)
    assert (found.cosine - cosine).abs().max() < 1e-5
    assert (found.probability - probability).abs().max() < 1e-5
    assert cosine.std() > 1e-4  # the random network tells pictures and labels apart at all
