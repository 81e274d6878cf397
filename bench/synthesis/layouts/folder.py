"""Videos of one's own, sorted into folders, as people film and name them."""

from itertools import product

from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.layout import Layout, Shot

PEOPLE = ("anna", "Björn", "c 3", "Dörte", "eve-2")
"""Names as people write them; further ones are numbers."""

_FILES = ("smile.mp4", "Take 2.MOV", "clip.avi", "fotos")
"""Names of videos in turn; the last one is a folder of images."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader with every video below its subject; nothing is published.

    Five people at least, and fifty at full count, show every expression once. Three kinds of files
    and folders of images take turns; a note, a thumbnail and an empty folder are no videos.
    """
    count = 50 if full else max(subjects, 5)
    people = [*PEOPLE, *(f"person {n}" for n in range(len(PEOPLE), count))]
    places = enumerate(product(people, EXPRESSIONS))
    return Layout(
        shots=tuple(_shot(*place, _FILES[turn % len(_FILES)]) for turn, place in places),
        files={"happy/anna/notes.txt": b"filmed at home\n", "happy/anna/thumbnail.jpg": b""},
        folders=("sad/anna/to do",),
    )


def _shot(person: str, expression: str, name: str) -> Shot:
    codec = "mpeg4" if name.endswith(".avi") else "libx264"
    images = "" if "." in name else "IMG_{:d}.jpg"
    return Shot(f"{expression}/{person}/{name}", person, expression, images=images, codec=codec)
