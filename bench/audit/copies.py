"""Videos that are there twice: of one content, of one look, or of one name, and on which sides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from operator import or_
from typing import TYPE_CHECKING, Literal

from bench.frames.likeness import Likeness, alike
from bench.records import Dataset, Protocol

if TYPE_CHECKING:
    from bench.frames.notes import Note

Why = Literal["content", "look", "name"]


@dataclass(frozen=True, slots=True)
class Copies:
    """Videos that are one, or may be."""

    ids: tuple[str, ...]
    """Two at least, sorted."""
    why: Why
    likeness: Likeness | None = None
    """How far they differ, where they look alike."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two videos on the two sides of a fold."""

    train: str
    test: str
    fold: int
    """The first of the folds that they stand so in, from 0."""
    folds: int
    """How many those are."""


class Sides:
    """In which folds of a protocol a video trains and in which it is tested, each a set of bits."""

    def __init__(self, protocol: Protocol) -> None:
        self.train: defaultdict[str, int] = defaultdict(int)
        self.test: defaultdict[str, int] = defaultdict(int)
        for place, fold in enumerate(protocol.folds):
            for ids, side in ((fold.train, self.train), (fold.test, self.test)):
                for id in ids:
                    side[id] |= 1 << place

    def listed(self, id: str) -> bool:
        """Whether a video is in any fold."""
        return id in self.train or id in self.test

    def crossing(
        self, ids: Iterable[str], known: Iterable[tuple[str, str]] = ()
    ) -> Crossing | None:
        """The first two of some videos that stand on both sides of a fold; None where none do.

        Args:
            ids: videos that belong together.
            known: pairs, in either order, that may stand there.
        """
        allowed = {frozenset(pair) for pair in known}
        ids = tuple(ids)
        pairs = {
            (one, other): self.train.get(one, 0) & self.test.get(other, 0)
            for one, other in product(ids, ids)
            if one != other and frozenset((one, other)) not in allowed
        }
        folds = reduce(or_, pairs.values(), 0)
        if not folds:
            return None
        first = folds & -folds
        one, other = min(pair for pair, bits in pairs.items() if bits & first)
        return Crossing(one, other, first.bit_length() - 1, folds.bit_count())


def find_copies(dataset: Dataset, notes: Mapping[str, "Note"]) -> Iterator[Copies]:
    """Every group of videos of one content, pair that looks alike, and pair of one name.

    Args:
        dataset: its videos are compared.
        notes: of prepared videos, by id; one without a readable frame is a copy of nothing.
    """
    readable = {id: note for id, note in notes.items() if note.status != "unreadable"}
    videos = {video.id: readable[video.id] for video in dataset.videos if video.id in readable}
    of_content: defaultdict[str, list[str]] = defaultdict(list)
    for id, note in videos.items():
        of_content[note.content or id].append(id)
    for ids in of_content.values():
        if len(ids) > 1:
            yield Copies(tuple(sorted(ids)), "content")
    for found in alike({id: note.sketch for id, note in videos.items()}):
        contents = {videos[found.one].content, videos[found.other].content}
        if len(contents) > 1 or "" in contents:
            yield Copies((found.one, found.other), "look", found)
    for pair in dataset.doubles:
        yield Copies(tuple(sorted(pair)), "name")
