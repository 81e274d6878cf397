"""FERV39k with folders nested as archives leave them, and clips of eight frames."""

from collections.abc import Iterable, Iterator
from itertools import chain

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import portions

TRAIN = {"Happy": 5854, "Sad": 5523, "Neutral": 7790, "Angry": 5906, "Surprise": 2502}
TRAIN |= {"Disgust": 1833, "Fear": 1680}
TEST = {"Happy": 1473, "Sad": 1393, "Neutral": 1958, "Angry": 1487, "Surprise": 638}
TEST |= {"Disgust": 467, "Fear": 431}
"""Published clips of each side."""
SCENES = ("Action", "Argue", "Business", "Conflict", "Contest", "Crime", "Crisis", "DailyLife")
SCENES += ("ElegantArt", "Experiment", "History", "Interview", "Liveshow", "Medicine")
SCENES += ("OfficialEvent", "ScholarReport", "School", "Social", "Speech", "Talkshow", "Terror")
SCENES += ("War",)

_CLIPS = "FERV39k/2_ClipsforFaceCrop-002/2_ClipsforFaceCrop"
_SETUPS = "FERV39k/4_setups"

Group = tuple[str, str]
"""A scene and an emotion."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader, with the lists of each scene too; each clip shows another person.

    `subjects` counts the clips a class, in two scenes, two at least in each. The first clip of a
    scene and emotion has 8 frames, fewer than any network's 16. `3_ClipsforScenImages` is empty,
    as where only the faces were unpacked.
    """
    sizes = _published() if full else _small(subjects)
    sides: dict[str, dict[str, list[str]]] = {"test": {}, "train": {}}
    for (scene, emotion), size in sizes.items():
        lines = [f"{scene}/{emotion}/{number:04} {emotion}" for number in range(size)]
        tested = -(-size // 5)
        for side, part in (("test", lines[:tested]), ("train", lines[tested:])):
            sides[side].setdefault(scene, []).extend(part)
    return Layout(
        shots=tuple(_shot(*group, number) for group in sizes for number in range(sizes[group])),
        files=dict(_lists(sides)),
        folders=("FERV39k/3_ClipsforScenImages",),
    )


def _small(subjects: int) -> dict[Group, int]:
    size = max(subjects // 2, 2)
    return {(scene, emotion): size for scene in SCENES[:2] for emotion in TRAIN}


def _published() -> dict[Group, int]:
    """Sizes of the groups of which a fifth each, rounded up, make the published test sides."""
    sizes: dict[Group, int] = {}
    for emotion, tested in TEST.items():
        rounded = 5 * tested - (TRAIN[emotion] + tested)
        equal = [1] * len(SCENES)
        tests, cuts = portions(tested, equal), portions(rounded, equal)
        for scene, test, cut in zip(SCENES, tests, cuts, strict=True):
            sizes[scene, emotion] = 5 * test - cut
    return sizes


def _lists(sides: dict[str, dict[str, list[str]]]) -> Iterator[tuple[str, bytes]]:
    for side, scenes in sides.items():
        yield f"{_SETUPS}/All_scenes/{side}_All.csv", _text(chain(*scenes.values()))
        for scene, lines in scenes.items():
            yield f"{_SETUPS}/22_scenes/{side}_{scene}.csv", _text(lines)


def _text(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def _shot(scene: str, emotion: str, number: int) -> Shot:
    return Shot(
        f"{_CLIPS}/{scene}/{emotion}/{number:04}",
        f"{scene}/{emotion}/{number}",
        emotion.lower(),
        images="{:02d}.jpg",
        height=224,
        width=224,
        frames=(16, 28) if number else (8, 8),
        close=True,
    )
