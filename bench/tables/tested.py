"""The distinct test videos under several results."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

from bench.index import Result, Videos

Side: TypeAlias = tuple[Videos, tuple[str, ...]]
"""Test videos of a fold, and what became of each."""


class Tested(NamedTuple):
    """A video that was tested, as the last of the results has it."""

    true: str
    subject: str | None
    status: str


def tested(results: Sequence[Result]) -> Mapping[str, Tested]:
    """Every test video once, by its id."""
    # results share their videos and statuses: of those with the same, the last one speaks for all
    last: dict[tuple[int, int], Side] = {}
    for result in results:
        same = id(result.videos), id(result.statuses)
        last.pop(same, None)
        last[same] = result.videos, result.statuses
    return _tested(tuple(last.values()))


@lru_cache(maxsize=64)
def _tested(sides: tuple[Side, ...]) -> Mapping[str, Tested]:
    """Many systems are tested on the same videos, with the same fates."""
    found: dict[str, Tested] = {}
    for videos, statuses in sides:
        rows = map(Tested, videos.true, videos.subjects, statuses)
        found.update(zip(videos.ids, rows, strict=True))
    return MappingProxyType(found)
