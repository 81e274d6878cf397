"""BU-4DFE with its meshes, one of which lost its picture, and the viewer beside the people."""

from functools import partial
from itertools import product

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.performance import Performance

EXPRESSIONS = {
    "Angry": "angry",
    "Disgust": "disgust",
    "Fear": "fear",
    "Happy": "happy",
    "Sad": "sad",
    "Surprise": "surprise",
}
"""Folder -> what is shown in it."""
_SORTED = [*(f"F{number:03d}" for number in range(1, 59))]
_SORTED += [f"M{number:03d}" for number in range(1, 44)]
PEOPLE = tuple(_SORTED[11 * place % len(_SORTED)] for place in range(len(_SORTED)))
"""All 101, of whom any ten neighbours are in the ten folds."""

_MESH = b"#VRML V2.0 utf8\n"
_VIEWER = "BU_WrlViewer_V2"


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; ten people at least, as its ten folds need.

    The first sequence has a last mesh without a picture. Listed at full count, each sequence has
    one frame.
    """
    people = PEOPLE if full else PEOPLE[: max(subjects, 10)]
    places = [f"{person}/{name}" for person, name in product(people, EXPRESSIONS)]
    files = {f"{_VIEWER}/readme.txt": b"The viewer of the meshes.\n"}
    if full:
        files |= {f"{place}/000.wrl": _MESH for place in places}
    return Layout(tuple(_shot(place, place == places[0], full) for place in places), files)


def _shot(place: str, broken: bool, full: bool) -> Shot:
    person, _, name = place.partition("/")
    return Shot(
        place,
        person,
        EXPRESSIONS[name],
        images="{:03d}.jpg",
        width=124,
        beside=None if full else partial(_meshes, place, int(broken)),
    )


def _meshes(place: str, lost: int, script: Performance) -> dict[str, bytes]:
    """A mesh a frame, and as many more as pictures were lost at the end."""
    return {f"{place}/{frame:03d}.wrl": _MESH for frame in range(len(script.states) + lost)}
