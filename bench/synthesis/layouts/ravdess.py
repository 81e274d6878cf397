"""RAVDESS, whose recordings are there with sound and without, beside songs and sound alone."""

from collections.abc import Iterator
from itertools import product

from bench.synthesis.layout import Layout, Shot

EMOTIONS = {
    "01": "neutral",
    "02": "neutral",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
"""Code -> what is drawn; 02 is calm."""
PEOPLE = range(1, 25)

_ARCHIVED = 5
"""The actor whose folder is still inside of that of its archive."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; six people at least, one of each block of four.

    They say one sentence in each emotion, and one in strong anger; at full count two, twice each,
    everything but neutral in two intensities. The file with sound has the pixels of the one
    without, and no sound. One actor sings too, and one is heard only.
    """
    people = PEOPLE if full else _chosen(max(subjects, 6))
    names = [name for person in people for name in (_published if full else _few)(person)]
    shots = [_shot("02", name) for name in names]
    files: dict[str, bytes] = {}
    if not full:
        shots.append(_shot("02", "02-03-01-01-01-01"))
        files[_path("03", "01-03-01-01-01-01").replace(".mp4", ".wav")] = b"RIFF"
    copies = {_path("01", name): _path("02", name) for name in names}
    return Layout(tuple(shots), files, copies=copies)


def _chosen(count: int) -> list[int]:
    """The first of every block of four, then the second, and so on."""
    return sorted(sorted(PEOPLE, key=lambda person: (person - 1) % 4)[:count])


def _few(person: int) -> Iterator[str]:
    for emotion, intensity in (*product(EMOTIONS, ["01"]), ("05", "02")):
        yield f"01-{emotion}-{intensity}-01-01-{person:02d}"


def _published(person: int) -> Iterator[str]:
    twice = ("01", "02")
    for emotion, intensity, statement, repetition in product(EMOTIONS, twice, twice, twice):
        if (emotion, intensity) != ("01", "02"):
            yield f"01-{emotion}-{intensity}-{statement}-{repetition}-{person:02d}"


def _path(modality: str, name: str) -> str:
    actor = name[-2:]
    around = f"Video_Speech_Actor_{actor}/" if int(actor) == _ARCHIVED else ""
    return f"{around}Actor_{actor}/{modality}-{name}.mp4"


def _shot(modality: str, name: str) -> Shot:
    path = _path(modality, name)
    return Shot(path, name[-2:], EMOTIONS[name.split("-")[1]], rate=30, width=284)
