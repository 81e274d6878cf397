"""The distinct test videos under several results."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.index import Result


class Tested(NamedTuple):
    """A video that was tested, as the last of the results has it."""

    true: str
    subject: str | None
    status: str

    @property
    def seen(self) -> bool:
        """Whether a model looked at it."""
        return self.status in ("scored", "fallback")


def tested(results: Sequence[Result]) -> dict[str, Tested]:
    """Every test video once, by its id."""
    # results share their videos and statuses: of those with the same, the last one speaks for all
    last: dict[tuple[int, int], Result] = {}
    for result in results:
        same = id(result.videos), id(result.statuses)
        last.pop(same, None)
        last[same] = result
    found: dict[str, Tested] = {}
    for result in last.values():
        videos = result.videos
        rows = map(Tested, videos.true, videos.subjects, result.statuses)
        found.update(zip(videos.ids, rows, strict=True))
    return found
