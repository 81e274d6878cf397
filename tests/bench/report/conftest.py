"""Planted results: two systems of three folds, one with a hostile title, and their costs."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import store
from bench.records import Fold, Prediction, Weights

HOSTILE = "</script><script>document.title='pwned'</script><b>&\"'`"
SYSTEMS = (
    ("tiny", "Tiny", 2_000_000, 0),
    ("wide", "Wide | net", 9_000_000, 2),
    ("evil", HOSTILE, 40_000_000, 5),
)


@pytest.fixture
def planted(tmp_path, fold_record, cost_record) -> Path:
    """Three systems on drawn faces, and the first one on real ones too."""
    return plant(tmp_path / "results", fold_record, cost_record)


def plant(folder: Path, fold_record, cost_record) -> Path:
    for number, (name, title, macs, wrong) in enumerate(SYSTEMS):
        _plant(folder, fold_record, (name, title), f"{number:012x}", wrong)
        complexity = replace(cost_record.complexity, macs=macs)
        model = replace(fold_record.request.model, name=name, title=title)
        store.save_cost(
            folder,
            replace(cost_record, model=model, identity=f"c{number:011x}", complexity=complexity),
        )
    _plant(folder, fold_record, ("tiny", "Tiny"), "f" * 12, 1, synthetic=False, dataset="films")
    return folder


def _plant(folder, fold_record, who, identity, wrong, **other) -> None:
    base = fold_record.request
    model = replace(base.model, name=who[0], title=who[1])
    for fold in range(3):
        request = replace(
            base,
            model=model,
            identity=identity,
            fold=Fold(fold, base.fold.train, base.fold.test),
            folds=3,
            weights=Weights("none" if who[0] == "tiny" else "imagenet", None),
            **other,
        )
        answers = [_answer(fold, video, video < wrong, base.classes) for video in range(9)]
        store.save_fold(folder, replace(fold_record, request=request, predictions=tuple(answers)))


def _answer(fold: int, video: int, wrong: bool, classes) -> Prediction:
    label = video % 3
    said = (label + 1) % 3 if wrong else label
    scores = tuple(0.8 if k == said else 0.1 for k in range(3))
    return Prediction(
        f"faces:{fold}{video}", f"s{fold}{label}", None, classes[label], "scored", scores
    )
