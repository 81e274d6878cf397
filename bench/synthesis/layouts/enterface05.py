"""eNTERFACE'05 with the people whose files are named and placed unlike all others."""

from collections.abc import Iterator

from bench.synthesis.layout import Layout, Shot

EMOTIONS = {
    "anger": "angry",
    "disgust": "disgust",
    "fear": "fear",
    "happiness": "happy",
    "sadness": "sad",
    "surprise": "surprise",
}
"""Folder -> what is shown in it."""
PEOPLE = range(1, 45)
FLAT = 6
"""The person without folders of sentences."""

_TOP = "enterface database"
_ODD = (1, 2, 3, FLAT, 11, 16, 20, 23, 29, 38)
"""One of each block of people, and those with a quirk."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; ten people at least, with whom each of its five folds has some.

    They say sentences 1 and 2, person 16 the third too, and at full count all say five; person 23
    is happy in 4 and 5 only. The rest is as the loader tells: the flat folders of person 6, the
    names of 3, 11 and 16, the two videos of 2 that are swapped. A folder has the thumbnails of its
    system.
    """
    others = [person for person in PEOPLE if person not in _ODD]
    people = PEOPLE if full else sorted([*_ODD, *others][: max(subjects, len(_ODD))])
    shots = [
        _shot(person, emotion, number)
        for person in people
        for emotion in EMOTIONS
        for number in _sentences(person, emotion, full)
    ]
    return Layout(tuple(shots), {f"{_TOP}/subject 1/anger/sentence 1/Thumbs.db": b"\0"})


def _sentences(person: int, emotion: str, full: bool) -> Iterator[int]:
    if person == FLAT:
        yield 1
    elif (person, emotion) == (23, "happiness"):
        yield from (4, 5)
    else:
        yield from range(1, 6 if full else 4 if person == 16 else 3)


def _shot(person: int, emotion: str, number: int) -> Shot:
    folder = f"{_TOP}/subject {person}/{emotion}"
    place = folder if person == FLAT else f"{folder}/sentence {number}"
    path = f"{place}/{_name(person, emotion, number)}"
    return Shot(path, f"{person}", EMOTIONS[emotion], width=200, codec="mpeg4")


def _name(person: int, emotion: str, number: int) -> str:
    code = emotion[:2]
    if person == FLAT:
        return f"s6_{code}.avi"
    if (person, code) == (2, "an") and number < 3:
        number = 3 - number
    if (person, code, number) == (16, "su", 3):
        return "s16_su_3avi.avi"
    prefix = {3: "s_3" if number > 1 else "s3", 11: "s12"}.get(person, f"s{person}")
    return f"{prefix}_{code}_{number}.avi"
