"""Oulu-CASIA, nested as its archives are, with conditions that nobody uses."""

from itertools import product

from bench.synthesis.layout import Layout, Shot

EXPRESSIONS = {
    "Anger": "angry",
    "Disgust": "disgust",
    "Fear": "fear",
    "Happiness": "happy",
    "Sadness": "sad",
    "Surprise": "surprise",
}
"""Folder -> what is shown in it."""
USED, OTHERS = "VL/Strong", ("VL/Weak", "VL/Dark", "NI/Strong", "NI/Weak", "NI/Dark")
PEOPLE = tuple(f"P{first + 8 * run:03d}" for first in range(1, 9) for run in range(10))
"""The first of each run of eight, then the second, and so on."""

_TOP = "B_OriginalImg/OriginalImg"


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; ten people at least, as its ten folds need.

    The first of them is there in all six conditions, at full count all of them are. A folder of
    frames has the thumbnails of its system too.
    """
    people = PEOPLE if full else PEOPLE[: max(subjects, 10)]
    seen = [*product([USED], people), *product(OTHERS, people if full else people[:1])]
    places = product(seen, EXPRESSIONS.items())
    return Layout(
        shots=tuple(
            Shot(
                f"{_TOP}/{condition}/{person}/{folder}",
                person,
                expression,
                images="{:03d}.jpeg",
                width=212,
                frames=(24, 40),
                until_apex=True,
            )
            for (condition, person), (folder, expression) in places
        ),
        files={f"{_TOP}/{USED}/P001/Anger/Thumbs.db": b"\0"},
    )
