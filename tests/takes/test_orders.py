"""Lists of prompts: lines, tables, seeds, names; what cannot be read is told where it stands."""

from __future__ import annotations

import pytest

from studio.base.errors import InputError
from studio.takes.orders import Settings, read_orders, read_seeds, slug

USUAL = Settings(medium="pixels", steps=5, size=(32, 32))


@pytest.fixture
def orders(tmp_path):
    def orders(text, name="list.txt", seeds=()):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_orders(path, USUAL, seeds)

    return orders


def test_one_prompt_a_line(orders):
    found = orders("\ufeffa red apple\r\n\n  # not this\n a fox | fog:-0.5 \n")
    assert [(order.line, order.name, order.settings.prompt) for order in found] == [
        (1, "001-a-red-apple", "a red apple"),
        (4, "004-a-fox-fog-0-5", "a fox | fog:-0.5"),
    ]
    assert found[0].settings == Settings("a red apple", "pixels", "", 5, (32, 32))


def test_seeds_multiply(orders):
    found = orders("a\nb\n", seeds=(0, 7))
    assert [(order.name, order.settings.seed) for order in found] == [
        ("001-a-s0", 0),
        ("001-a-s7", 7),
        ("002-b-s0", 0),
        ("002-b-s7", 7),
    ]
    assert [order.name for order in orders("a\n", seeds=(3,))] == ["001-a"]


def test_a_table_says_what_is_not_usual(orders):
    found = orders(
        "Prompt, size ,steps,seed,name,start,model,perceptor,medium\n"
        '"a, b ""c""",64x48,9,3,First.PNG,noise,m,p,vqgan\n\nd\n',
        "list.csv",
        (0, 1),
    )
    assert found[0].settings == Settings('a, b "c"', "vqgan", "noise", 9, (64, 48), 3, "m", "p")
    assert [(order.line, order.name) for order in found] == [(2, "First"), (4, "004-d-s0"), (4, "004-d-s1")]
    assert found[1].settings == Settings("d", "pixels", "", 5, (32, 32), 0)


def test_a_prompt_over_two_lines_is_told_by_its_first(orders):
    found = orders('prompt,steps\n"a\nb",2\nc,wrong\n', "list.csv")
    assert [(order.line, order.settings.prompt) for order in found] == [(2, "a\nb"), (4, "c")]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("a,two,,,", "steps"),
        ("a,-1,,,", "steps"),
        ("a,5001,,,", "steps"),
        ("a,١,,,", "steps"),
        ("a,,99999999999999999999999,,", "seed"),
        ("a,,,huge,", "size"),
        ("a,,,9x9,", "size"),
        (",1,,,", "prompt is empty"),
        ("a,,,,../b", "cannot be called"),
        ("a,,,,con*", "cannot be called"),
        ("a,,,,.png", "cannot be called"),
        ("a,,,,contact-sheet", "cannot be called"),
        ("a,,,,Results.png", "cannot be called"),
        (f"a,,,,{'x' * 101}", "cannot be called"),
        ("a,,,,b,c,d", "7 cells"),
    ],
)
def test_a_line_that_is_wrong_fails_alone(orders, row, words):
    found = orders(f"prompt,steps,seed,size,name\n{row}\nfine,,,,\n", "list.csv", (0, 1))
    assert [order.fault is None for order in found] == [False, True, True]
    assert words in str(found[0].fault)
    assert found[0].line == 2
    assert found[0].name == "002"


def test_two_pictures_of_one_name(orders):
    found = orders("prompt,name\na,x\nb,X\nc,y\n", "list.csv")
    assert [order.fault is None for order in found] == [True, False, True]
    assert "Line 2" in str(found[1].fault)


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("", "list.txt", "nothing to make"),
        ("# only\n\n", "list.txt", "nothing to make"),
        ("prompt\n", "list.csv", "nothing to make"),
        (b"fine\n\xff\xfe\n", "list.txt", "line 2"),
        ("prompt,colour\na,red\n", "list.csv", "colour"),
        ("steps\n1\n", "list.csv", "no columns"),
        ("prompt,prompt\na,b\n", "list.csv", "no columns"),
        ('prompt\n"a\n', "list.csv", "Line 2"),
        ('prompt\n"a" b,c\n', "list.csv", "Line 2"),
        (b"x" * (17 << 20), "list.txt", "16 MiB"),
        ("a\n" * 60_000, "list.txt", "120000 pictures"),
    ],
)
def test_lists_that_are_none(orders, text, name, words):
    with pytest.raises(InputError) as caught:
        orders(text, name, (0, 1))
    assert words in str(caught.value)


def test_a_list_that_is_not_there(tmp_path):
    for path in (tmp_path / "gone.txt", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            read_orders(path, USUAL)


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("0:4", (0, 1, 2, 3)), ("7", (7,)), ("1, 5,9", (1, 5, 9)), ("3:5,4,0", (3, 4, 0)), (f"{2**53}", None)],
)
def test_seeds(text, seeds):
    assert seeds is None or read_seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "a", "4:4", "5:2", "-1", "0:", "0:9999999", "1,,2", "9" * 20, "0:4:2"])
def test_seeds_that_are_none(text):
    with pytest.raises(InputError, match="cannot be used"):
        read_seeds(text)


@pytest.mark.parametrize(
    ("prompt", "name"),
    [("A red Apple!", "a-red-apple"), ("Äpfel & 桃", "äpfel-桃"), ("../..", "picture"), ("x" * 90, "x" * 40)],
)
def test_names_from_prompts(prompt, name):
    assert slug(prompt) == name
