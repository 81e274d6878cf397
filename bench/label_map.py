"""A dataset in a harmonised label set, shown by label, and written as a list of one's own."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO

from bench.labels import class_of
from bench.protocols.known import known_folds
from bench.records import Dataset, Fold, Video


@dataclass(frozen=True, slots=True)
class Mapped:
    """What becomes of one label."""

    label: str
    """Of the dataset."""
    name: str | None
    """The class of the label set; None: its videos are left out."""
    videos: int


def label_map(dataset: Dataset, classes: Sequence[str]) -> tuple[Mapped, ...]:
    """What becomes of every label of a dataset.

    Args:
        dataset: as its loader read it.
        classes: the label set, among `bench.labels.SEVEN`.
    """
    counts = Counter(video.label for video in dataset.videos)
    names = {label: class_of(label) for label in dataset.classes}
    return tuple(
        Mapped(label, name if name in classes else None, counts[label])
        for label, name in names.items()
    )


def fold_numbers(dataset: Dataset, protocol: str) -> Mapping[str, int]:
    """Video -> the fold that tests it, as a list can say it.

    Args:
        dataset: in its label set.
        protocol: name of given folds.

    Returns:
        nothing, where the protocol is no given one, tests a video never or twice, or trains on
        less than all that it does not test.
    """
    folds = known_folds(dataset).get(protocol, ())
    every = {video.id for video in dataset.videos}
    tested = [id for fold in folds for id in fold.test]
    if sorted(tested) != sorted(every) or any(_partial(fold, every) for fold in folds):
        return {}
    return {id: fold.index for fold in folds for id in fold.test}


def manifest(dataset: Dataset, fold_of: Mapping[str, int]) -> str:
    """The list that dataset `csv` reads, with paths as they are relative to the root.

    Args:
        dataset: its videos become lines, those that are all of their file.
        fold_of: a column of it, where it is not empty.
    """
    text = StringIO(newline="")
    rows = csv.writer(text, lineterminator="\n")
    apexes = any(video.apex for video in dataset.videos)
    header = ["path", "label", "subject", "group"]
    rows.writerow(header + ["fold"] * bool(fold_of) + ["apex_first", "apex_last"] * apexes)
    for video in (video for video in dataset.videos if video.limit is None):
        fold = [fold_of[video.id]] if fold_of else []
        rows.writerow([*_cells(video), *fold, *((video.apex or ("", "")) if apexes else ())])
    return text.getvalue()


def unsaid(dataset: Dataset) -> list[str]:
    """What a list cannot say of some videos, a sentence each."""
    counts = {
        "turned": sum(video.rotation != 0 for video in dataset.videos),
        "with several views in one picture": sum(video.panes > 1 for video in dataset.videos),
        "as aligned faces": sum(video.aligned for video in dataset.videos),
    }
    every = len(dataset.videos)
    said = [
        f"{count} of {every} videos are stored {how}, which a list does not say"
        for how, count in counts.items()
        if count
    ]
    if parts := sum(video.limit is not None for video in dataset.videos):
        said.append(
            f"{parts} of {every} videos are the first frames of a file, which a list cannot say: "
            f"they are left out of it"
        )
    return said


def _partial(fold: Fold, every: set[str]) -> bool:
    return set(fold.train) != every - set(fold.test)


def _cells(video: Video) -> list[str]:
    return [video.path, video.label, video.subject or "", video.group or ""]
