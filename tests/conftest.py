"""What several rooms' tests build on: small records, made by hand."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # each process has a core: threads of several would wait for one another
    os.environ.setdefault("OMP_NUM_THREADS", "1")

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


@pytest.fixture
def request_record() -> FoldRequest:
    """One fold of a tiny network on three classes, fully resolved."""
    sampling = Sampling("uniform", frames=4)
    recipe = Recipe("brief", "adam", 1e-3, batch_size=2, epochs=2, source="nobody")
    return FoldRequest(
        model=ModelEntry(
            name="tiny",
            title="Tiny",
            kind="network",
            factory="tiny_net:Tiny",
            source="nobody",
            input=InputSpec(train=sampling, test=sampling, size=32, min_size=16),
            recipe="brief",
            args={"width": 8},
        ),
        dataset="faces",
        classes=CLASSES,
        dataset_fingerprint="d" * 12,
        protocol="subject-2-fold",
        protocol_hash="p" * 64,
        fold=Fold(0, ("faces:a", "faces:b"), ("faces:c", "faces:d")),
        folds=2,
        recipe=recipe,
        extent=Extent(2, 1, 2, 1e-3),
        regime="own",
        objective=ObjectiveEntry("cross-entropy", "bench.objectives:cross_entropy", "softmax"),
        preset=Preset("full", "as published"),
        selection="last",
        weights=Weights("none", None),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="f" * 12,
        identity="0123456789ab",
        seed=0,
        synthetic=True,
    )


@pytest.fixture
def fold_record(request_record: FoldRequest) -> FoldRecord:
    """The record of that fold: one video scored, one unreadable."""
    scored = Prediction(
        video="faces:c",
        subject="s1",
        group=None,
        true="happy",
        status="scored",
        scores=(0.1, 0.7, 0.2),
        frames=(1, 5, 9, 13),
        spans=((0, 8), (8, 16)),
        clip_scores=(0.25, 0.75),
        apex=(4, 9),
        attributes={"view": "frontal"},
    )
    lost = replace(
        scored,
        video="faces:d",
        status="unreadable",
        scores=(),
        frames=(),
        spans=(),
        clip_scores=(),
        apex=None,
        attributes={},
    )
    return FoldRecord(
        request=request_record,
        environment=Environment(
            commit="c" * 40,
            dirty=False,
            machine="cpu-test-2-cores",
            device="cpu",
            cpu="test",
            gpu=None,
            threads=2,
            python="3.11.7",
            packages={"torch": "2.15.0"},
        ),
        epochs=(Epoch(0, 1e-3, 1.1, 0.5), Epoch(1, 5e-4, 0.9, 0.4)),
        selected_epoch=1,
        predictions=(scored, lost),
        seconds={"train": 0.9, "test": 0.1},
        first_weights={"matched": ("trunk.conv1.weight",)},
        created="2026-11-20T12:00:00+00:00",
    )


@pytest.fixture
def cost_record(fold_record: FoldRecord) -> CostRecord:
    """What that network costs: counted, not timed."""
    return CostRecord(
        model=fold_record.request.model,
        identity="0123456789ab",
        complexity=Complexity(3, (3, 4, 32, 32), 1000, 2_000_000, 2_100_000),
        trainable=900,
        activations=5000,
        weight_bytes=4096,
        conventions={"macs": "flop_counter 2.15.0", "macs_ptflops": "ptflops 0.7.5"},
        uncounted=(),
        environment=fold_record.environment,
        created="2026-11-20T12:00:00+00:00",
    )


PLUGIN = Path(__file__).parent / "data" / "tiny_fer"
"""A package of a third party: a dataset, a network and its ways to go wrong."""


@pytest.fixture(scope="session")
def session_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache folder for all tests of a process, so that frames are prepared once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch, session_cache: Path) -> Path:
    """The tiny plugin made known to this process and to those it starts; gives its registry."""
    monkeypatch.syspath_prepend(PLUGIN)
    monkeypatch.setenv("PYTHONPATH", str(PLUGIN))
    monkeypatch.setenv("BENCH_CACHE", str(session_cache))
    monkeypatch.delenv("BENCH_DATA", raising=False)
    path = PLUGIN / "tiny_fer" / "registry.yaml"
    monkeypatch.setenv("BENCH_REGISTRY", str(path))
    return path
