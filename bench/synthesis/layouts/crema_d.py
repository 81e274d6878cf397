"""CREMA-D with the clips that are known to be broken, and sound that was never pulled."""

from collections.abc import Iterator
from itertools import product

from bench.synthesis.layout import Layout, Shot

EMOTIONS = {
    "ANG": "angry",
    "DIS": "disgust",
    "FEA": "fear",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
"""Code in the name of a file -> what is shown in it."""
SENTENCES = ("DFA", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI")
"""Of unspecified intensity; `IEO` is the one that is said at three."""
PEOPLE = range(1001, 1092)
BROKEN = {
    "1064_IEO_DIS_MD": (100, 100),
    "1064_TIE_SAD_XX": (16, 28),
    "1076_MTI_NEU_XX": (2, 2),
    "1076_MTI_SAD_XX": (16, 28),
}
"""Name -> shortest and longest, in frames: one is long, one very short."""
LOST = {"NEU": 5, "ANG": 3, "DIS": 3, "FEA": 3, "HAP": 3, "SAD": 3}
"""Clips that the 7,442 lack of twelve sentences of 91 people: how many people lack the last."""

_FIRST = (1001, 1019, 1037, 1055, 1073, 1064, 1076)
"""One of each block of 18, and those of the broken clips."""
_POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 70000\n"


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; seven people at least, with whom each of its five folds has some.

    They say one sentence in each emotion. The sound of the first is pointers of Git LFS, as in a
    clone in which only the videos were pulled. Which clips the real set lacks of all combinations
    is not known here: the last sentence of the first people is left away.
    """
    people = PEOPLE if full else _chosen(max(subjects, len(_FIRST)))
    names = (
        [*_published()] if full else [f"{who}_DFA_{what}_XX" for who in people for what in EMOTIONS]
    )
    names += [] if full else list(BROKEN)
    files = {
        f"AudioWAV/{name}.wav": _POINTER % turn
        for turn, name in enumerate(names)
        if name.startswith("1001")
    }
    files["VideoDemographics.csv"] = _demographics(people)
    return Layout(tuple(_shot(name) for name in names), files)


def _chosen(count: int) -> list[int]:
    others = [person for person in PEOPLE if person not in _FIRST]
    return sorted([*_FIRST, *others][:count])


def _published() -> Iterator[str]:
    for person in PEOPLE:
        yield from (f"{person}_IEO_{what}_{level}" for what, level in _levels())
        for sentence, what in product(SENTENCES, EMOTIONS):
            if sentence != SENTENCES[-1] or person - PEOPLE[0] >= LOST[what]:
                yield f"{person}_{sentence}_{what}_XX"


def _levels() -> Iterator[tuple[str, str]]:
    for what in EMOTIONS:
        yield from product([what], ["XX"] if what == "NEU" else ["LO", "MD", "HI"])


def _shot(name: str) -> Shot:
    person, _, emotion, _ = name.split("_")
    frames = BROKEN.get(name, (16, 28))
    path = f"VideoFlash/{name}.flv"
    return Shot(path, person, EMOTIONS[emotion], rate=30, width=212, frames=frames, codec="flv")


def _demographics(people: range | list[int]) -> bytes:
    rows = [f"{who},{20 + who % 55},{('Male', 'Female')[who % 2]},Drawn,Drawn\n" for who in people]
    return f"ActorID,Age,Sex,Race,Ethnicity\n{''.join(rows)}".encode()
