"""Labelled videos, and the folds that split them: names only, no pixels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Video:
    """One labelled item of a dataset, the unit that is scored."""

    id: str
    """`dataset:key`, unique in the dataset."""
    path: str
    """Relative to the dataset's root, with forward slashes."""
    label: str
    """Name of the class."""
    subject: str | None = None
    group: str | None = None
    """Movie or recording from which several videos come."""
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])
    apex: tuple[int, int] | None = None
    """Native frames [first, last) of the strongest expression, counted from 0."""
    limit: int | None = None
    """Only so many frames, from the first, are this video; None: all of its file."""
    rotation: int = 0
    """Degrees clockwise that bring the stored picture upright: 0, 90, 180 or 270."""
    panes: int = 1
    """Views side by side in one picture; the frontal face is in one of them."""
    aligned: bool = False
    """Its pictures are face crops that the distributor made; no detector looks at them."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """What a loader found: names, labels, subjects, official folds; no pixels."""

    name: str
    classes: tuple[str, ...]
    """Canonical class names; a label is an index into this tuple."""
    videos: tuple[Video, ...]
    """Sorted by id."""
    left_out: Mapping[str, int] = field(default_factory=dict[str, int])
    """Items of the tree that are not videos of this set: reason -> count."""
    missing: Mapping[str, str] = field(default_factory=dict[str, str])
    """Videos that the set lists and the tree lacks: id -> what is wrong."""
    official: Mapping[str, tuple["Fold", ...]] = field(
        default_factory=dict[str, tuple["Fold", ...]]
    )
    """Folds of the distributor, or of the field: protocol -> folds."""
    doubles: tuple[tuple[str, str], ...] = ()
    """Pairs of videos to which the distributor gives one name, as AFEW does across its splits."""
    notes: tuple[str, ...] = ()
    """What a person must know of how the tree was read, a sentence each."""
    harmonised: bool = False
    """Only some of its classes were kept, those that datasets share."""
    synthetic: bool = False
    """Drawn, not filmed; the runner sets it from the tree's marker file."""


@dataclass(frozen=True, slots=True)
class Fold:
    """One (train, test) pair, ids only, numbered from 0 and shown from 1."""

    index: int
    train: tuple[str, ...]
    test: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """The folds of a dataset, frozen: its hash covers ids, classes, label order, combination."""

    name: str
    dataset: str
    classes: tuple[str, ...]
    folds: tuple[Fold, ...]
    combine: Literal["pool", "mean"]
    """Which number is the headline: predictions of all folds pooled, or the mean of the folds."""
    hash: str
    source: str
    """Who made it: a rule with its seed, a file, or the distributor."""
    overlaps: tuple[tuple[str, str], ...] = ()
    """Pairs of videos that are known to overlap across the sides, as the distributor ships them:
    they are said under a table, and do not block a run."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What an audit found in a fold and did not stop."""

    kind: Literal["known", "allowed", "warning"]
    """Shipped by the distributor and listed in the protocol, let through by `--allow-leak`, or
    a doubt that nothing proves."""
    text: str
    """A sentence."""
