"""Folds in numbers: sizes and class balance of their sides."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bench.records import Dataset, Protocol


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a fold in numbers."""

    videos: int
    subjects: int
    """Distinct published subjects."""
    classes: Mapping[str, int]
    """Videos of every class, in label order."""


@dataclass(frozen=True, slots=True)
class FoldSummary:
    """One fold in numbers: a row of `bench folds`."""

    index: int
    train: Side
    test: Side


def describe(protocol: Protocol, dataset: Dataset) -> tuple[FoldSummary, ...]:
    """Sizes and class balance of both sides of every fold."""
    videos = {video.id: video for video in dataset.videos}

    def side(ids: Iterable[str]) -> Side:
        found = [videos[id] for id in ids if id in videos]
        labels = Counter(video.label for video in found)
        return Side(
            videos=len(found),
            subjects=len({video.subject for video in found} - {None}),
            classes={name: labels[name] for name in dataset.classes},
        )

    return tuple(FoldSummary(f.index, side(f.train), side(f.test)) for f in protocol.folds)
