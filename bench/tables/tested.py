"""The distinct test videos under several results."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from bench.index import Result, Videos

_Side: TypeAlias = tuple[Videos, tuple[str, ...]]
"""Test videos of a fold, and what became of each."""


class Tested(NamedTuple):
    """A video that was tested; what became of it may differ from system to system."""

    true: str
    subject: str | None


def tested(results: Sequence[Result]) -> Mapping[str, Tested]:
    """Every test video once, by its id."""
    found: dict[str, Tested] = {}
    for videos, _ in _sides(results).values():
        found.update(zip(videos.ids, map(Tested, videos.true, videos.subjects), strict=True))
    return found


def shared_fates(results: Sequence[Result]) -> Counter[str] | None:
    """How many distinct test videos have which status; None where results differ on one."""
    found: dict[str, str] = {}
    for videos, statuses in _sides(results).values():
        before = [found.get(id, status) for id, status in zip(videos.ids, statuses, strict=True)]
        if before != list(statuses):
            return None
        found.update(zip(videos.ids, statuses, strict=True))
    return Counter(found.values())


def fates_of(systems: Iterable[Sequence[Result]]) -> Iterator[Counter[str]]:
    """How many distinct test videos of each system have which status, the last that it got."""
    known: dict[tuple[tuple[int, int], ...], Counter[str]] = {}
    for results in systems:
        sides = _sides(results)
        same = tuple(sides)
        if same not in known:  # many systems are tested on the same videos, with the same fates
            last: dict[str, str] = {}
            for videos, statuses in sides.values():
                last.update(zip(videos.ids, statuses, strict=True))
            known[same] = Counter(last.values())
        yield known[same]


def _sides(results: Sequence[Result]) -> dict[tuple[int, int], _Side]:
    """By identity of its parts each side once, in order of the last result that has it."""
    # results share their videos and statuses: of those with the same, the last one speaks for all
    sides = [(result.videos, result.statuses) for result in reversed(results)]
    same = [(id(videos), id(statuses)) for videos, statuses in sides]
    return dict(reversed(dict(zip(same, sides, strict=True)).items()))
