"""Values that a run can give: scores, statuses, frames, epochs."""

import math
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

from bench.records import FoldRecord, Precision, Prediction
from bench.verify.finding import Finding

NEAR_ONE: dict[Precision, float] = {"fp32": 1e-3, "fp16": 5e-3, "bf16": 2e-2}
"""Scores and clip scores of a video may miss the sum of 1 by so much, after the network's dtype."""

SEEN = ("scored", "fallback")
"""Statuses of videos that have scores."""


def check(path: Path, record: FoldRecord) -> Iterator[Finding]:
    """What no run gives, the first video of each kind of it.

    Args:
        path: of the record.
        record: one fold.
    """
    classes, near = record.request.classes, NEAR_ONE[record.precision]
    said: dict[str, list[str]] = {}
    for prediction in record.predictions:
        for text in (*_scores(prediction, classes, near), *_clips(prediction, near)):
            said.setdefault(text, []).append(prediction.video)
    for text, videos in said.items():
        more = f" and {len(videos) - 1} more" if len(videos) > 1 else ""
        yield Finding("implausible", path, f"video {videos[0]!r}{more}: {text}.")
    for text in _epochs(record):
        yield Finding("implausible", path, text)


def _scores(one: Prediction, classes: Sequence[str], near: float) -> Iterator[str]:
    if one.true not in classes:
        yield f"its true class {one.true!r} is none of {', '.join(classes)}"
    if bool(one.scores) != (one.status in SEEN):
        yield f"it is {one.status} and has {'scores' if one.scores else 'no scores'}"
    if not one.scores:
        return
    if len(one.scores) != len(classes):
        yield f"it has {len(one.scores)} scores for {len(classes)} classes"
    elif not all(math.isfinite(score) and 0 <= score <= 1 for score in one.scores):
        yield "a score is no number from 0 to 1"
    elif abs(sum(one.scores) - 1) > near:
        yield "its scores do not sum to 1"


def _clips(one: Prediction, near: float) -> Iterator[str]:
    if any(first >= last or first < 0 for first, last in one.spans):
        yield "a clip has no frames"
    elif one.spans and not _covered(one.spans).issuperset(one.frames):
        yield "a chosen frame lies outside of its clips"
    if one.apex and not 0 <= one.apex[0] <= one.apex[1]:
        yield "its apex ends before it begins"
    if not one.clip_scores:
        return
    if one.spans and len(one.clip_scores) != len(one.spans):
        yield "it has another number of clip scores than of clips"
    if not all(math.isfinite(score) for score in one.clip_scores):
        yield "a clip score is no number"
    elif abs(sum(one.clip_scores) - 1) > near:
        yield "its clip scores do not sum to 1"


def _covered(spans: Sequence[tuple[int, int]]) -> set[int]:
    """Every frame of every clip."""
    return set(chain.from_iterable(range(first, last) for first, last in spans))


def _epochs(record: FoldRecord) -> Iterator[str]:
    epochs, request = record.epochs, record.request
    numbers = [epoch.epoch for epoch in epochs]
    if numbers != list(range(len(numbers))):
        yield f"epochs are numbered {numbers}; expected 0, 1, 2, ... in order."
        return
    if not epochs:
        if record.selected_epoch != -1:
            yield f"epoch {record.selected_epoch} answered, of none."
        return
    if not 0 <= record.selected_epoch < len(epochs):
        yield f"epoch {record.selected_epoch} answered, of {len(epochs)}."
    elif record.selected_epoch != (right := _chosen(record)):
        yield (
            f"epoch {record.selected_epoch} answered; by the rule {request.selection!r} it is "
            f"epoch {right}."
        )
    if len(epochs) != request.extent.epochs:
        yield f"has {len(epochs)} epochs of training; its request asks for {request.extent.epochs}."


def _chosen(record: FoldRecord) -> int:
    """The last epoch, or the first of those with the best score on the videos that choose."""
    if record.request.selection == "last":
        return record.epochs[-1].epoch
    return max(record.epochs, key=lambda e: (e.validation or 0.0, -e.epoch)).epoch
