"""What several rooms' tests build on: small records, made by hand."""

import gc
import os
from importlib import import_module
from pathlib import Path

import pytest

if "PYTEST_XDIST_WORKER" in os.environ:
    # each process has a core: threads of several would wait for one another
    os.environ.setdefault("OMP_NUM_THREADS", "1")

from bench.records import (
    CostRecord,
    Extent,
    Fold,
    FoldRecord,
    FoldRequest,
    ObjectiveEntry,
    Recipe,
    Sampling,
)
from tests import records

gc.disable()  # what is imported and collected stays: there is nothing to find in it


def pytest_collection_finish() -> None:
    """Keep all that tests are made of out of sight of the garbage collector: it is a lot."""
    import_module("hypothesis")  # asks the collector who refers to something, and only now can
    gc.freeze()
    gc.enable()


@pytest.fixture
def request_record() -> FoldRequest:
    """One fold of a tiny network on three classes, fully resolved."""
    entry = records.model(
        factory="tiny_net:Tiny",
        source="nobody",
        input=records.spec(Sampling("uniform", frames=4), 32, min_size=16),
        recipe="brief",
        args={"width": 8},
    )
    return records.request(
        entry,
        dataset_fingerprint="d" * 12,
        protocol_hash="p" * 64,
        fold=Fold(0, ("faces:a", "faces:b"), ("faces:c", "faces:d")),
        recipe=Recipe("brief", "adam", 1e-3, batch_size=2, epochs=2, source="nobody"),
        extent=Extent(2, 1, 2, 1e-3),
        objective=ObjectiveEntry("cross-entropy", "bench.objectives:cross_entropy", "softmax"),
        preset=records.FULL,
        preprocessing_fingerprint="f" * 12,
        identity="0123456789ab",
    )


@pytest.fixture
def fold_record(request_record: FoldRequest) -> FoldRecord:
    """The record of that fold: one video scored, one unreadable."""
    scored = records.answer(
        "faces:c",
        label=1,
        said=1,
        scores=(0.1, 0.7, 0.2),
        frames=(1, 5, 9, 13),
        spans=((0, 8), (8, 16)),
        clip_scores=(0.25, 0.75),
        apex=(4, 9),
        attributes={"view": "frontal"},
    )
    lost = records.answer("faces:d", label=1, said=1, status="unreadable")
    matched = {"matched": ("trunk.conv1.weight",)}
    return records.fold(request_record, (scored, lost), first_weights=matched)


@pytest.fixture
def cost_record(fold_record: FoldRecord) -> CostRecord:
    """What that network costs: counted, not timed."""
    return records.cost(fold_record.request.model)


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
