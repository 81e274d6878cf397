"""A classical system at work: built from its entry, fitted once on features, asked for answers.

Its factory is called with the args of its block and gives an object with three methods:

    features(video)                 uint8 (T, H, W, 3), RGB  ->  float (D,), one D for all videos
    fit(features, labels, classes)  float (n, D), int (n,) in [0, K), K
    scores(features)                float (n, D)  ->  float (n, K), rows that sum to 1
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bench import extras
from bench.errors import BenchError
from bench.frames.batches import Batch, VideoFrames, loader
from bench.network import Answer
from bench.records import FoldRequest, ModelEntry
from bench.registry import resolve

Floats: TypeAlias = NDArray[np.floating[Any]]
Watch = Callable[..., Any]

_METHODS = ("features", "fit", "scores")

_NEAR_ONE = 1e-3
"""Rows whose sum differs from 1 by more are no probabilities."""


class Classical(Protocol):
    """What a factory gives; no base class is asked for."""

    def features(self, video: NDArray[np.uint8], /) -> Floats:
        """One vector (D,) for one video (T, H, W, 3)."""
        ...

    def fit(self, features: Floats, labels: NDArray[np.int64], classes: int, /) -> None:
        """Learn from (n, D) features and (n,) labels in [0, classes)."""
        ...

    def scores(self, features: Floats, /) -> Floats:
        """A probability of each class, (n, K)."""
        ...


def build(entry: ModelEntry) -> Classical:
    """The system of an entry, before it is fitted.

    Raises:
        BenchError: its libraries are not installed, or the factory cannot be imported, refuses the
            entry's args, or gives something else.
    """
    extras.require(entry)
    owner = f"model {entry.name!r}"
    factory = resolve(entry.factory, owner)
    try:
        system = factory(**entry.args)
    except TypeError as error:
        raise BenchError(
            f"{owner}: {entry.factory} refuses its arguments: {error}. Check args of its block."
        ) from error
    lacking = [name for name in _METHODS if not callable(getattr(system, name, None))]
    if lacking:
        raise BenchError(
            f"{owner}: {entry.factory} gave a {type(system).__name__} without {lacking[0]}; a "
            f"classical system has {', '.join(_METHODS)}. Name a class or function that builds one."
        )
    return system


def fit(system: Classical, training: VideoFrames, request: FoldRequest, watch: Watch) -> None:
    """Fit a system once, on one look at every training video.

    Args:
        system: from `build`; changed in place.
        training: the training side, shown one video after another.
        request: the entry and the classes.
        watch: wraps an iterable to show progress.

    Raises:
        BenchError: the features are no (D,) of finite numbers, or do not fit into memory.
    """
    batches = loader(training, 1)
    what = f"{request.model.name} fold {request.fold.index + 1}/{request.folds} features"
    rows: list[Floats] = []
    labels: list[int] = []
    try:
        for batch in watch(batches, what, len(batches)):
            rows += _features(system, batch, request)
            labels += batch.labels.tolist()
        _check_one_length(rows, request)
        system.fit(np.stack(rows), np.array(labels), len(request.classes))
    except MemoryError as error:
        raise BenchError(
            f"out of memory while model {request.model.name!r} was fitted: it had the features "
            f"of {len(rows)} of {len(training)} videos. Take another preset, or fewer features by "
            f"the args of its block."
        ) from error


def predict(system: Classical, batches: Iterable[Batch], request: FoldRequest) -> Iterator[Answer]:
    """Ask a fitted system about every video of some batches, in order.

    The scores of each view are combined as the entry's `views.combine` says.

    Args:
        system: fitted.
        batches: the views of a video follow one another.
        request: the entry and the classes.

    Raises:
        BenchError: features or scores have another shape, or no probabilities come out.
    """
    looks = (look for batch in batches for look in _looks(system, batch, request))
    for index, views in groupby(looks, key=lambda look: look[0]):
        _, scores, choices = zip(*views, strict=True)
        combine = np.mean if request.model.input.views.combine == "mean" else np.max
        yield Answer(index, tuple(combine(scores, axis=0).tolist()), (), choices)


def _looks(system: Classical, batch: Batch, request: FoldRequest) -> Iterator[tuple[Any, ...]]:
    """Position of the video, scores (K,) and frames of each row of a batch."""
    scores = np.asarray(system.scores(np.stack(_features(system, batch, request))))
    _check_scores(scores, len(batch.indices), request)
    return zip(batch.indices, scores, batch.choices, strict=True)


def _features(system: Classical, batch: Batch, request: FoldRequest) -> list[Floats]:
    """One vector (D,) a row of a batch."""
    videos = batch.video.permute(0, 2, 3, 4, 1).numpy()  # (B, T, H, W, 3)
    return [_vector(system, video, request) for video in videos]


def _vector(system: Classical, video: NDArray[np.uint8], request: FoldRequest) -> Floats:
    name = request.model.name
    try:
        vector = np.asarray(system.features(video))
    except ValueError as error:
        raise BenchError(
            f"model {name!r} cannot take a video of shape {video.shape}: {error}. Check input and "
            f"args of its block."
        ) from error
    if vector.ndim != 1:
        raise BenchError(
            f"model {name!r} gave features of shape {vector.shape} for one video; expected (D,). "
            f"Flatten them."
        )
    if not np.isfinite(vector).all():
        raise BenchError(
            f"model {name!r} gave features that are not finite for one video. Check what they "
            f"are divided by."
        )
    return vector


def _check_one_length(rows: Sequence[Floats], request: FoldRequest) -> None:
    lengths = sorted({len(row) for row in rows})
    if len(lengths) > 1:
        raise BenchError(
            f"model {request.model.name!r} gave {lengths[0]} features for one video and "
            f"{lengths[-1]} for another; expected one number for all. Let it not depend on the "
            f"length of a video."
        )


def _check_scores(scores: Floats, videos: int, request: FoldRequest) -> None:
    name, expected = request.model.name, (videos, len(request.classes))
    if scores.shape != expected:
        raise BenchError(
            f"model {name!r} gave scores of shape {scores.shape}; expected {expected}, one for "
            f"each of {expected[1]} classes. Check its method scores."
        )
    sound = np.isfinite(scores).all() and (scores >= 0).all()
    if not sound or (np.abs(scores.sum(1) - 1) > _NEAR_ONE).any():
        raise BenchError(
            f"model {name!r} gave scores that are no probabilities; expected rows of numbers from "
            f"0 that sum to 1. Divide each row by its sum."
        )
