"""The one maker of records: a small fold, its answers and its cost; a test says what differs."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from bench.records import (
    Complexity,
    CostRecord,
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

CLASSES = ("angry", "happy", "sad")
CREATED = "2026-11-20T12:00:00+00:00"
CPU = Environment(
    commit="c" * 40,
    dirty=False,
    machine="cpu-test-2-cores",
    device="cpu",
    cpu="test",
    gpu=None,
    threads=2,
    python="3.11.7",
    packages={"torch": "2.15.0"},
)
FULL = Preset("full", "as published")
OWN = Recipe("own", "adam", 1e-4, batch_size=8, epochs=6, source="cited")
QUICK = Preset("quick", "minutes")


def spec(sampling: Sampling, size: int, **changes: Any) -> InputSpec:
    """Frames chosen alike for training and for the test."""
    return InputSpec(sampling, sampling, size, **changes)


def model(name: str = "tiny", title: str | None = None, **changes: Any) -> ModelEntry:
    """A network of the registry, on four frames."""
    plain = ModelEntry(
        name=name,
        title=title or name.capitalize(),
        kind="network",
        factory="x:Y",
        source="cited",
        input=spec(Sampling("uniform", frames=4), 32),
        recipe="own",
    )
    return replace(plain, **changes)


def request(entry: ModelEntry | None = None, **changes: Any) -> FoldRequest:
    """The first of two folds, on drawn faces of three classes."""
    plain = FoldRequest(
        model=entry or model(),
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
        preset=QUICK,
        selection="last",
        weights=Weights("none", None),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="c" * 64,
        identity="",
        seed=0,
        synthetic=True,
    )
    return replace(plain, **changes)


def answer(
    video: str, label: int, said: int, *, classes: tuple[str, ...] = CLASSES, **changes: Any
) -> Prediction:
    """A video of class number `label`, answered with number `said`; without scores if unseen."""
    plain = Prediction(
        video=video,
        subject="s1",
        group=None,
        true=classes[label],
        status="scored",
        scores=tuple(0.8 if k == said else 0.1 for k in range(len(classes))),
    )
    made = replace(plain, **changes)
    return made if made.status in ("scored", "fallback") else replace(made, scores=())


def fold(asked: FoldRequest, answers: Iterable[Prediction], **changes: Any) -> FoldRecord:
    """What came of a request after two epochs."""
    plain = FoldRecord(
        request=asked,
        environment=CPU,
        epochs=(Epoch(0, 1e-3, 1.1, 0.5), Epoch(1, 5e-4, 0.9, 0.4)),
        selected_epoch=1,
        predictions=tuple(answers),
        seconds={"train": 0.9, "test": 0.1},
        created=CREATED,
    )
    return replace(plain, **changes)


def cost(entry: ModelEntry, **changes: Any) -> CostRecord:
    """What a network takes: counted, not timed."""
    plain = CostRecord(
        model=entry,
        identity="0123456789ab",
        complexity=Complexity(3, (3, 4, 32, 32), 1000, 2_000_000, 2_100_000),
        trainable=900,
        activations=5000,
        weight_bytes=4096,
        conventions={"macs": "flop_counter 2.15.0", "macs_ptflops": "ptflops 0.7.5"},
        uncounted=(),
        environment=CPU,
        created=CREATED,
    )
    return replace(plain, **changes)
