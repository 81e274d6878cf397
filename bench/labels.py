"""Classes that datasets share, so that a system trained on one can be tested on another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.errors import BenchError
from bench.records import Dataset, Fold

SIX = ("angry", "disgust", "fear", "happy", "sad", "surprise")
"""The basic emotions of Ekman, as nearly every dataset has them."""
SEVEN = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
"""The basic emotions and neutral."""

SPELLINGS: Mapping[str, str] = {
    **{name: name for name in SEVEN},
    "anger": "angry",
    "an": "angry",
    "ang": "angry",
    "disgusted": "disgust",
    "di": "disgust",
    "dis": "disgust",
    "afraid": "fear",
    "fearful": "fear",
    "fe": "fear",
    "fea": "fear",
    "happiness": "happy",
    "joy": "happy",
    "ha": "happy",
    "hap": "happy",
    "ne": "neutral",
    "neu": "neutral",
    "sadness": "sad",
    "sa": "sad",
    "surprised": "surprise",
    "su": "surprise",
    "sur": "surprise",
}
"""Spelling in lower case -> class, for labels of one's own and of public lists."""


def class_of(label: str) -> str | None:
    """The class among `SEVEN` that a label names, or None."""
    return SPELLINGS.get(label.strip().lower())


def shared(*datasets: Dataset) -> tuple[str, ...]:
    """The classes among `SEVEN` that every one of the datasets has.

    Raises:
        BenchError: there are fewer than two.
    """
    found = [{class_of(name) for name in dataset.classes} for dataset in datasets]
    common = tuple(name for name in SEVEN if all(name in names for names in found))
    if len(common) < 2:
        lists = "; ".join(f"{d.name!r} has {', '.join(d.classes)}" for d in datasets)
        raise BenchError(
            f"fewer than two basic emotions are shared: {lists}. A class is known by its name, as "
            f"in {', '.join(SEVEN)}; rename yours."
        )
    return common


def harmonised(dataset: Dataset, classes: Sequence[str]) -> Dataset:
    """The part of a dataset that shows some of the basic emotions, labelled by their names.

    A video of another label is left out and counted, in the folds of the distributor too: nothing
    that was labelled anxious becomes afraid. A dataset of just these classes stays as it is.

    Args:
        dataset: what a loader found.
        classes: among `SEVEN`, in the order that labels are to have.

    Raises:
        BenchError: the dataset lacks one of the classes.
    """
    lacking = [name for name in classes if name not in {class_of(own) for own in dataset.classes}]
    if lacking:
        raise BenchError(
            f"dataset {dataset.name!r} has no class {lacking[0]!r}; it has "
            f"{', '.join(dataset.classes)}. Choose another label set."
        )
    if tuple(classes) == dataset.classes:
        return dataset
    names = {video.id: class_of(video.label) for video in dataset.videos}
    kept = tuple(
        replace(video, label=names[video.id])
        for video in dataset.videos
        if names[video.id] in classes
    )
    ids = {video.id for video in kept}
    others = Counter(video.label for video in dataset.videos if video.id not in ids)
    outside = {f"labelled {label}, outside of the label set": n for label, n in others.items()}
    return replace(
        dataset,
        classes=tuple(classes),
        videos=kept,
        left_out={**dataset.left_out, **dict(sorted(outside.items()))},
        missing={
            id: why for id, why in dataset.missing.items() if names.get(id, "") in ("", *classes)
        },
        official={
            name: tuple(_only(fold, ids) for fold in folds)
            for name, folds in dataset.official.items()
        },
        doubles=tuple(pair for pair in dataset.doubles if ids.issuperset(pair)),
        harmonised=True,
    )


def _only(fold: Fold, ids: set[str]) -> Fold:
    return Fold(
        fold.index,
        tuple(id for id in fold.train if id in ids),
        tuple(id for id in fold.test if id in ids),
    )
