"""CK+ with labels in scientific notation, and folders of labels that are empty."""

from dataclasses import replace
from functools import partial

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import portions, spread
from bench.synthesis.performance import Performance

CODES = {
    "angry": 1,
    "contempt": 2,
    "disgust": 3,
    "fear": 4,
    "happy": 5,
    "sad": 6,
    "surprise": 7,
}
COUNTS = {
    "angry": 45,
    "contempt": 18,
    "disgust": 59,
    "fear": 25,
    "happy": 69,
    "sad": 28,
    "surprise": 83,
}
"""Published sequences with a label."""
FOLDS = (33, 39, 40, 35, 30, 37, 29, 29, 33, 22)
"""Of them, those of the subjects whose place in the order ends with 0, 1, ... 9."""
PEOPLE, LABELLED, SEQUENCES = 123, 118, 593

_IMAGES = "cohn-kanade-images"
_DRAWN = {"contempt": "disgust"}
"""What stands for an expression that cannot be drawn."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; ten people at least, as its ten folds need.

    Each shows every class once; a last one has no label at all, and so has the last sequence of
    each. At full count the subjects of a fold share its published number of sequences. Subjects
    are numbered without the gaps of the real ones. Nothing lies in FACS and Landmarks but a stray.
    """
    labels = _published() if full else [list(CODES)] * max(subjects, 10)
    without = portions(SEQUENCES - sum(FOLDS), [1] * PEOPLE) if full else [1] * (len(labels) + 1)
    shots: list[Shot] = []
    empty: list[str] = []
    for position, count in enumerate(without):
        person = f"S{5 + position:03d}"
        shown = labels[position] if position < len(labels) else []
        shots += [_labelled(person, turn, label) for turn, label in enumerate(shown, start=1)]
        for turn in range(len(shown) + 1, len(shown) + count + 1):
            shots.append(_shot(person, turn, "surprise"))
            empty.append(f"Emotion/{person}/{turn:03d}")
    stray = {f"{_IMAGES}/S005/.DS_Store": b"\0", "FACS/.DS_Store": b"\0"}
    return Layout(tuple(shots), stray, (*empty, "Landmarks"))


def _published() -> list[list[str]]:
    """What each labelled subject shows."""
    labels: list[list[str]] = [[] for _ in range(LABELLED)]
    left = iter(spread(COUNTS))
    for fold, size in enumerate(FOLDS):
        people = range(fold, LABELLED, len(FOLDS))
        for person, count in zip(people, portions(size, [1] * len(people)), strict=True):
            labels[person] = [next(left) for _ in range(count)]
    return labels


def _labelled(person: str, turn: int, label: str) -> Shot:
    mark = partial(_mark, f"{person}/{turn:03d}", CODES[label])
    return replace(_shot(person, turn, _DRAWN.get(label, label)), beside=mark)


def _shot(person: str, turn: int, expression: str) -> Shot:
    return Shot(
        f"{_IMAGES}/{person}/{turn:03d}",
        person,
        expression,
        images=f"{person}_{turn:03d}_{{:08d}}.png",
        first=1,
        width=208,
        frames=(24, 40),
        until_apex=True,
    )


def _mark(place: str, code: int, script: Performance) -> dict[str, bytes]:
    """The label, in a file that is named for the last frame."""
    name = f"{place.replace('/', '_')}_{len(script.states):08d}_emotion.txt"
    return {f"Emotion/{place}/{name}": f"   {code:.7e}\n".encode()}
