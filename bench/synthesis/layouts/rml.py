"""RML, some of whose speakers have a folder a language, with upper case and stray files."""

from collections.abc import Iterator, Mapping, Sequence

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts.dealing import portions

EMOTIONS = {
    "an": "angry",
    "di": "disgust",
    "fe": "fear",
    "ha": "happy",
    "sa": "sad",
    "su": "surprise",
}
"""Code in the name of a file -> what is shown in it."""
COUNTS = {"rml-1": (66, 67, 67, 73, 66, 68), "rml-2": (54, 53, 53, 47, 54, 52)}
"""Published clips of each code."""
PEOPLE = {"rml-1": range(1, 6), "rml-2": range(6, 9)}
LANGUAGES: Mapping[int, tuple[str, ...]] = {
    2: ("English", "Mandarin"),
    4: ("English", "Urdu", "Punjabi"),
    7: ("Persian", "Italian"),
}
"""Speakers with a folder a language; which ones have it in the real set is not known here."""


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader, of all eight speakers whatever their number.

    Each shows every emotion once in every language; at full count they share the published
    number of clips. One speaker's files are in upper case.
    """
    del subjects
    shots = [shot for part in PEOPLE for shot in _part(part, full)]
    return Layout(tuple(shots), {"rml-1/s1/Thumbs.db": b"\0", "rml-2/s7/Italian/Thumbs.db": b"\0"})


def _part(part: str, full: bool) -> Iterator[Shot]:
    people = PEOPLE[part]
    for code, total in zip(EMOTIONS, COUNTS[part], strict=True):
        clips = portions(total, [1] * len(people))
        for speaker, count in zip(people, clips, strict=True):
            languages = LANGUAGES.get(speaker, ("",))
            shares = portions(count, [1] * len(languages)) if full else [1] * len(languages)
            for language, share in zip(languages, shares, strict=True):
                for number in range(1, share + 1):
                    yield _shot((part, f"s{speaker}", language), code, number)


def _shot(place: Sequence[str], code: str, number: int) -> Shot:
    name = f"{code}{number}.avi"
    name = name.upper() if place[1] == "s3" else name
    path = "/".join((*filter(None, place), name))
    return Shot(path, place[1], EMOTIONS[code], rate=30, width=240, codec="mpeg4")
