"""The `.keydream` file: how it reads, what it keeps, and what it says about mistakes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from studio.base.errors import ProjectError
from studio.project import limits
from studio.project.format import dumps, loads, schema
from studio.project.model import Asset, ExportSettings, Medium, Motion, PerceptorRef, Project
from studio.project.swatches import Colours
from studio.timeline.easing import Ease
from studio.timeline.model import Marker, ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import Image, Noise, Prompt, Term, Text
from studio.timeline.region import NAMED, Area, Mask
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track


def prompt(text):
    return Prompt((Term(Text(text)),))


FULL = Project(
    name="Ä walk",
    timeline=Timeline(
        FrameRate(30000, 1001),
        48,
        (
            PromptTrack(
                "Sky",
                Track(
                    (
                        Keyframe(0, prompt("a red apple"), Ease.BOTH),
                        Keyframe(12, Prompt((Term(Text("a fish: blue"), 2.0), Term(Image("cat"), -0.5, -0.2)))),
                        Keyframe(24, Prompt((Term(Text("fog"), 1.0, -0.25),)), Ease.bezier(0.2, -1, 0.4, 1.5)),
                    )
                ),
                weight=0.5,
                muted=True,
            ),
            PromptTrack("Empty", Track()),
        ),
        (ParameterTrack("zoom", Track((Keyframe(0, 1.0, Ease.HOLD), Keyframe(9, 1.02)))),),
        (Marker(3, "go", "#ff0000"), Marker(5, "")),
        FrameRange(0, 24),
        True,
    ),
    width=320,
    height=192,
    seed=2**63 - 1,
    medium=Medium("pixels", "fine"),
    motion=Motion("follow", 5, "wrap", 0.25, 1.0),
    perceptors=(PerceptorRef("starter"), PerceptorRef("big", 0.5)),
    init_image="cat",
    assets=(Asset("cat", "pictures/cat.png", "0" * 64), Asset("dog", "dog.png")),
    export=ExportSettings("mp4", 60, False),
)

TEXT = """\
{
  "keydream": 1,
  "name": "Ä walk",
  "width": 320,
  "height": 192,
  "seed": 9223372036854775807,
  "medium": {"kind": "pixels", "model": "fine"},
  "motion": {"mode": "follow", "refine": 5, "border": "wrap", "centre_x": 0.25, "centre_y": 1},
  "perceptors": [
    {"model": "starter"},
    {"model": "big", "weight": 0.5}
  ],
  "init_image": "cat",
  "assets": [
    {
      "id": "cat",
      "path": "pictures/cat.png",
      "sha256": "0000000000000000000000000000000000000000000000000000000000000000"
    },
    {"id": "dog", "path": "dog.png"}
  ],
  "timeline": {
    "rate": "30000/1001",
    "length": 48,
    "loop": true,
    "range": [0, 24],
    "prompts": [
      {
        "name": "Sky",
        "weight": 0.5,
        "muted": true,
        "keys": [
          {"frame": 0, "prompt": "a red apple", "ease": "both"},
          {
            "frame": 12,
            "prompt": [{"text": "a fish: blue", "weight": 2}, {"image": "cat", "weight": -0.5, "stop": -0.2}]
          },
          {"frame": 24, "prompt": {"text": "fog", "stop": -0.25}, "ease": [0.2, -1, 0.4, 1.5]}
        ]
      },
      {"name": "Empty", "keys": []}
    ],
    "parameters": [
      {
        "name": "zoom",
        "keys": [
          {"frame": 0, "value": 1, "ease": "hold"},
          {"frame": 9, "value": 1.02}
        ]
      }
    ],
    "markers": [
      {"frame": 3, "name": "go", "colour": "#ff0000"},
      {"frame": 5, "name": ""}
    ]
  },
  "export": {"format": "mp4", "quality": 60, "loop": false}
}
"""


def values():
    return json.loads(TEXT)


def edited(*path_and_value):
    """The full sample with one place changed, as text."""
    *path, last, value = path_and_value
    top = values()
    inner = top
    for step in path:
        inner = inner[step]
    inner[last] = value
    return json.dumps(top)


def test_a_project_is_spelled_for_people():
    assert dumps(FULL) == TEXT


def test_and_read_back():
    assert loads(TEXT) == FULL
    assert loads(TEXT.encode()) == FULL
    assert loads(b"\xef\xbb\xbf" + TEXT.encode()) == FULL


def test_the_shortest_project():
    project = loads('{"keydream": 1, "timeline": {"rate": 24, "length": 1}}')
    assert project == Project("", Timeline(FrameRate(24), 1))
    assert loads(dumps(project)) == project


def test_keys_and_markers_may_stand_in_any_order():
    top = values()
    top["timeline"]["prompts"][0]["keys"].reverse()
    top["timeline"]["markers"].reverse()
    assert loads(json.dumps(top)) == FULL


def test_a_single_term_may_stand_in_a_list_and_an_ease_be_spelled_out():
    top = values()
    key = top["timeline"]["prompts"][0]["keys"][0]
    key["prompt"], key["ease"] = [{"text": "a red apple", "weight": 1}], "bezier(0.42, 0, 0.58, 1)"
    assert loads(json.dumps(top)) == FULL


OBJECTS = [
    (),
    ("medium",),
    ("motion",),
    ("export",),
    ("perceptors", 1),
    ("assets", 0),
    ("timeline",),
    ("timeline", "prompts", 0),
    ("timeline", "prompts", 0, "keys", 1),
    ("timeline", "prompts", 0, "keys", 1, "prompt", 0),
    ("timeline", "prompts", 0, "keys", 1, "prompt", 1),
    ("timeline", "prompts", 0, "keys", 2, "prompt"),
    ("timeline", "prompts", 1),
    ("timeline", "parameters", 0),
    ("timeline", "parameters", 0, "keys", 0),
    ("timeline", "markers", 1),
]


class TestUnknownKeys:
    """What a later version wrote is kept by this one."""

    @pytest.mark.parametrize("place", OBJECTS)
    def test_they_survive_in_every_object(self, place):
        text = edited(*place, "later", {"deep": [1.5, None, {"er": "é"}]})
        again = dumps(loads(text))
        assert json.loads(again) == json.loads(text)
        assert dumps(loads(again)) == again

    def test_those_at_the_top_are_in_extra(self):
        assert loads(edited("later", [1])).extra == {"later": [1]}

    def test_they_stay_with_their_object_when_another_is_inserted_before_it(self):
        project = loads(edited("timeline", "prompts", 0, "keys", 1, "note", "mine"))
        track = project.timeline.prompts[0]
        longer = replace(track, track=track.track.insert(Keyframe(6, prompt("a pear"))))
        changed = replace(project, timeline=project.timeline.with_prompt(longer))
        keys = json.loads(dumps(changed))["timeline"]["prompts"][0]["keys"]
        assert [(key["frame"], key.get("note")) for key in keys] == [(0, None), (6, None), (12, "mine"), (24, None)]

    def test_they_never_replace_a_known_key(self):
        project = replace(FULL, extra={"width": 999, "keydream": 7}, kept={("export",): {"quality": 3, "later": 1}})
        written = json.loads(dumps(project))
        assert (written["width"], written["keydream"]) == (320, 1)
        assert written["export"] == {"format": "mp4", "quality": 60, "loop": False, "later": 1}

    def test_they_may_not_hide_what_a_file_cannot_hold(self):
        with pytest.raises(ProjectError, match="no JSON spelling"):
            dumps(replace(FULL, extra={"later": float("nan")}))


WRONG = [
    (("width",), 8, "width: should be greater than or equal to 16"),
    (("height",), 1_000_000, "height: should be less than or equal to 4096 (it is 1000000)"),
    (("width",), "256", "width: should be a valid integer"),
    (("width",), 256.5, "width: should be a valid integer"),
    (("width",), True, "width: should be a valid integer"),
    (("seed",), -1, "seed: should be greater than or equal to 0"),
    (
        ("medium", "kind"),
        "oil",
        "medium.kind: should be 'vqgan', 'pixels', 'fourier', 'palette', 'strokes', 'collage' or 'biggan'",
    ),
    (("medium", "model"), "../../secret", "medium.model: cannot be used as the name of a model"),
    (("motion",), [], "motion: should be an object"),
    (("motion", "centre_x"), 2, "motion.centre_x: should be less than or equal to 1"),
    (("perceptors", 0, "weight"), -1, "perceptors[0].weight: should be greater than or equal to 0"),
    (("perceptors",), [{"model": "x"}] * 9, "perceptors: list should have at most 8 items"),
    (("assets", 0, "path"), "../cat.png", "assets[0].path: cannot be used as a path: it holds ../"),
    (("assets", 0, "path"), "C:\\cat.png", "assets[0].path: cannot be used as a path"),
    (("assets", 0, "sha256"), "xyz", "assets[0].sha256: string should match pattern"),
    (("assets", 1, "id"), "cat", "assets[1].id: another asset is called cat"),
    (("export", "format"), "../gif", "export.format: string should match pattern"),
    (("timeline",), None, "timeline: should be an object"),
    (("timeline", "rate"), "fast", "timeline.rate: “fast” is no frame rate"),
    (("timeline", "rate"), "1e999999999", "timeline.rate: “1e999999999” is no frame rate"),
    (("timeline", "rate"), "24/0", "timeline.rate: the denominator of the frame rate cannot be 0"),
    (("timeline", "rate"), None, "timeline.rate: should be frames a second"),
    (("timeline", "length"), 0, "timeline.length: should be greater than or equal to 1"),
    (("timeline", "length"), 10**9, "timeline.length: should be less than or equal to 1000000"),
    (("timeline", "range"), [5, 5], "timeline.range: The range 5:5 holds no frame"),
    (("timeline", "range"), [1, 2, 3], "timeline.range: list should have at most 2 items"),
    (("timeline", "prompts"), [{"name": "a"}] * 201, "timeline.prompts: list should have at most 200 items"),
    (("timeline", "prompts", 1, "name"), " Sky ", "timeline: Two prompt tracks are called Sky"),
    (("timeline", "prompts", 1, "name"), "  ", "timeline.prompts[1]: The name of a track is empty"),
    (("timeline", "prompts", 0, "weight"), 1e10, "timeline.prompts[0].weight: should be less than or equal to"),
    (("timeline", "prompts", 0, "keys", 2, "frame"), 12, "timeline.prompts[0].keys[2].frame: another key"),
    (("timeline", "prompts", 0, "keys", 2, "frame"), -1, "timeline.prompts[0].keys[2].frame: should be greater"),
    (("timeline", "prompts", 0, "keys", 2, "frame"), 1.0, "timeline.prompts[0].keys[2].frame: should be a valid int"),
    (("timeline", "prompts", 0, "keys", 2, "ease"), "bouncy", "timeline.prompts[0].keys[2].ease: “bouncy” is no eas"),
    (("timeline", "prompts", 0, "keys", 2, "ease"), [0, 0, 1], "timeline.prompts[0].keys[2].ease: should be the name"),
    (("timeline", "prompts", 0, "keys", 2, "ease"), [2, 0, 1, 1], "timeline.prompts[0].keys[2].ease: the first handle"),
    (("timeline", "prompts", 0, "keys", 2, "ease"), [0, 0, 1, ""], "timeline.prompts[0].keys[2].ease: the second"),
    (("timeline", "prompts", 0, "keys", 0, "prompt"), "  ", "timeline.prompts[0].keys[0]: The text of a prompt is emp"),
    (("timeline", "prompts", 0, "keys", 0, "prompt"), [], "timeline.prompts[0].keys[0].prompt: list should have at l"),
    (("timeline", "prompts", 0, "keys", 0, "prompt"), 7, "timeline.prompts[0].keys[0].prompt: should be a text, or"),
    (
        ("timeline", "prompts", 0, "keys", 1, "prompt", 1),
        {"image": "a", "text": "b"},
        'timeline.prompts[0].keys[1].prompt[1]: should be a text, or an object with either "text", "image" or "noise"',
    ),
    (("timeline", "prompts", 0, "keys", 1, "prompt", 1, "stop"), "x", "timeline.prompts[0].keys[1].prompt[1].stop: sh"),
    (("timeline", "parameters", 0, "keys", 1, "value"), "1", "timeline.parameters[0].keys[1].value: should be a valid"),
    (("timeline", "parameters", 0, "keys", 1, "frame"), 0, "timeline.parameters[0].keys[1].frame: another key"),
    (("timeline", "markers", 1, "frame"), 3, "timeline: Two markers stand on frame 3"),
    (("timeline", "markers", 1, "frame"), 1_000_000, "timeline.markers[1]: The frame of a marker cannot be 1000000"),
]


@pytest.mark.parametrize(("path", "value", "why"), WRONG)
def test_a_mistake_is_named_with_its_place(path, value, why):
    with pytest.raises(ProjectError) as caught:
        loads(edited(*path, value), source="walk.keydream")
    assert caught.value.why.startswith(why)
    assert "<" not in caught.value.why.replace("<=", "")
    assert caught.value.what == "walk.keydream cannot be read as a Keydream project"
    assert "backup" in caught.value.fix


def test_a_missing_value_is_named():
    with pytest.raises(ProjectError, match=r"timeline\.length: is missing"):
        loads('{"keydream": 1, "timeline": {"rate": 24}}')


def test_several_mistakes_are_counted():
    with pytest.raises(ProjectError, match=r"width: .*; and 1 more"):
        loads(json.dumps(values() | {"width": 1, "height": 1}))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Line 1, column 1"),
        ('{"keydream": 1,\n "name": }', "Line 2, column 10"),
        ("[]", "no JSON object"),
        ('"keydream"', "no JSON object"),
        ('{"name": "x"}', "keydream: the version"),
        ('{"keydream": 1, "a": {"b": [{"c": 1, "c": 2}]}}', r"a\.b\[0\]\.c: this key occurs twice"),
        ('{"keydream": 1, "a": [NaN]}', r"a\[0\]: not a finite number"),
        ('{"keydream": 1, "a": -Infinity}', "a: not a finite number"),
        ('{"keydream": 1, "a": 1e999}', "a: not a finite number"),
        ('{"keydream": 1, "a": ' + "9" * 5000 + "}", "a: not a finite number"),
        ('{"keydream": 1, "a b": "\\ud800"}', r'\["a b"\]: half a surrogate pair'),
        ('{"keydream": 1, "\\udc00": 1}', "this key is too long or holds half a surrogate pair"),
        ('{"keydream": 1, "' + "k" * 201 + '": 1}', "this key is too long"),
        ('{"keydream": 1, "a": "' + "x" * 100_001 + '"}', "a: a text of more than 100000 characters"),
        (
            '{"keydream": 1, "a": {' + ",".join(f'"{n}": 0' for n in range(1001)) + "}}",
            "a: an object of more than 1000",
        ),
        ("\ud800", "half a surrogate pair"),
        (b"\xff\xfe{\0}\0", r"not UTF-8 text \(byte 0\)"),
    ],
)
def test_text_that_is_no_project_is_refused(text, why):
    with pytest.raises(ProjectError, match=why) as caught:
        loads(text)
    assert caught.value.what == "The project cannot be read as a Keydream project"


def test_the_limit_of_nesting_is_exact():
    def nested(levels):
        return edited("later", "@").replace('"@"', "[" * (levels - 1) + '"[{"' + "]" * (levels - 1))

    assert loads(nested(limits.DEPTH)).extra
    with pytest.raises(ProjectError, match="nested more than 32 levels deep"):
        loads(nested(limits.DEPTH + 1))


def test_a_newer_version_is_refused_politely():
    with pytest.raises(ProjectError) as caught:
        loads('{"keydream": 99, "unimagined": true}', source="later.keydream")
    assert "later.keydream was saved by a newer version" in caught.value.what
    assert "version 99" in caught.value.why
    assert "up to version 1" in caught.value.why
    assert "Update Keydream" in caught.value.fix


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": "x" * 201}, "name: string should have at most 200 characters"),
        ({"assets": (Asset("a", "../x.png"),)}, r"assets\[0\]\.path: cannot be used as a path"),
        ({"export": ExportSettings("GIF!")}, r"export\.format: string should match"),
        ({"init_image": "\ud800"}, "half a surrogate pair"),
        ({"extra": {"later": "x" * (limits.STRING + 1)}}, "later: a text of more than"),
        ({"extra": {"later": {1}}}, "set is not JSON"),
    ],
)
def test_what_could_not_be_read_again_is_not_written(change, why):
    with pytest.raises(ProjectError, match=why) as caught:
        dumps(replace(FULL, **change))
    assert "cannot be written" in caught.value.what
    assert "save again" in caught.value.fix


def drawn(options, kind="strokes"):
    return edited("medium", {"kind": kind, "options": options})


def test_the_options_of_a_medium_are_written_where_they_are_not_usual():
    project = loads(drawn({"strokes": 512, "widest": 0.3}))
    assert project.medium == Medium("strokes", options={"strokes": 512})
    assert json.loads(dumps(project))["medium"] == {"kind": "strokes", "options": {"strokes": 512}}
    assert loads(dumps(project)) == project
    assert "options" not in dumps(replace(project, medium=Medium("strokes")))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"strokes": 1025}, "medium.options.strokes: strokes must be a whole number, 1 to 1024, got 1025"),
        ({"strokes": "many"}, "medium.options.strokes"),
        ({"widest": True}, "medium.options.widest"),
        ([], "medium.options: should be an object"),
    ],
)
def test_an_option_out_of_range_is_named(options, message):
    with pytest.raises(ProjectError) as caught:
        loads(drawn(options))
    assert message in str(caught.value)


def test_options_of_newer_versions_survive():
    project = loads(drawn({"bristles": [1, {"soft": True}], "strokes": 9}))
    assert project.medium.options == {"strokes": 9}
    changed = replace(project, medium=project.medium.with_option("strokes", 10))
    kept = {"strokes": 10, "bristles": [1, {"soft": True}]}
    assert json.loads(dumps(changed))["medium"]["options"] == kept
    assert loads(dumps(changed)) == changed


def test_an_option_of_another_medium_does_not_come_to_life():
    project = loads(drawn({"strokes": 9}, "palette"))
    assert project.medium == Medium("palette")
    changed = replace(project, medium=Medium("strokes"))
    assert loads(dumps(changed)).medium == Medium("strokes")


def test_the_schema_says_which_options_there_are():
    found = schema()["$defs"]["OptionsJson"]["properties"]
    assert found["strokes"]["maximum"] == 1024 and found["search"]["enum"] == ["evolved", "gradient", "cmaes", "both"]


def test_what_prompts_and_parameters_say_of_regions_noise_and_colours_is_in_the_file():
    terms = ["a fox", {"noise": 7, "weight": 0.5}, {"text": "a frog", "region": "left"}]
    terms += [{"text": "a sky", "region": [0, 0, 1, 0.25]}, {"image": "a", "region": "mask(a)"}]
    text = edited("timeline", "prompts", 0, "keys", 1, "prompt", terms)
    project = loads(text)
    found = project.timeline.prompts[0].track.keys[1].value.terms
    assert [term.content for term in found[:2]] == [Text("a fox"), Noise(7)]
    assert [term.region for term in found] == [None, None, NAMED["left"], Area(0, 0, 1, 0.25), Mask("a")]
    written = json.loads(dumps(project))
    assert written["timeline"]["prompts"][0]["keys"][1]["prompt"] == terms
    assert "colours" not in written
    coloured = loads(edited("colours", {"palette": ["#102040"], "later": 1}))
    assert coloured.colours == Colours(("#102040",))
    assert json.loads(dumps(coloured))["colours"] == {"palette": ["#102040"], "later": 1}


@pytest.mark.parametrize(
    ("region", "why"),
    [("home", "the name of a region"), ([0, 0, 2, 1], "cannot be 2"), ([0, 0], "should be")],
)
def test_a_region_that_is_none_is_named_with_its_place(region, why):
    with pytest.raises(ProjectError) as caught:
        loads(edited("timeline", "prompts", 0, "keys", 1, "prompt", {"text": "a", "region": region}))
    assert "keys[1].prompt.region" in caught.value.why
    assert why in caught.value.why
