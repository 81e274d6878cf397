"""Drawn people before one background in one light: what is a copy, and what only looks like one."""

from dataclasses import replace
from itertools import combinations

import av
import cv2
import numpy as np
import pytest

from bench.frames.decode import opened
from bench.frames.likeness import MOTION, PICTURE, alike, compare, sketch
from bench.frames.parallel import each
from bench.frames.prints import Sketch
from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.face import draw
from bench.synthesis.identity import Identity
from bench.synthesis.performance import Difficulty, perform

SIZE = 160


def drawn(person, expression, *, take="0", every=1):
    """Frames of a person who never leaves the light of the first performance."""
    who = Identity.of(f"likeness/{person}")
    scene = perform(who, "happy", "0", Difficulty()).states[0].scene
    states = perform(who, expression, take, Difficulty()).states[::every]
    return [draw(who, replace(state, scene=scene), SIZE) for state in states]


def sketched(pictures):
    made = Sketch()
    for picture in pictures:
        made.add(picture)
    return made.text()


def encoded(path, pictures, codec, rate, size, **options):
    """The sketch of really encoded frames; size is (width, height)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        for picture in pictures:
            small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="rgb24")))
        container.mux(stream.encode())
    with opened(path) as footage:
        return sketched(picture for _, picture in footage.frames)


COPIES = {
    "other codec": ("a.avi", slice(None), "mpeg4", 25, (160, 160), {"qmin": "4", "qmax": "8"}),
    "other container": ("b.mkv", slice(None), "libx264", 25, (160, 160), {"crf": "20"}),
    "lower quality": ("c.mp4", slice(None), "libx264", 25, (160, 160), {"crf": "30"}),
    "motion jpeg": ("d.avi", slice(None), "mjpeg", 25, (160, 160), {"qmin": "8", "qmax": "12"}),
    "smaller": ("e.mp4", slice(None), "libx264", 25, (120, 120), {"crf": "23"}),
    "larger": ("f.mp4", slice(None), "libx264", 25, (320, 240), {"crf": "28"}),
    "half the frames": ("g.mp4", slice(None, None, 2), "libx264", 13, (120, 120), {"crf": "23"}),
    "without its ends": ("h.mp4", slice(3, -3), "libx264", 25, (160, 160), {"crf": "26"}),
    "without its start": ("i.avi", slice(5, None), "mpeg4", 25, (160, 160), {"qmax": "8"}),
}


@pytest.fixture(scope="module")
def filmed():
    """Two people in two performances each."""
    return {
        (person, expression): drawn(person, expression)
        for person in range(2)
        for expression in ("happy", "neutral")
    }


@pytest.fixture(scope="module")
def originals(filmed):
    return {name: sketched(pictures) for name, pictures in filmed.items()}


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_is_recognised_however_it_was_encoded(kind, filmed, originals, tmp_path):
    name, kept, codec, rate, size, options = COPIES[kind]
    for who, pictures in filmed.items():
        copy = encoded(tmp_path / name, pictures[kept], codec, rate, size, **options)
        (found,) = alike({"one": originals[who], "two": copy})
        assert (found.one, found.other, found.mirrored) == ("one", "two", False)


def test_a_mirrored_copy_is_recognised_as_one(filmed, originals):
    turned = sketched(picture[:, ::-1] for picture in filmed[0, "happy"])
    (found,) = alike({"one": originals[0, "happy"], "two": turned})
    assert found.mirrored
    assert (round(found.picture, 2), found.motion < 0.02) == (0.0, True)


def test_other_performances_and_other_people_are_no_copies(originals):
    named = {str(name): text for name, text in originals.items()}
    assert alike(named) == []


def test_a_later_part_of_one_scene_is_no_copy(filmed):
    pictures = filmed[0, "neutral"]
    half = len(pictures) // 2
    parts = {"first": sketched(pictures[:half]), "second": sketched(pictures[half:])}
    assert alike(parts) == []


@pytest.mark.parametrize("names", [("one", "two"), ("two", "one")])
def test_a_tenth_may_be_missing_at_both_ends_of_either_video(names, filmed):
    for pictures in filmed.values():
        tenth = len(pictures) // 10
        part = sketched(pictures[tenth:-tenth])
        (found,) = alike(dict(zip(names, (sketched(pictures), part), strict=True)))
        assert found.motion < 0.2


def test_one_motion_before_two_backgrounds_is_no_copy():
    rng = np.random.default_rng(0)
    motion = rng.integers(0, 20, (30, 16, 16))
    texts = [sketch((rng.integers(0, 200, (16, 16)) + motion).astype(np.uint8)) for _ in range(2)]
    assert alike({"one": texts[0], "two": texts[1]}) == []
    with_its_own = rng.integers(0, 20, (30, 16, 16))
    still = rng.integers(0, 200, (16, 16))
    same = [sketch((still + moved).astype(np.uint8)) for moved in (motion, with_its_own)]
    assert alike({"one": same[0], "two": same[1]}) == []


def test_what_differs_in_gain_and_offset_alone_is_alike(filmed, originals):
    darker = sketched((0.8 * picture + 20).astype(np.uint8) for picture in filmed[0, "happy"])
    found = compare(originals[0, "happy"], darker)
    assert found.picture < 0.2
    assert found.motion < 0.1


def test_every_pair_of_a_large_set_is_found_over_the_borders_of_blocks():
    rng = np.random.default_rng(0)
    grids = rng.integers(0, 256, (4200, 5, 16, 16), dtype=np.uint8)
    texts = {f"{n:04d}": sketch(grid) for n, grid in enumerate(grids)}
    planted = [("0000", "4199"), ("0007", "0008"), ("2047", "2048"), ("2100", "4100")]
    copies = {other: texts[one] for one, other in planted}
    assert [(p.one, p.other) for p in alike({**texts, **copies})] == planted


def test_a_video_without_a_sketch_is_like_no_other():
    assert alike({}) == []
    assert alike({"a": "", "b": ""}) == []


def test_a_sketch_holds_the_parts_of_a_video_by_hand():
    grids = np.zeros((2, 16, 16), np.uint8)
    grids[:, :, 8:] = 80
    grids[1] += 4
    text = sketch(grids)
    assert len(text) == 2224
    brighter = compare(text, sketch(grids + 100))
    assert (brighter.picture, brighter.motion) == (0, pytest.approx(0, abs=1e-3))
    still = compare(text, sketch(grids[:1]))
    # the picture has a deviation of 40, so that levels keep their size; its motion is ±2 levels
    assert still.picture == 0
    assert still.motion == pytest.approx(np.sqrt(4 / (4 / 2 + 0.3**2)), abs=5e-3)


def _sketch_of(job):
    person, expression = job
    return sketched(drawn(person, expression, every=8))


@pytest.mark.slow
def test_a_clean_set_of_a_thousand_videos_raises_no_alarm():
    jobs = [(person, expression) for person in range(150) for expression in EXPRESSIONS]
    texts = each(_sketch_of, jobs, 0, died=repr)
    named = {f"{person}/{what}": text for (person, what), text in zip(jobs, texts, strict=True)}
    assert len(named) == 1050
    assert alike(named) == []


@pytest.mark.slow
def test_the_margins_are_those_of_the_docstring(tmp_path):
    copies, others = [], []
    for person in range(6):
        films = {what: drawn(person, what) for what in EXPRESSIONS}
        texts = {what: sketched(pictures) for what, pictures in films.items()}
        for what in ("happy", "neutral"):
            for name, kept, codec, rate, size, options in COPIES.values():
                copy = encoded(tmp_path / name, films[what][kept], codec, rate, size, **options)
                copies.append(compare(texts[what], copy))
        others += [compare(one, two) for one, two in combinations(texts.values(), 2)]
    assert max(found.picture for found in copies) < 0.3 * PICTURE
    assert max(found.motion for found in copies) < 0.5 * MOTION
    assert min(found.motion for found in others if found.picture < 2 * PICTURE) > 2 * MOTION
