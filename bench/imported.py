"""Imported answers -> stored folds."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench import store
from bench.answers import Answered
from bench.errors import BenchError
from bench.measurement import environment
from bench.measurement.accuracy import count, uar
from bench.records import FoldRecord, FoldRequest, Weights


def store_answers(
    folds: Sequence[Answered],
    template: FoldRequest,
    path: Path,
    results: Path,
    *,
    overwrite: bool = False,
) -> Iterator[str]:
    """Store answers fold by fold, and say what each fold is worth.

    Args:
        folds: as `bench.answers.read_answers` gives them.
        template: what the folds have in common, from `bench.planning.answered_elsewhere`.
        path: the file that they came from; its name and hash are kept.
        results: folder of the records.
        overwrite: replace what was imported before.

    Raises:
        BenchError: other answers of this system are stored.
    """
    # the file stands outside of the identity: a system has one set of answers
    weights = Weights(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    requests = [replace(template, weights=weights, fold=one.fold) for one in folds]
    if not overwrite:
        _require_new(results, requests)
    here = environment.capture("cpu")
    for one, request in zip(folds, requests, strict=True):
        record = FoldRecord(
            request=request,
            environment=here,
            epochs=(),
            selected_epoch=-1,
            predictions=one.predictions,
            seconds={},
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        store.save_fold(results, record)
        yield _line(record, one)
    yield f"{len(folds)} of {template.folds} folds imported from {path}, records in {results}"


def _require_new(results: Path, requests: list[FoldRequest]) -> None:
    for request in requests:
        path = store.fold_path(results, request)
        if path.exists() and store.load_fold(path).request.weights != request.weights:
            raise BenchError(
                f"{path} holds other answers of {request.model.name!r}. Pass --overwrite to "
                f"replace them, or choose another name."
            )


def _line(record: FoldRecord, answered: Answered) -> str:
    request = record.request
    lacking = f", {len(answered.lacking)} of them without an answer" if answered.lacking else ""
    return (
        f"{request.model.name} on {request.dataset}, seed {request.seed}, "
        f"{store.said_fold(request.fold.index, request.folds)}: UAR "
        f"{uar(count(record.predictions, request.classes)):.3f} over {len(record.predictions)} "
        f"videos{lacking}"
    )
