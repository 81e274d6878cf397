"""CK+ with labels in scientific notation, and folders of labels that are empty."""

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
_DRAWN = {"contempt": "disgust", "": "surprise"}
"""What stands for an expression that cannot be drawn, and for one without a label."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; eleven people at least, ten of them for its ten folds.

    Each shows every class once and something without a label; the last one has nothing but that.
    At full count the subjects of a fold share its published number of sequences. Subjects are
    numbered without the gaps of the real ones. There is nothing to read in FACS and Landmarks.
    """
    shown = _published() if full else [*[[*CODES, ""]] * (max(subjects, 11) - 1), [""]]
    sequences = [
        (f"S{5 + position:03d}", turn, label)
        for position, labels in enumerate(shown)
        for turn, label in enumerate(labels, start=1)
    ]
    empty = [f"Emotion/{person}/{turn:03d}" for person, turn, label in sequences if not label]
    return Layout(
        shots=tuple(_shot(*sequence) for sequence in sequences),
        files={f"{_IMAGES}/S005/.DS_Store": b"\0"},
        folders=(*empty, "FACS", "Landmarks"),
    )


def _published() -> list[list[str]]:
    """Labels of every subject's sequences; empty where there is none."""
    shown: list[list[str]] = [[] for _ in range(PEOPLE)]
    left = iter(spread(COUNTS))
    for fold, size in enumerate(FOLDS):
        people = range(fold, LABELLED, len(FOLDS))
        for person, count in zip(people, portions(size, [1] * len(people)), strict=True):
            shown[person] = [next(left) for _ in range(count)]
    for labels, count in zip(shown, portions(SEQUENCES - sum(FOLDS), [1] * PEOPLE), strict=True):
        labels += [""] * count
    return shown


def _shot(person: str, turn: int, label: str) -> Shot:
    return Shot(
        f"{_IMAGES}/{person}/{turn:03d}",
        person,
        _DRAWN.get(label, label),
        images=f"{person}_{turn:03d}_{{:08d}}.png",
        first=1,
        width=208,
        frames=(24, 40),
        until_apex=True,
        beside=partial(_mark, f"{person}/{turn:03d}", CODES[label]) if label else None,
    )


def _mark(place: str, code: int, script: Performance) -> dict[str, bytes]:
    """The label, in a file that is named for the last frame."""
    name = f"{place.replace('/', '_')}_{len(script.states):08d}_emotion.txt"
    return {f"Emotion/{place}/{name}": f"   {code:.7e}\n".encode()}
