"""Stored folds in any number, sealed as real ones are, made from a few by filling in what differs.

A fold of three has 42 test videos of six subjects and 84 to train on, seven classes, six epochs,
and the names of a network's 120 tensors: a json of about 14 kB and a csv of about 13 kB.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, product
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.records import (
    Epoch,
    Extent,
    Fold,
    FoldRecord,
    FoldRequest,
    Prediction,
    Preprocessing,
    Preset,
    Sampling,
    Weights,
)
from bench.store import fold_path, save_fold
from tests import records

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
FOLDS, SUBJECTS, MODELS, VERSIONS = 3, 18, 40, 8
DATASETS = (("synthetic", True), ("mmi", False), ("ckplus", False), ("afew", False))

SEED, CREATED, IDENTITY, SECONDS, LOSS = 987654321, "@created", "@identity", 0.9876543, 0.1234567


@dataclass(frozen=True)
class Template:
    """A stored fold with marks in place of what differs."""

    path: str
    json: str
    tight: str
    """The same as the seal reads it, without the seal."""
    tables: tuple[str, ...]
    """Contents of the csv, with other answers in each."""
    hashes: tuple[str, ...]


def plant(results: Path, count: int, *, seeds: int = 10) -> None:
    """Write that many folds: three folds of so many seeds of as many systems as it takes."""
    tables = cache(_tables)
    template = cache(lambda *of: _template(*of, tables(of[0], of[2])))
    for number, (system, seed, fold) in enumerate(islice(_places(seeds), count)):
        model, dataset = system % MODELS, (system // MODELS) % len(DATASETS)
        _write(results, template(dataset, model, fold), system, seed, number)


def _places(seeds: int) -> Iterator[tuple[int, int, int]]:
    system = 0
    while True:
        yield from product((system,), range(seeds), range(FOLDS))
        system += 1


def _write(results: Path, template: Template, system: int, seed: int, number: int) -> None:
    version = number % VERSIONS
    table = template.tables[version]
    filled = {
        str(SEED): str(seed),
        CREATED: f"2026-01-01T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}",
        IDENTITY: f"{system:012x}",
        str(SECONDS): repr(40 + number / 7),
        str(LOSS): repr(1.5 - 1 / (number + 2)),
        template.hashes[0]: template.hashes[version],
    }
    text, tight = template.json, template.tight
    for mark, value in filled.items():
        text, tight = text.replace(mark, value), tight.replace(mark, value)
    seal = hashlib.sha256(tight.encode()).hexdigest()
    path = results / template.path.replace(IDENTITY, filled[IDENTITY]).replace(
        str(SEED), filled[str(SEED)]
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_suffix(".csv").write_text(table)
    path.write_text(text.replace("@seal", seal))


def _tables(dataset: int, fold: int) -> tuple[str, ...]:
    """Contents of the csv of a fold, with other answers in each."""
    draws = random.Random(f"{dataset} {fold}")
    name, _ = DATASETS[dataset]
    return tuple(
        _saved(dataset, 0, fold, _predictions(name, fold, draws))[1] for _ in range(VERSIONS)
    )


def _template(dataset: int, model: int, fold: int, tables: tuple[str, ...]) -> Template:
    name, _ = DATASETS[dataset]
    answers = _predictions(name, fold, random.Random(f"{dataset} {fold}"))
    body = json.loads(_saved(dataset, model, fold, answers)[0])
    del body["sha256"]
    return Template(
        path=str(fold_path(Path(), _request(dataset, model, fold))),
        json=json.dumps({**body, "sha256": "@seal"}, indent=1, sort_keys=True) + "\n",
        tight=json.dumps(body, sort_keys=True, separators=(",", ":")),
        tables=tables,
        hashes=tuple(hashlib.sha256(table.encode()).hexdigest() for table in tables),
    )


def _saved(dataset: int, model: int, fold: int, answers: tuple[Prediction, ...]) -> tuple[str, str]:
    """The json and the csv that the store makes of answers."""
    record = replace(_record(_request(dataset, model, fold)), predictions=answers)
    with TemporaryDirectory() as scratch:
        path = save_fold(Path(scratch), record)
        return path.read_text(), path.with_suffix(".csv").read_text()


def _ids(dataset: str, subject: int) -> list[str]:
    return [f"{dataset}:s{subject:03d}-{name}" for name in CLASSES]


def _request(dataset: int, model: int, fold: int) -> FoldRequest:
    name, synthetic = DATASETS[dataset]
    entry = records.model(
        f"model-{model:02d}",
        f"Model {model:02d}",
        input=records.spec(Sampling("clips", 7, 5), 112, resample=105, min_size=32),
        args={"clips": 7, "frames": 5, "width": model},
    )
    test = [s for s in range(SUBJECTS) if s % FOLDS == fold]
    train = [s for s in range(SUBJECTS) if s % FOLDS != fold]
    return records.request(
        entry,
        dataset=name,
        classes=CLASSES,
        protocol="subject-3-fold",
        protocol_hash="0123456789abcdef" * 4,
        fold=Fold(
            fold,
            tuple(id for s in train for id in _ids(name, s)),
            tuple(id for s in test for id in _ids(name, s)),
        ),
        folds=FOLDS,
        extent=Extent(6, 10, 8, 1e-4),
        preset=Preset("quick", "minutes on two CPU cores", size=64, batch_size=8, epochs=6),
        weights=Weights("synthetic", "f" * 64),
        preprocessing=Preprocessing(size=128),
        preprocessing_fingerprint="haar-128-0.25-f47ae32a",
        identity=IDENTITY,
        seed=SEED,
        synthetic=synthetic,
    )


def _record(asked: FoldRequest) -> FoldRecord:
    names = tuple(f"trunk.layer{n // 30 + 1}.{n % 30}.conv1.running_var" for n in range(120))
    return records.fold(
        asked,
        (),
        environment=replace(records.CPU, machine="cpu-planted"),
        epochs=tuple(Epoch(n, 1e-4 / (n + 1), LOSS, 7.0 + n / 3) for n in range(6)),
        selected_epoch=5,
        seconds={"train": SECONDS, "test": 1.25},
        created=CREATED,
        first_weights={"matched": names, "missing": ("head.0.weight", "head.0.bias")},
    )


def _predictions(dataset: str, fold: int, draws: random.Random) -> tuple[Prediction, ...]:
    found: list[Prediction] = []
    for subject in range(fold, SUBJECTS, FOLDS):
        for label, video in enumerate(_ids(dataset, subject)):
            scores = [draws.random() + (0.7 if k == label else 0.0) for k in range(len(CLASSES))]
            first = draws.randrange(5, 20)
            found.append(
                Prediction(
                    video=video,
                    subject=f"s{subject:03d}",
                    group=None,
                    true=CLASSES[label],
                    status="scored",
                    scores=tuple(score / sum(scores) for score in scores),
                    frames=tuple(first + 2 * n for n in range(35)),
                    spans=tuple((first + 10 * n, first + 10 * n + 10) for n in range(7)),
                    clip_scores=tuple(draws.random() / 7 for _ in range(7)),
                    apex=(24, 36),
                )
            )
    return tuple(found)
