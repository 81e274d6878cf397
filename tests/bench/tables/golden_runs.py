"""The runs behind the golden tables, and small ones like them: CEFLNet, ResNet-18, one gone."""

from dataclasses import replace

from bench import tables
from bench.records import (
    Complexity,
    DatasetEntry,
    Extent,
    Finding,
    Fold,
    Sampling,
    Setting,
    Timing,
    Weights,
)
from tests import records

CLASSES = ("anger", "disgust", "joy")
CPU = replace(records.CPU, machine="cpu-epyc-2", packages={"torch": "2.6"})
GPU = replace(CPU, machine="gpu-h200", device="cuda", gpu="H200")
DATASETS = {
    "mmi": DatasetEntry("mmi", "MMI", "x:y", "cited", "subject-2-fold", reported=("MMI",)),
    "synthetic": DatasetEntry("synthetic", "Synthetic faces", "x:y", "ours", "subject-2-fold"),
}


def model(name, title, *, reported=()):
    spec = records.spec(Sampling("clips", 7, 5), 64)
    return records.model(name, title, input=spec, reported=reported)


CEFLNET = model("ceflnet", "CEFLNet", reported=("CEFLNet",))
RESNET = model("resnet18", "ResNet-18", reported=("ResNet-18",))
GONE = model("gone_model", "50% | <Gone> & forgotten")


def predictions(fold, wrong, statuses=("scored",) * 12):
    """Twelve videos of two subjects; those numbered in `wrong` get the next class."""
    return tuple(
        records.answer(
            f"toy:{fold}-{n:02d}",
            label=n % 3,
            said=(n + (n in wrong)) % 3,
            classes=CLASSES,
            subject=f"s{fold}{n % 2}",
            status=status,
        )
        for n, status in enumerate(statuses)
    )


def request(entry=CEFLNET, fold=0, seed=0, **changes):
    given = {
        "dataset": "synthetic",
        "classes": CLASSES,
        "protocol_hash": "0123456789abcdef" * 4,
        "fold": Fold(fold, (), ()),
        "extent": Extent(120, 12, 8, 1e-4),
        "weights": Weights("synthetic", "f" * 64),
        "preprocessing_fingerprint": "p" * 64,
        "identity": f"{entry.name}-identity",
        "seed": seed,
    }
    return records.request(entry, **{**given, **changes})


def record(asked, answers, created="2026-01-01T00:00:00Z"):
    return records.fold(
        asked, answers, environment=CPU, epochs=(), selected_epoch=5, created=created
    )


def cost(entry=CEFLNET, environment=CPU, *, samples=(12.0, 10.0, 11.0), quick=True, **changes):
    """Timed where there are samples, else counted."""
    setting = Setting("cuda") if environment.gpu else Setting("cpu", threads=2)
    given = {
        "identity": "cost",
        "complexity": Complexity(3, (3, 35, 64, 64), 12828807, 63520000000, 63799063525),
        "environment": environment,
        "created": "2026-01-01T00:00:00+00:00",
        "timing": Timing(setting, quick, 3, True, samples) if samples else None,
    }
    return records.cost(entry, **{**given, **changes})


ODD = ("scored",) * 9 + ("fallback", "no-face", "unreadable")
FINDINGS = (
    Finding("warning", "fold 1 has 2 films on both sides."),
    Finding("known", "'toy:a' is in train and 'toy:b' in test, as the distributor ships them."),
    Finding("allowed", "'toy:c' and 'toy:d' look alike. Let through: other camera."),
)


def folds():
    """Two seeds of one system, an incomplete one with odd videos, real data, a chosen epoch."""
    real = {"dataset": "mmi", "synthetic": False, "preset": records.FULL}
    chosen = {**real, "selection": "test"}
    gone = {**real, "weights": Weights("none", None)}
    return [
        record(request(fold=0), predictions(0, {1})),
        record(request(fold=1), predictions(1, {2, 5, 8})),
        record(request(fold=0, seed=1), predictions(0, {3, 4})),
        record(request(fold=1, seed=1), predictions(1, {0})),
        replace(
            record(request(RESNET, fold=1, findings=FINDINGS), predictions(1, {0, 1, 2, 3}, ODD)),
            excluded={"profile view": 2},
            unread=("toy:0-03",),
        ),
        record(request(fold=0, **real), predictions(0, {0})),
        record(request(fold=1, **real), predictions(1, {1, 2})),
        record(request(GONE, fold=0, **gone), predictions(0, {0, 3, 6, 9})),
        record(request(GONE, fold=1, **gone), predictions(1, {0, 1, 2, 3, 4, 5})),
        record(request(fold=0, **chosen), predictions(0, set())),
        record(request(fold=1, **chosen), predictions(1, {1})),
    ]


def costs():
    table8 = replace(model("c3d-table8", "C3D as in Table 8"), reported_cost=("C3D",))
    counted = Complexity(487, (3, 35, 224, 224), 79991015, None, 326411415352)
    return [
        cost(),
        cost(environment=GPU, samples=(1.25, 1.5), quick=False),
        cost(RESNET, complexity=Complexity(3, (3, 35, 64, 64), 11188816, 5200000000, None)),
        cost(table8, samples=(), complexity=counted),
    ]


def sections(reported="paper", *, datasets=(), models=(), **changes):
    given = {"folds": folds(), "costs": costs(), "entries": DATASETS, **changes}
    query = tables.Query(datasets, models, reported)
    return tables.comparison(
        given["folds"], given["costs"], tables.load_reported(), query, given["entries"]
    )


def measured(*records, **changes):
    return sections("none", folds=list(records), costs=[], **changes)


def only_row(*records):
    (section,) = measured(*records)
    (row,) = section.rows
    return row
