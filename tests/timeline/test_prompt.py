from __future__ import annotations

import math

import pytest

from studio.base.errors import InputError
from studio.timeline.prompt import NEVER_STOP, Image, Noise, Prompt, Term, Text, format_prompt, parse_prompt
from studio.timeline.region import NAMED, Area, Mask


def test_the_whole_grammar():
    prompt = parse_prompt("a red apple:1:-0.2 | blur:-0.5 | image:ASSETID:0.5 | plain")
    assert prompt == Prompt(
        (
            Term(Text("a red apple"), 1.0, -0.2),
            Term(Text("blur"), -0.5),
            Term(Image("ASSETID"), 0.5),
            Term(Text("plain")),
        )
    )
    assert format_prompt(prompt) == "a red apple:1:-0.2 | blur:-0.5 | image:ASSETID:0.5 | plain"


@pytest.mark.parametrize(
    ("line", "text", "weight", "stop"),
    [
        ("title: the sea", "title: the sea", 1, NEVER_STOP),
        ("title: the sea:2", "title: the sea", 2, NEVER_STOP),
        ("a:b:c", "a:b:c", 1, NEVER_STOP),
        ("sea:1:2:3", "sea:1", 2, 3),
        ("sea:.5:-1e-1", "sea", 0.5, -0.1),
        ("sea: 2 : -inf ", "sea", 2, NEVER_STOP),
        ("sea:1,5", "sea:1,5", 1, NEVER_STOP),
        ("sea:1_000", "sea:1_000", 1, NEVER_STOP),
        ("sea:٣", "sea:٣", 1, NEVER_STOP),
        (r"at 12\:30", "at 12:30", 1, NEVER_STOP),
        (r"a\|b\\c:2", r"a|b\c", 2, NEVER_STOP),
        ("end\\", "end\\", 1, NEVER_STOP),
        ("5", "5", 1, NEVER_STOP),
        ("image", "image", 1, NEVER_STOP),
        (r"\image:2", "image", 2, NEVER_STOP),
        ("sea:+3", "sea", 3, NEVER_STOP),
        ("a\nb", "a\nb", 1, NEVER_STOP),
    ],
)
def test_tails_are_numbers_only_when_they_are(line, text, weight, stop):
    assert parse_prompt(line) == Prompt((Term(Text(text), weight, stop),))


def test_an_asset_may_look_like_a_number_and_hold_colons():
    assert parse_prompt("image:5") == Prompt((Term(Image("5")),))
    assert parse_prompt("image:a:b:2").terms[0] == Term(Image("a:b"), 2.0)


@pytest.mark.parametrize(
    ("term", "line"),
    [
        (Term(Text("image"), 2.0), r"\image:2"),
        (Term(Text("image")), "image"),
        (Term(Text("image: a")), r"\image: a"),
        (Term(Text("at 12:30")), r"at 12\:30"),
        (Term(Text("at 12:30"), 0.5), r"at 12\:30:0.5"),
        (Term(Text("a:b"), 1, 0.25), "a:b:1:0.25"),
        (Term(Text(r"a|b\c")), r"a\|b\\c"),
        (Term(Image("a:5"), -1.5), r"image:a\:5:-1.5"),
        (Term(Text("x"), 1e-7), "x:1e-07"),
    ],
)
def test_what_could_be_misread_is_escaped(term, line):
    assert format_prompt(Prompt((term,))) == line
    assert parse_prompt(line) == Prompt((term,))


@pytest.mark.parametrize("line", ["", "  ", "\n"])
def test_an_empty_line_is_refused(line):
    with pytest.raises(InputError, match="The prompt is empty"):
        parse_prompt(line)


@pytest.mark.parametrize("line", ["a||b", "a | ", "|a", "a | :2"])
def test_an_empty_term_is_refused_by_its_place(line):
    with pytest.raises(InputError, match=r"Term [123] of the prompt is empty"):
        parse_prompt(line)


def test_an_image_without_asset_is_refused():
    with pytest.raises(InputError, match="No asset is named"):
        parse_prompt("image: ")


@pytest.mark.parametrize("line", ["sea:nan", "sea:inf", "sea:-inf", "sea:1e999", "sea:1:nan", "sea:1:inf", "sea:NaN:1"])
def test_numbers_that_are_not_finite_are_refused_with_a_way_out(line):
    with pytest.raises(InputError, match="not a finite number") as caught:
        parse_prompt(line)
    assert "backslash" in caught.value.fix


