"""Any project, written and read, is the same project; any file, read and written, keeps all it says."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.project.format import dumps, loads
from studio.project.model import BORDERS, MEDIA, MODES, Asset, ExportSettings, Medium, Motion, PerceptorRef, Project
from studio.project.swatches import Colours
from studio.timeline.easing import Ease
from studio.timeline.model import Marker, ParameterTrack, PromptTrack, Timeline
from studio.timeline.prompt import Image, Noise, Prompt, Term, Text
from studio.timeline.region import NAMED, Area, Mask
from studio.timeline.time import FrameRange, FrameRate
from studio.timeline.track import Keyframe, Track

CHARACTERS = st.characters(exclude_categories=["Cs"])
ANY_TEXT = st.text(CHARACTERS, max_size=10)
LABEL = st.text(CHARACTERS, min_size=1, max_size=10).map(str.strip).filter(bool)
ID = st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=8)
NUMBER = st.floats(-1e9, 1e9)
SHARE = st.floats(0, 1)
FRAME = st.integers(0, 999_999)

EASE = st.sampled_from([Ease.HOLD, Ease.LINEAR, Ease.IN, Ease.OUT, Ease.BOTH, Ease.OVERSHOOT]) | st.builds(
    Ease.bezier, SHARE, st.floats(-1000, 1000), SHARE, st.floats(-1000, 1000)
)
CONTENT = st.builds(Text, LABEL) | st.builds(Image, ID) | st.builds(Noise, st.integers(0, 2**63 - 1))
AREA = st.builds(Area, st.floats(0, 0.4), st.floats(0, 0.4), st.floats(0.5, 1), st.floats(0.5, 1))
REGION = st.none() | st.sampled_from([*NAMED.values()]) | AREA | st.builds(Mask, LABEL)
TERM = st.builds(Term, CONTENT, NUMBER, NUMBER | st.just(float("-inf")), REGION)
COLOUR = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
PROMPT = st.builds(Prompt, st.lists(TERM, min_size=1, max_size=3).map(tuple), st.just("") | ID)
RATE = st.builds(FrameRate, st.integers(1, 1000), st.just(1)) | st.sampled_from(
    [FrameRate(30000, 1001), FrameRate(1, 3), FrameRate(24000, 1001)]
)


def tracks(values):
    keys = st.lists(st.builds(Keyframe, FRAME, values, EASE), max_size=4, unique_by=lambda key: key.frame)
    return keys.map(lambda keys: Track(tuple(sorted(keys, key=lambda key: key.frame))))


def several(items, unique_by):
    return st.lists(items, max_size=3, unique_by=unique_by).map(tuple)


TIMELINES = st.builds(
    Timeline,
    rate=RATE,
    length=st.integers(1, 1_000_000),
    prompts=several(st.builds(PromptTrack, LABEL, tracks(PROMPT), NUMBER, st.booleans()), lambda track: track.name),
    parameters=several(st.builds(ParameterTrack, LABEL, tracks(NUMBER), st.booleans()), lambda track: track.name),
    markers=several(st.builds(Marker, FRAME, ANY_TEXT, ANY_TEXT), lambda marker: marker.frame),
    range=st.none() | st.builds(lambda start, count: FrameRange(start, start + count), FRAME, st.just(1)),
    loop=st.booleans(),
)
PROJECTS = st.builds(
    Project,
    name=ANY_TEXT,
    timeline=TIMELINES,
    width=st.integers(16, 4096),
    height=st.integers(16, 4096),
    seed=st.integers(0, 2**63 - 1),
    medium=st.builds(Medium, st.sampled_from(MEDIA), st.sampled_from(["", "big"])),
    motion=st.builds(
        Motion, st.sampled_from(MODES), st.integers(0, 5000), st.sampled_from(BORDERS), centre_x=SHARE, centre_y=SHARE
    ),
    perceptors=st.lists(st.builds(PerceptorRef, st.just("vit"), st.floats(0, 1e9)), max_size=2).map(tuple),
    init_image=ANY_TEXT,
    assets=several(
        st.builds(Asset, ID, st.sampled_from(["a.png", "b/c d.jpg"]), st.sampled_from(["", "0f" * 32])),
        lambda asset: asset.id,
    ),
    export=st.builds(ExportSettings, st.sampled_from(["gif", "mp4"]), st.integers(0, 100), st.booleans()),
    colours=st.builds(Colours, st.lists(COLOUR, max_size=4).map(tuple), COLOUR),
    extra=st.dictionaries(st.just("later"), st.lists(NUMBER | ANY_TEXT, max_size=2), max_size=1),
)


@settings(max_examples=60)
@given(PROJECTS)
def test_written_and_read_it_is_the_same_project(project):
    text = dumps(project)
    again = loads(text)
    assert again == project
    assert dumps(again) == text


def sprinkle(value, data, marks):
    """Put an unknown key into some of the objects."""
    if isinstance(value, dict):
        for item in list(value.values()):
            sprinkle(item, data, marks)
        if data.draw(st.booleans()):
            value["x-later"] = next(marks)
    elif isinstance(value, list):
        for item in value:
            sprinkle(item, data, marks)


@settings(max_examples=60)
@given(PROJECTS, st.data())
def test_unknown_keys_anywhere_survive(project, data):
    values = json.loads(dumps(project))
    sprinkle(values, data, iter(range(10**6)))
    assert json.loads(dumps(loads(json.dumps(values)))) == values
