"""The distinct test videos under several results."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bench.index import Result, Videos

_Side: TypeAlias = tuple[Videos, tuple[str, ...]]
"""Test videos of a fold, and what became of each."""


class Tested(NamedTuple):
    """A video that was tested, as the last of the results has it."""

    true: str
    subject: str | None
    status: str


def tested(results: Sequence[Result]) -> Mapping[str, Tested]:
    """Every test video once, by its id."""
    return _tested(_sides(results).values())


def fates_of(systems: Iterable[Sequence[Result]]) -> Iterator[Counter[str]]:
    """How many distinct test videos of each system have which status."""
    known: dict[tuple[tuple[int, int], ...], Counter[str]] = {}
    for results in systems:
        sides = _sides(results)
        same = tuple(sides)
        if same not in known:  # many systems are tested on the same videos, with the same fates
            videos = _tested(sides.values()).values()
            known[same] = Counter([video.status for video in videos])
        yield known[same]


def _sides(results: Sequence[Result]) -> dict[tuple[int, int], _Side]:
    """By identity of its parts each side once, in order of the last result that has it."""
    # results share their videos and statuses: of those with the same, the last one speaks for all
    sides = [(result.videos, result.statuses) for result in reversed(results)]
    same = [(id(videos), id(statuses)) for videos, statuses in sides]
    return dict(reversed(dict(zip(same, sides, strict=True)).items()))


def _tested(sides: Iterable[_Side]) -> dict[str, Tested]:
    found: dict[str, Tested] = {}
    for videos, statuses in sides:
        rows = map(Tested, videos.true, videos.subjects, statuses)
        found.update(zip(videos.ids, rows, strict=True))
    return found
