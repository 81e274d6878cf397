"""CAER with its three splits, in each of whose folders the numbers start anew."""

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import portions

FOLDERS = ("Anger", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
RECALLED = 13201
"""Clips in all, as people recall; no published count is verified."""

_SHARES = {"train": 7, "validation": 1, "test": 2}


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; each clip shows another person.

    `subjects` counts the clips a class, of which train has about 70, validation 10 and test 20
    percent, one at least.
    """
    total = [subjects] * len(FOLDERS)
    if full:
        total = portions(RECALLED, [1] * len(FOLDERS))
    places = [
        (f"CAER/{split}/{folder}", number)
        for folder, count in zip(FOLDERS, total, strict=True)
        for split, part in zip(_SHARES, portions(count, [*_SHARES.values()]), strict=True)
        for number in range(1, max(part, 1) + 1)
    ]
    return Layout(shots=tuple(_shot(place, number) for place, number in places), files={})


def _shot(place: str, number: int) -> Shot:
    path = f"{place}/{number:04}.avi"
    folder = place.rpartition("/")[2]
    return Shot(path, path, {"Anger": "angry"}.get(folder, folder.lower()), codec="mpeg4")
