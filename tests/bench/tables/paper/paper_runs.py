"""Runs that answer rows of the paper, planted: the registry's entries with answers made by hand."""

from dataclasses import replace
from functools import cache

from bench.records import (
    Environment,
    Extent,
    Fold,
    FoldRecord,
    FoldRequest,
    Prediction,
    Preprocessing,
    Weights,
)
from bench.registry import Registry, load
from bench.store import digest
from bench.tables import Known
from bench.tables.paper.settings import FOLDS, OFFICIAL

CLASSES = ("angry", "happy")
MACHINE = Environment(
    "abc", False, "cpu-epyc-2", "cpu", "EPYC", None, 2, "3.11", {"torch": "2.15.0"}
)
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
    plain = FoldRequest(
        model=entry,
        dataset=dataset_called(paper),
        classes=CLASSES,
        dataset_fingerprint="d" * 12,
        protocol="official" if official else f"subject-{FOLDS[paper]}-fold",
        protocol_hash="p" * 64,
        fold=Fold(0, ("x",), ("y",)),
        folds=FOLDS[paper],
        recipe=recipe,
        extent=Extent(1, 1, 1, 1e-3),
        regime="own",
        objective=entries.objectives[objective or recipe.objective],
        preset=entries.presets["full"],
        selection="last",
        weights=Weights("faces.pth", "a" * 64),
        preprocessing=Preprocessing(),
        preprocessing_fingerprint="haar-224-0.25-abc",
        identity="",
        seed=0,
        synthetic=False,
    )
    asked = replace(plain, **changes)
    return replace(asked, identity=changes.get("identity") or digest(asked)[:12])


def answers(fold: int, right: int, *, videos: int = 4, located: int = 0) -> tuple[Prediction, ...]:
    """Videos of two subjects of a fold: so many are right, and so many clips are located."""
    return tuple(
        Prediction(
            video=f"v:{fold}-{n}",
            subject=f"s{fold}-{n % 2}",
            group=None,
            true=CLASSES[n % 2],
            status="scored",
            scores=(1.0, 0.0) if (n % 2 == 0) == (n < right) else (0.0, 1.0),
            spans=SPANS,
            clip_scores=(1.0, 0.0, 0.0) if n < located else (0.0, 0.0, 1.0),
            apex=(1, 5),
        )
        for n in range(videos)
    )


def run(asked: FoldRequest, right: list[int], **made) -> list[FoldRecord]:
    """A record a fold, with so many right answers in each."""
    return [
        FoldRecord(
            request=replace(asked, fold=Fold(number, ("x",), (f"v:{number}-0",))),
            environment=MACHINE,
            epochs=(),
            selected_epoch=0,
            predictions=answers(number, count, **made),
            seconds={},
            created="2026-11-20T12:00:00+00:00",
        )
        for number, count in enumerate(right)
    ]
