"""What is asked, resolved to the last choice before anything runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bench.records.data import Finding, Fold
from bench.records.entries import (
    ModelEntry,
    ObjectiveEntry,
    Preprocessing,
    Preset,
    Recipe,
    later,
)

Selection = Literal["last", "validation", "test"]
Made = Literal["trained", "evaluated", "imported"]
"""How answers came about: trained here, from a finished checkpoint, or from a file of answers."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What a run keeps beside its records, where it is asked to; no answer depends on it."""

    weights: bool = False
    """The trained network of each fold."""
    epochs: bool = False
    """The answers to the test videos after every epoch."""
    features: bool = False
    """What the classifier was given for each test video."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of a recipe one fold really trains, within the limits of the preset."""

    epochs: int
    steps_per_epoch: int
    batch_size: int
    lr: float
    """Highest learning rate; with SGD it follows the batch size."""


@dataclass(frozen=True, slots=True)
class RunSpec:
    """What the command line asked for; None is the registry's own choice."""

    models: tuple[str, ...]
    datasets: tuple[str, ...]
    root: str | None = None
    preset: str = "full"
    recipe: str | None = None
    objective: str | None = None
    """What training minimises in place of the recipe's own."""
    protocol: str | None = None
    split: str | None = None
    """A split file of the user's own."""
    seeds: tuple[int, ...] = (0,)
    folds: tuple[int, ...] | None = None
    selection: Selection = "last"
    weights: str | None = None
    checkpoint: str | None = None
    """Files of a trained system, which then is only asked; `{fold}` stands for a fold's number."""
    answers: tuple[str, ...] = ()
    """The order in which the checkpoint answers the classes; (): as its file says."""
    keep: Keep = Keep()
    detector: str | None = None
    align: bool | None = None
    storage: str | None = None
    labels: int | None = None
    """6 or 7: only the basic emotions, without or with neutral; None: the classes of the set."""
    train_on: str | None = None
    """Another dataset to train on; the whole of each of `datasets` is then tested."""
    train_root: str | None = None
    allow_leak: str | None = None
    """Why near-duplicates across the sides are let through."""
    device: str = "auto"
    results: str = "results"


@dataclass(frozen=True, slots=True)
class Weights:
    """Where a network's first weights come from."""

    origin: str
    """none, imagenet, synthetic, or the name of a file."""
    sha256: str | None
    path: str | None = None


@dataclass(frozen=True, slots=True)
class FoldRequest:
    """Everything that one fold of one run depends on; plain data, so that any worker can run it."""

    model: ModelEntry
    """With the input that is really used, after the preset."""
    dataset: str
    classes: tuple[str, ...]
    dataset_fingerprint: str
    protocol: str
    protocol_hash: str
    fold: Fold
    folds: int
    """How many folds the protocol has."""
    recipe: Recipe
    extent: Extent
    regime: Literal["own", "common"]
    """Each model's own recipe, or one recipe for all; never mixed in a column."""
    objective: ObjectiveEntry
    preset: Preset
    selection: Selection
    weights: Weights
    preprocessing: Preprocessing
    preprocessing_fingerprint: str
    identity: str
    """Hash of the resolved spec; seed and fold are below it."""
    seed: int
    synthetic: bool
    harmonised: bool = False
    """Whether the classes are those that datasets share, and not the dataset's own."""
    train_on: str | None = None
    """The dataset of the training side, where it is another one."""
    train_on_fingerprint: str | None = None
    findings: tuple[Finding, ...] = ()
    """What the audit let pass; outside of the identity."""
    made: Made = later("trained")
    answers: tuple[str, ...] = later(())
    """Of a checkpoint: the order of its logits, where it is not that of the classes."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where this machine keeps what a request needs; never stored with a result."""

    stores: Mapping[str, str]
    """The part of a video's id before the colon -> folder of its frames."""
    results: str
    weights: str | None
    """File of the first weights, or of the trained system."""
    device: str
    """A torch device: cpu, cuda, cuda:1."""
    keep: Keep = Keep()
