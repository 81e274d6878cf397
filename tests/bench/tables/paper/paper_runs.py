"""Runs that answer rows of the paper, planted: the registry's entries with answers made by hand."""

from dataclasses import replace
from functools import cache

from bench.records import Extent, Fold, FoldRecord, FoldRequest, Prediction, Weights
from bench.registry import Registry, load
from bench.store import digest
from bench.tables import Known
from bench.tables.paper.settings import FOLDS, OFFICIAL
from tests import records

CLASSES = ("angry", "happy")
MACHINE = replace(records.CPU, machine="cpu-epyc-2")
SPANS = ((0, 10), (8, 18), (16, 26))


@cache
def registry() -> Registry:
    return load(())


def known() -> Known:
    return Known(registry().models, registry().datasets)


def dataset_called(paper: str) -> str:
    """The dataset of the registry that the paper calls so."""
    return next(name for name, entry in registry().datasets.items() if paper in entry.reported)


def request(model: str, paper: str, *, objective: str = "", **changes) -> FoldRequest:
    """A first fold in the setting of the paper."""
    entries = registry()
    entry = entries.find("models", model)
    recipe = entries.recipes[entry.recipe or "common"]
    official = paper in OFFICIAL
    given = {
        "dataset": dataset_called(paper),
        "dataset_fingerprint": "d" * 12,
        "classes": CLASSES,
        "protocol": "official" if official else f"subject-{FOLDS[paper]}-fold",
        "fold": Fold(0, ("x",), ("y",)),
        "folds": FOLDS[paper],
        "recipe": recipe,
        "protocol_hash": "p" * 64,
        "extent": Extent(1, 1, 1, 1e-3),
        "objective": entries.objectives[objective or recipe.objective],
        "preset": entries.presets["full"],
        "weights": Weights("faces.pth", "a" * 64),
        "preprocessing_fingerprint": "haar-224-0.25-abc",
        "synthetic": False,
    }
    asked = records.request(entry, **{**given, **changes})
    return replace(asked, identity=changes.get("identity") or digest(asked)[:12])


def answers(fold: int, right: int, *, videos: int = 4, located: int = 0) -> tuple[Prediction, ...]:
    """Videos of two subjects of a fold: so many are right, and so many clips are located."""
    return tuple(
        records.answer(
            f"v:{fold}-{n}",
            label=n % 2,
            said=n % 2 if n < right else 1 - n % 2,
            classes=CLASSES,
            subject=f"s{fold}-{n % 2}",
            spans=SPANS,
            clip_scores=(1.0, 0.0, 0.0) if n < located else (0.0, 0.0, 1.0),
            apex=(1, 5),
        )
        for n in range(videos)
    )


def run(asked: FoldRequest, right: list[int], **made) -> list[FoldRecord]:
    """A record a fold, with so many right answers in each."""
    return [
        records.fold(
            replace(asked, fold=Fold(number, ("x",), (f"v:{number}-0",))),
            answers(number, count, **made),
            environment=MACHINE,
            epochs=(),
            selected_epoch=0,
            seconds={},
        )
        for number, count in enumerate(right)
    ]