def test_numbers_that_are_too_large_are_refused():
    with pytest.raises(InputError, match="The weight cannot be"):
        parse_prompt("sea:1e10")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_weight_is_finite(bad):
    with pytest.raises(InputError, match="The weight"):
        Term(Text("sea"), bad)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_a_stop_is_finite_or_never(bad):
    with pytest.raises(InputError, match="The stop"):
        Term(Text("sea"), 1, bad)
    assert Term(Text("sea"), 1, -math.inf).stop == NEVER_STOP


def test_values_are_checked_when_they_are_made():
    for make in (Text, Image):
        with pytest.raises(InputError, match="is empty"):
            make(" ")
    assert Text("  sea ") == Text("sea")
    with pytest.raises(InputError, match="no term"):
        Prompt(())
    with pytest.raises(TypeError):
        Prompt([Term(Text("sea"))])
    with pytest.raises(TypeError):
        Term("sea")
    with pytest.raises(AttributeError):
        Text("sea").text = "sky"


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("a frog @left", Term(Text("a frog"), region=NAMED["left"])),
        ("a frog @left:0.5:-0.1", Term(Text("a frog"), 0.5, -0.1, NAMED["left"])),
        ("title: the sea @0,0.5,1,0.75:2", Term(Text("title: the sea"), 2, NEVER_STOP, Area(0, 0.5, 1, 0.75))),
        (r"at 12\:30 @top", Term(Text("at 12:30"), region=NAMED["top"])),
        ("image:flower @mask(my sky)", Term(Image("flower"), region=Mask("my sky"))),
        (r"sky @mask(a\:b\|c\@d)", Term(Text("sky"), region=Mask("a:b|c@d"))),
        ("noise:7 @centre:0.3", Term(Noise(7), 0.3, NEVER_STOP, NAMED["centre"])),
        ("a @left @right", Term(Text("a @left"), region=NAMED["right"])),
        (r"a\: @left", Term(Text("a:"), region=NAMED["left"])),
    ],
)
def test_what_ends_with_a_region_counts_there(line, term):
    assert parse_prompt(line) == Prompt((term,))
    assert format_prompt(Prompt((term,))) == line


@pytest.mark.parametrize(
    "line", ["@left", "mail me@left", "me @ left", "me @home", "photo @Left", "a @mask()", "b: @left", r"a \@left"]
)
def test_any_other_at_belongs_to_the_text(line):
    term = parse_prompt(line).terms[0]
    assert term == Term(Text(line.replace("\\", "")))
    assert parse_prompt(format_prompt(Prompt((term,)))) == Prompt((term,))


def test_a_region_that_cannot_be_is_refused():
    with pytest.raises(InputError, match="The right of a region cannot be 3"):
        parse_prompt("a frog @0,0,3,1")


@pytest.mark.parametrize(
    ("line", "term"),
    [
        ("noise:7", Term(Noise(7))),
        ("noise:7:0.3", Term(Noise(7), 0.3)),
        ("noise:7:-0.3:0.5", Term(Noise(7), -0.3, 0.5)),
        ("noise:9223372036854775807", Term(Noise(2**63 - 1))),
        ("noise", Term(Text("noise"))),
        ("noise:-0.5", Term(Text("noise"), -0.5)),
        ("noise:0.5", Term(Text("noise"), 0.5)),
        (r"\noise:2", Term(Text("noise"), 2)),
        (r"noise\:2", Term(Text("noise:2"))),
        ("noise: grain", Term(Text("noise: grain"))),
    ],
)
def test_noise_is_a_whole_seed_and_else_a_word(line, term):
    assert parse_prompt(line) == Prompt((term,))
    assert format_prompt(Prompt((term,))) == line


@pytest.mark.parametrize("seed", ["9223372036854775808", "9" * 5000])
def test_a_seed_that_is_too_large_is_refused(seed):
    with pytest.raises(InputError, match="The seed of a noise prompt"):
        parse_prompt(f"noise:{seed}")


def test_a_term_has_contents_and_regions_of_their_own_kinds():
    with pytest.raises(TypeError, match="Area or Mask"):
        Term(Text("sea"), region="left")
    with pytest.raises(InputError):
        Noise(-1)
    with pytest.raises(TypeError):
        Noise(0.5)
