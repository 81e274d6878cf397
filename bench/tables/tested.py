"""The distinct test videos under several results."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from bench.index import Folds, Videos

_Side: TypeAlias = tuple[Videos, tuple[str, ...]]
"""Test videos of a fold, and what became of each."""


class Tested(NamedTuple):
    """A video that was tested; what became of it may differ from system to system."""

    true: str
    subject: str | None


def tested(folds: Folds) -> Mapping[str, Tested]:
    """Every test video once, by its id."""
    found: dict[str, Tested] = {}
    for videos, _ in _sides(folds).values():
        found.update(zip(videos.ids, map(Tested, videos.true, videos.subjects), strict=True))
    return found


def shared_fates(folds: Folds) -> Counter[str] | None:
    """How many distinct test videos have which status; None where folds differ on one."""
    found: dict[str, str] = {}
    for videos, statuses in _sides(folds).values():
        before = [found.get(id, status) for id, status in zip(videos.ids, statuses, strict=True)]
        if before != list(statuses):
            return None
        found.update(zip(videos.ids, statuses, strict=True))
    return Counter(found.values())


def fates_of(systems: Iterable[Folds]) -> Iterator[Counter[str]]:
    """How many distinct test videos of each system have which status, the last that it got."""
    known: dict[tuple[int, ...], Counter[str]] = {}
    for folds in systems:
        sides = _sides(folds)
        same = tuple(sides)
        if same not in known:  # many systems are tested on the same videos, with the same fates
            last: dict[str, str] = {}
            for videos, statuses in sides.values():
                last.update(zip(videos.ids, statuses, strict=True))
            known[same] = Counter(last.values())
        yield known[same]


def _sides(folds: Folds) -> dict[int, _Side]:
    """Each side once, by a number of its own, in order of the last fold that has it."""
    videos, statuses = folds.videos, folds.statuses
    count = len(statuses.values)
    sides = videos.of * count + statuses.of
    last = reversed(dict.fromkeys(sides[::-1].tolist()))
    return {side: (videos.values[side // count], statuses.values[side % count]) for side in last}
