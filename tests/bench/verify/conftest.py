"""A small results folder that is whole: two folds, their protocol, one cost, quoted numbers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from bench import companions, planning, store
from bench.costs import Case, identity
from bench.protocols import content_hash, freeze
from bench.records import CostRecord, Fold, FoldRecord, Protocol
from bench.registry import Registry
from bench.verify import seals

FOLDS = (
    Fold(0, ("faces:a", "faces:b"), ("faces:c", "faces:d")),
    Fold(1, ("faces:c", "faces:d"), ("faces:a", "faces:b")),
)


@pytest.fixture
def protocol(fold_record: FoldRecord) -> Protocol:
    """Two people; each is tested once."""
    classes = fold_record.request.classes
    hash = content_hash(classes, FOLDS, "pool")
    return Protocol("subject-2-fold", "faces", classes, FOLDS, "pool", hash, source="a rule")


@pytest.fixture
def folds(fold_record: FoldRecord, protocol: Protocol) -> list[FoldRecord]:
    """Both folds, under the identity that their fields give."""
    request = replace(fold_record.request, protocol_hash=protocol.hash)
    request = replace(request, identity=planning.identity(request))
    made: list[FoldRecord] = []
    for fold in FOLDS:
        answers = tuple(
            replace(answer, video=video, subject=f"s{fold.index}")
            for answer, video in zip(fold_record.predictions, fold.test, strict=True)
        )
        made.append(replace(fold_record, request=replace(request, fold=fold), predictions=answers))
    return made


@pytest.fixture
def cost(cost_record: CostRecord) -> CostRecord:
    """A count under the identity that its fields give."""
    counted = cost_record.complexity
    case = Case(cost_record.model, counted.classes, counted.input)
    return replace(cost_record, identity=identity(case))


@pytest.fixture
def registry(folds: list[FoldRecord]) -> Registry:
    """What those records copy."""
    request = folds[0].request
    return Registry(
        models={request.model.name: request.model},
        datasets={},
        recipes={request.recipe.name: request.recipe},
        presets={request.preset.name: request.preset},
        objectives={request.objective.name: request.objective},
        unbuilt={},
        files={},
    )


@pytest.fixture
def plant(tmp_path: Path, protocol: Protocol, cost: CostRecord) -> Callable[..., Path]:
    """Store folds beside all other kinds of files, each with companions, and seal."""

    def write(*records: FoldRecord) -> Path:
        results = tmp_path / "results"
        for record in records:
            answers = record.predictions
            classes = record.request.classes
            epochs = [companions.epoch_rows(e.epoch, answers, classes) for e in record.epochs]
            features = companions.features_npy({answers[0].video: [0.5, 1.5]}, answers)
            beside = {
                companions.EPOCHS: "".join([companions.epochs_head(classes), *epochs]).encode(),
                companions.FEATURES: features,
            }
            store.save_fold(results, record, beside)
        store.save_cost(results, cost)
        freeze(protocol, results / "protocols" / "faces" / "subject-2-fold-0a1b2c.json")
        (results / "reported.csv").write_text("system,value\nC3D,53.54\n")
        seals.seal(results)
        return results

    return write


@pytest.fixture
def results(plant: Callable[..., Path], folds: list[FoldRecord]) -> Path:
    """All of them."""
    return plant(*folds)
