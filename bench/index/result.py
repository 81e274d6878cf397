"""A stored fold without its predictions: what tables of any size are made of."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bench.errors import BenchError
from bench.measurement import accuracy
from bench.measurement.accuracy import Counts
from bench.records import Environment, Finding, Fold, FoldRecord, FoldRequest, Precision
from bench.store import load_fold


class Videos(NamedTuple):
    """The test side of a fold, one item a video in each; shared by all results that have it."""

    ids: tuple[str, ...]
    subjects: tuple[str | None, ...]
    groups: tuple[str | None, ...]
    true: tuple[str, ...]
    """Names of the classes."""


class Result(NamedTuple):
    """What one fold came to, with what tables say of it; `load` gives the rest."""

    file: str
    """The json that it was read from; "" for a record that was never stored."""
    request: FoldRequest
    """One object for all folds and seeds of a kind: without ids, seed and findings, see below."""
    seed: int
    fold: int
    """Number of the fold, from 0."""
    findings: tuple[Finding, ...]
    created: str
    """UTC, ISO 8601."""
    environment: Environment
    precision: Precision
    spent: str
    """JSON: the seconds of each part."""
    epochs: int
    """How many were trained."""
    selected_epoch: int
    excluded: Mapping[str, int]
    unread: tuple[str, ...]
    beside: tuple[str, ...]
    """Endings of the files that belong to the fold, as in `epochs.csv`."""
    videos: Videos
    statuses: tuple[str, ...]
    """What became of each of the videos."""
    counts: Counts
    """Confusion over all test videos, shape (K, K + 1); see `measurement.accuracy.confusion`."""
    counts_seen: Counts
    """The same over the videos that were seen; the same object where all were."""

    @property
    def path(self) -> Path:
        """Of the json."""
        return Path(self.file)

    @property
    def seconds(self) -> Mapping[str, float]:
        """What each part took."""
        return json.loads(self.spent)

    def load(self) -> FoldRecord:
        """The whole record, with its predictions, read anew and checked.

        Raises:
            BenchError: it was damaged or taken away since.
        """
        if not self.file:
            raise BenchError("this result was never stored, so there is no record to read.")
        return load_fold(self.path)


def bare(request: FoldRequest) -> FoldRequest:
    """What the folds and seeds of one kind have in common."""
    return replace(request, fold=Fold(0, (), ()), seed=0, findings=())


def result_of(record: FoldRecord, file: str = "") -> Result:
    """A whole record as a result.

    Args:
        record: a fold.
        file: where it is stored.

    Raises:
        BenchError: a true class is not among the classes.
    """
    request, answers = record.request, record.predictions
    seen = accuracy.seen(answers)
    counts = accuracy.count(answers, request.classes)
    whole = len(seen) == len(answers)
    return Result(
        file=file,
        request=bare(request),
        seed=request.seed,
        fold=request.fold.index,
        findings=request.findings,
        created=record.created,
        environment=record.environment,
        precision=record.precision,
        spent=json.dumps(dict(record.seconds), sort_keys=True, separators=(",", ":")),
        epochs=len(record.epochs),
        selected_epoch=record.selected_epoch,
        excluded=record.excluded,
        unread=record.unread,
        beside=tuple(record.beside),
        videos=Videos(
            tuple(p.video for p in answers),
            tuple(p.subject for p in answers),
            tuple(p.group for p in answers),
            tuple(p.true for p in answers),
        ),
        statuses=tuple(p.status for p in answers),
        counts=counts,
        counts_seen=counts if whole else accuracy.count(seen, request.classes),
    )
