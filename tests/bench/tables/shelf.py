"""Stored folds for tests of tables: small, made by hand, each kind with an identity of its own."""

import hashlib
from dataclasses import replace

from bench import store
from bench.records import (
    Environment,
    Epoch,
    Extent,
    Fold,
    FoldRecord,
    FoldRequest,
    InputSpec,
    ModelEntry,
    ObjectiveEntry,
    Prediction,
    Preprocessing,
    Preset,
    Recipe,
    Sampling,
    Weights,
)

CLASSES = ("anger", "fear", "joy")
CPU = Environment("abc", False, "cpu-2", "cpu", "CPU", None, 2, "3.11", {"torch": "2.6"})
OWN = Recipe("own", "adam", 1e-4, 8, 6, "cited")

_SPEC = InputSpec(Sampling("uniform", frames=4), Sampling("uniform", frames=4), 32)


def model(name="tiny", title=None):
    return ModelEntry(name, title or name.capitalize(), "network", "x:Y", "cited", _SPEC, "own")


def request(entry=None, **changes):
    """A fold of a protocol of two; what differs from it makes another identity."""
    entry = entry or model()
    asked = FoldRequest(
        model=entry,
        dataset="faces",
        classes=CLASSES,
        dataset_fingerprint="d" * 64,
        protocol="subject-2-fold",
        protocol_hash="a" * 64,
        fold=Fold(0, (), ()),
        folds=2,
        recipe=OWN,
        extent=Extent(6, 2, 8, 1e-4),
        regime="own",
        objective=ObjectiveEntry("cross-entropy", "x:y", "cited"),
        preset=Preset("quick", "minutes"),
        selection="last",
        weights=Weights("none", None),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="c" * 64,
        identity="",
        seed=0,
        synthetic=True,
    )
    asked = replace(asked, **changes)
    kind = replace(asked, fold=Fold(0, (), ()), seed=0, findings=())
    return replace(asked, identity=hashlib.sha256(repr(kind).encode()).hexdigest()[:12])


def answers(right, *, of=6, fold=0, statuses=(), attributes=(), classes=CLASSES):
    """Test videos of the classes in turn; the first `right` are answered right, others not.

    The subjects are of the fold alone, and each has two videos.
    """
    found = []
    for n in range(of):
        label = n % len(classes)
        said = label if n < right else (label + 1) % len(classes)
        status = statuses[n] if n < len(statuses) else "scored"
        scores = tuple(0.8 if k == said else 0.1 for k in range(len(classes)))
        found.append(
            Prediction(
                video=f"faces:{fold}-{n}",
                subject=f"s{fold}-{n // 2}",
                group=None,
                true=classes[label],
                status=status,
                scores=scores if status in ("scored", "fallback") else (),
                attributes=attributes[n] if n < len(attributes) else {},
            )
        )
    return tuple(found)


def fold(asked, predictions, created="2026-01-01T00:00:00+00:00"):
    epochs = (Epoch(0, 1e-3, 1.1, 0.5), Epoch(1, 5e-4, 0.9, 0.4))
    return FoldRecord(asked, CPU, epochs, 1, predictions, {"train": 1.0}, created)


def system(entry, rights, *, seeds=(0,), **changes):
    """Both folds of a system for each seed, with so many right answers of six in each fold."""
    return [
        fold(
            request(entry, fold=Fold(k, (), ()), seed=seed, **changes),
            answers(right, fold=k, classes=changes.get("classes", CLASSES)),
        )
        for seed in seeds
        for k, right in enumerate(rights)
    ]


def shelve(folder, *records):
    """Write them into a results folder."""
    for record in records:
        store.save_fold(folder, record)
    return folder
