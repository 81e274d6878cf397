"""What came out of a fold, and the machine that it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bench.records.entries import Precision
from bench.records.requests import FoldRequest

SCHEMA = 1
"""Number of a fold's stored form; a file that carries another one is refused with a sentence."""

Status = Literal["scored", "fallback", "no-face", "unreadable", "unanswered"]
"""What became of a test video; unanswered: a file of answers had none for it."""


@dataclass(frozen=True, slots=True)
class Prediction:
    """The stored answer for one test video: a row of `fold-<k>.csv`."""

    video: str
    subject: str | None
    group: str | None
    true: str
    status: Status
    scores: tuple[float, ...]
    """Softmax probability of each class, in the order of the classes; empty when unreadable."""
    frames: tuple[int, ...] = ()
    """Original numbers of the chosen frames, clip-major."""
    spans: tuple[tuple[int, int], ...] = ()
    """Original frames [first, last) that each clip was drawn from."""
    clip_scores: tuple[float, ...] = ()
    """One weight a clip where the model gives them, summing to 1."""
    apex: tuple[int, int] | None = None
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Epoch:
    """One line of a training curve."""

    epoch: int
    lr: float
    loss: float
    seconds: float
    validation: float | None = None
    """UAR on the videos that choose the epoch, when the selection rule uses any."""


@dataclass(frozen=True, slots=True)
class Environment:
    """The machine and the software a result was made with."""

    commit: str | None
    dirty: bool | None
    machine: str
    """Short name used as a folder: `cpu-amd-epyc-2-cores`, and with a GPU its name before."""
    device: str
    cpu: str
    gpu: str | None
    threads: int
    python: str
    packages: Mapping[str, str]
    driver: str | None = None
    """Of the GPU."""


@dataclass(frozen=True, slots=True)
class FoldRecord:
    """One trained and scored fold; its json is written last, so that a json means a fold done."""

    request: FoldRequest
    environment: Environment
    epochs: tuple[Epoch, ...]
    """None where nothing was trained in epochs."""
    selected_epoch: int
    """The epoch whose weights answered, from 0; -1 where there were none."""
    predictions: tuple[Prediction, ...]
    seconds: Mapping[str, float]
    """Wall time of the parts: train, test."""
    created: str
    """UTC, ISO 8601."""
    precision: Precision = "fp32"
    """What the network really ran in, which may be more than its preset asks for."""
    first_weights: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Names of tensors by what became of them: matched, missing, unexpected, skipped."""
    unread: tuple[str, ...] = ()
    """Ids of training videos without any pixels: they were not trained on."""
    excluded: Mapping[str, int] = field(default_factory=dict[str, int])
    """Items of the distributor's tree that are no videos of this set: reason -> count."""
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    """Ending of a file that belongs to this fold, as in `features.npy` -> its sha256."""
    schema: int = SCHEMA
