from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.render.wording import WORDS, alternatives, reworded, swapped
from studio.timeline.prompt import format_prompt, parse_prompt


def test_alternatives_come_in_order():
    found = alternatives("a {red|blue} fox {at dawn|at night}")
    assert found.count == 4
    assert found.first == "a red fox at dawn"
    assert found.some(16) == (
        ("red · at dawn", "a red fox at dawn"),
        ("red · at night", "a red fox at night"),
        ("blue · at dawn", "a blue fox at dawn"),
        ("blue · at night", "a blue fox at night"),
    )


def test_of_too_many_some_are_drawn_each_once_and_the_same_again():
    found = alternatives("{a|b|c|d} {e|f|g|h} {i|j|k|l}")
    some = found.some(16)
    assert len({text for _, text in some}) == 16
    assert some == found.some(16)
    assert some != found.some(16, first=16)


def test_very_many_are_drawn_from_all_over():
    found = alternatives(" ".join(["{a|b|c|d|e|f|g|h}"] * 8))
    assert found.count == 8**8
    some = found.some(16)
    assert len({text for _, text in some}) == 16
    assert len({text[0] for _, text in some}) > 2


def test_an_alternative_may_be_empty_or_hold_a_bar_of_the_prompt_outside():
    found = alternatives("a fox{| in fog} | blur:-0.5")
    assert [text for _, text in found.some(4)] == ["a fox | blur:-0.5", "a fox in fog | blur:-0.5"]
    assert [label for label, _ in found.some(4)] == ["–", "in fog"]


def test_braces_without_a_bar_are_text():
    assert alternatives("a {fox}").count == 1
    assert alternatives("a {fox}").first == "a {fox}"


@pytest.mark.parametrize("text", ["a {red|blue fox", "a {red|{dark|light} blue} fox"])
def test_what_cannot_be_read_is_told(text):
    with pytest.raises(InputError, match="alternatives"):
        alternatives(text)


def test_other_words_come_from_all_kinds_and_the_prompt_itself_first():
    found = list(reworded(parse_prompt("a fox:1.5 | blur:-0.5"), 17))
    assert found[0] == ("as it is", parse_prompt("a fox:1.5 | blur:-0.5"))
    for kind, words in WORDS.items():
        assert sum(label in words for label, _ in found) == 4, kind
    texts = [format_prompt(prompt) for _, prompt in found]
    assert len(set(texts)) == 17
    assert all(text.endswith(":1.5 | blur:-0.5") for text in texts)


def test_other_draws_are_others_and_the_same_again():
    prompt = parse_prompt("a fox")
    first, again, other = (list(reworded(prompt, 16, number)) for number in (16, 16, 32))
    assert first == again
    assert first != other
    assert first[0][0] != "as it is"


def test_when_all_words_were_used_two_come_at_a_time():
    found = list(reworded(parse_prompt("a fox"), 60))
    assert len({format_prompt(prompt) for _, prompt in found}) == 60
    assert " · " in found[-1][0]


@pytest.mark.parametrize(
    ("text", "kind", "word", "wanted"),
    [
        ("a red fox", "colour", "blue", "a blue fox"),
        ("A Red, red fox", "colour", "blue", "A blue, red fox"),
        ("a redoubt", "colour", "blue", "a redoubt, blue"),
        ("a fox at night", "light", "at dawn", "a fox at dawn"),
        ("a fox", "light", "at dawn", "a fox at dawn"),
        ("a fox", "light", "backlit", "a fox, backlit"),
        ("a fox, oil painting", "style", "mosaic", "a fox, mosaic"),
    ],
)
def test_a_word_takes_the_place_of_its_kind(text, kind, word, wanted):
    assert swapped(text, kind, word) == wanted


def test_a_word_that_stands_there_is_no_variation():
    labels = [label for label, _ in reworded(parse_prompt("a red fox at night"), 40)]
    assert "red" not in labels
    assert "at night" not in labels


def test_without_a_text_that_pulls_there_are_no_words():
    with pytest.raises(InputError, match="no words to vary"):
        list(reworded(parse_prompt("image:flower | blur:-1"), 4))


def test_of_several_wishes_each_is_varied_in_turn_and_then_all_alike():
    prompt = parse_prompt("a red apple @left:2 | a flower @right | blur:-0.5")
    found = list(reworded(prompt, 16))
    assert found[0] == ("as it is", prompt)
    assert [label.partition(":")[0] for label, _ in found[1:7]] == ["wish 1", "wish 2", "all"] * 2
    for label, made in found[1:]:
        changed = [old != new for old, new in zip(prompt.terms, made.terms, strict=True)]
        wanted = {"wish 1": [True, False, False], "wish 2": [False, True, False], "all": [True, True, False]}
        assert changed == wanted[label.partition(":")[0]], label
        assert [(term.weight, term.region) for term in made.terms] == [
            (term.weight, term.region) for term in prompt.terms
        ]
    assert len({format_prompt(made) for _, made in found}) == 16
    assert not {label for label, _ in reworded(prompt, 200) if label in {f"all: {each}" for each in WORDS["colour"]}}
