"""One number of a table, with everything that it was made from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bench.records import FoldRecord
from bench.schema import plain
from bench.store import said_fold
from bench.why.cells import Cell
from bench.why.fields import WORDS
from bench.why.score import score


def explain(cell: Cell, metric: str) -> dict[str, Any]:
    """Everything behind a number, as plain data by topic.

    Args:
        cell: the result.
        metric: uar, war, f1, auc or recall:CLASS.

    Raises:
        BenchError: the metric is unknown.
    """
    found = score(metric, cell.records)
    request = cell.records[0].request
    return {
        "number": {
            "metric": metric,
            "value": found.value,
            "made of": "the mean over seeds" if len(found.seeds) > 1 else "the one seed",
            "seeds": {
                f"seed {seed}": {
                    "all folds pooled": value,
                    **{
                        f"fold {index + 1}": alone
                        for (mine, index), alone in found.folds.items()
                        if mine == seed
                    },
                }
                for seed, value in found.seeds.items()
            },
        },
        "system": _system(cell),
        "data": {
            "dataset": request.dataset + (" (synthetic)" if request.synthetic else ""),
            "fingerprint": request.dataset_fingerprint,
            "classes": list(request.classes),
            "trained on": request.train_on or "the same dataset",
            "preprocessing": plain(request.preprocessing),
            "preprocessing fingerprint": request.preprocessing_fingerprint,
        },
        "protocol": {
            "name": request.protocol,
            "hash": request.protocol_hash,
            "folds": request.folds,
            "lacks": _lacks(cell.records),
        },
        "audit": [f"{f.kind}: {f.text}" for f in _findings(cell.records)],
        "environments": _environments(cell.records),
        "records": [_record(cell, number) for number in range(len(cell.records))],
    }


def _system(cell: Cell) -> dict[str, Any]:
    request, first = cell.records[0].request, cell.records[0]
    model = request.model
    part = model.pretraining
    return {
        "model": model.name,
        "title": model.title,
        "identity": request.identity,
        "made": request.made,
        "factory": model.factory,
        "args": plain(model.args),
        "source": model.source,
        "input": _lean(model.input),
        "recipe": _lean(request.recipe),
        "regime": request.regime,
        "objective": request.objective.name,
        "preset": _lean(request.preset),
        "selection": request.selection,
        "precision": sorted({record.precision for record in cell.records}),
        "first weights": {
            "origin": request.weights.origin,
            "sha256": sorted({r.request.weights.sha256 or "" for r in cell.records} - {""}),
            "enters": (part.module or "the whole network") if part else None,
            **{what: len(names) for what, names in first.first_weights.items() if names},
        },
        "extent": plain(request.extent),
    }


def _lean(record: object) -> dict[str, Any]:
    """A record without words, nothings and empty parts, at any depth."""
    return _without(plain(record))


def _without(body: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        key: _without(value) if isinstance(value, Mapping) else value
        for key, value in body.items()
        if key not in WORDS
    }
    return {key: value for key, value in found.items() if value not in _NOTHINGS}


_NOTHINGS: tuple[Any, ...] = (None, "", [], {}, 0, [0, 0, 0])


def _lacks(records: Sequence[FoldRecord]) -> list[str]:
    done: dict[int, set[int]] = defaultdict(set)
    for record in records:
        done[record.request.seed].add(record.request.fold.index)
    every = range(records[0].request.folds)
    return [
        f"seed {seed} {said_fold(k)}"
        for seed, folds in done.items()
        for k in every
        if k not in folds
    ]


def _findings(records: Sequence[FoldRecord]) -> list[Any]:
    return list(dict.fromkeys(f for record in records for f in record.request.findings))


def _environments(records: Sequence[FoldRecord]) -> list[dict[str, Any]]:
    """Each distinct one with the folds that ran there."""
    found: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for record in records:
        body = plain(record.environment)
        folds = found.setdefault(repr(body), (body, []))[1]
        folds.append(f"seed {record.request.seed} fold {record.request.fold.index + 1}")
    return [{**body, "ran": folds} for body, folds in found.values()]


def _record(cell: Cell, number: int) -> dict[str, Any]:
    record = cell.records[number]
    return {
        "path": str(cell.paths[number]),
        "seed": record.request.seed,
        "fold": record.request.fold.index + 1,
        "videos": len(record.predictions),
        "without scores": sum(not p.scores for p in record.predictions),
        "trained on": len(record.request.fold.train) - len(record.unread),
        "epoch": record.selected_epoch,
        "of epochs": len(record.epochs),
        "beside": sorted(record.beside),
        "created": record.created,
    }
