"""What is told of one model: sections, and the confusion and curves of each of its results."""

import shlex
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.measurement.accuracy import Counts, count, uar, war
from bench.records import FoldRecord, FoldRequest, ModelEntry, Sampling
from bench.report.gather import Material
from bench.report.view import slug
from bench.store import fold_path
from bench.tables import Column, Section
from bench.tables.key import key_of, title_of
from bench.tables.section import decimals, percent, words

FACTS = (Column("", words("what"), "left"), Column("Value", words("value"), "left"))
"""Columns of a section that lists facts."""


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often each class was taken for each other, all folds and seeds pooled."""

    classes: tuple[str, ...]
    answers: tuple[str, ...]
    """The classes, and `no answer` where a video has none."""
    counts: tuple[tuple[int, ...], ...]
    """Row = true class, column = answer."""

    @property
    def tenths(self) -> list[list[int]]:
        """Share of the videos of each true class, in tenths: how dark a cell is."""
        return [[round(10 * n / max(sum(row), 1)) for n in row] for row in self.counts]


@dataclass(frozen=True, slots=True)
class Result:
    """One identity of a model: the folds and seeds that belong together."""

    title: str
    """That of its table on the leaderboard, which says all that sets it apart."""
    synthetic: bool
    folds: tuple[FoldRecord, ...]
    """The newest record of each fold of each seed."""
    counts: Counts
    """Confusion, shape (K, K + 1), all folds and seeds pooled."""

    @property
    def request(self) -> FoldRequest:
        """What all its folds have in common."""
        return self.folds[0].request

    @property
    def anchor(self) -> str:
        """Where it stands on the page of its model."""
        return anchor(self.request.identity)

    @property
    def confusion(self) -> Confusion:
        """As it is shown."""
        classes = self.request.classes
        missed = bool(self.counts[:, -1].any())
        shown = self.counts if missed else self.counts[:, :-1]
        rows = tuple(tuple(int(n) for n in row) for row in shown)
        return Confusion(classes, (*classes, "no answer") if missed else classes, rows)


def anchor(identity: str) -> str:
    """Id of a result on the page of its model."""
    return f"result-{slug(identity)}"


def results(material: Material, model: str) -> tuple[Result, ...]:
    """Every result of a model, by dataset, protocol and identity."""
    grouped: dict[tuple[str, str, str, str], list[FoldRecord]] = defaultdict(list)
    for record in material.of(model):
        r = record.request
        grouped[r.dataset, r.protocol, r.protocol_hash, r.identity].append(record)
    return tuple(_result(material, grouped[place]) for place in sorted(grouped))


def runs(found: Iterable[Result]) -> list[Section]:
    """Every fold by itself, with the path of its record; nothing where there is none."""
    rows = tuple(_run(result, record) for result in found for record in result.folds)
    columns = (
        Column("System", words("system"), "left"),
        Column("Result", words("result"), "left"),
        Column("Fold", words("fold")),
        Column("Seed", words("seed")),
        Column("UAR %", percent("uar"), accuracy=True),
        Column("WAR %", percent("war"), accuracy=True),
        Column("Videos", words("videos")),
        Column("Epochs", words("epochs")),
        Column("Train s", decimals("train_s", 1)),
        Column("Test s", decimals("test_s", 1)),
        Column("Made", words("created"), "left"),
        Column("Commit", words("commit"), "left"),
        Column("Record", words("record"), "left"),
    )
    notes = (
        "Each fold by itself, the newest record of each; the leaderboard pools them. Paths are "
        "relative to the results folder; the answers lie beside a record as csv.",
    )
    return [Section("Every fold", {}, columns, rows, notes)] if rows else []


def facts(entry: ModelEntry, material: Material) -> Section:
    """The entry: what the model is, where it comes from, what it is fed and how it is trained."""
    registered = entry.name in material.registry.models or "@" in entry.name
    # a record holds the input of its preset, which may be smaller than the entry's
    entry = material.registry.models.get(entry.name, entry)
    pretraining = entry.pretraining
    told = {
        "Name": entry.name,
        "Kind": entry.kind,
        "Source": entry.source,
        "Differs": entry.note,
        "Built by": entry.factory,
        "Arguments": ", ".join(f"{name} = {value}" for name, value in sorted(entry.args.items())),
        "Input": _input(entry),
        "Recipe": entry.recipe,
        "Weights accepted": ", ".join(pretraining.origins) if pretraining else "",
        "Published weights": pretraining.url if pretraining else "",
        "Needs": f"video-fer-bench[{entry.needs}]" if entry.needs else "",
        "Registry": "" if registered else "not in the registry: shown as its records describe it",
    }
    return listed("What it is", told)


def listed(title: str, told: Mapping[str, object]) -> Section:
    """Facts as a section of two columns; empty ones are left out."""
    rows = tuple({"what": what, "value": str(value)} for what, value in told.items() if value)
    return Section(title, {}, FACTS, rows, ())


def quoted(entry: ModelEntry, material: Material) -> list[Section]:
    """What papers report of this model, every verified number with its place; or nothing."""
    names = {*entry.reported, *(name for some in entry.reported_with.values() for name in some)}
    rows = [
        row for row in material.quotes if row["system"] in names and row["status"] == "verified"
    ]
    columns = {
        "system": "System",
        "dataset": "Dataset",
        "protocol": "Protocol",
        "setting": "Setting",
        "metric": "Metric",
        "value": "Value %",
        "table": "Place",
        "source": "Source",
    }
    section = Section(
        "Reported by papers (REPORTED ONLY)",
        {"data": "reported"},
        tuple(
            Column(title, words(key), "right" if key == "value" else "left")
            for key, title in columns.items()
        ),
        tuple({**row, "setting": _setting(row)} for row in rows),
        ("Quoted as printed; other protocols and other data than measured here.",),
    )
    return [section] if rows else []


def _setting(quote: Mapping[str, str]) -> str:
    """In what the rows of one table of a paper differ, besides the system."""
    frames = quote["frames_per_clip"]
    said = (quote["feature_setting"], quote["ablation"], frames and f"{frames} frames a clip")
    return ", ".join(filter(None, said))


def commands(found: Sequence[Result], entry: ModelEntry) -> tuple[str, ...]:
    """How to make each result again, without its environment; () for what was only counted."""
    made = [_command(result.folds[0], seeds) for result in found if (seeds := _seeds(result))]
    return tuple(dict.fromkeys(filter(None, made))) or (f"bench cost --model {_word(entry.name)}",)


def _seeds(result: Result) -> str:
    return ",".join(str(seed) for seed in sorted({r.request.seed for r in result.folds}))


def _command(record: FoldRecord, seeds: str) -> str:
    r = record.request
    if r.made != "trained":
        return ""
    asked = {
        "--model": r.model.name,
        "--dataset": r.dataset,
        "--protocol": r.protocol,
        "--preset": r.preset.name,
        "--seeds": seeds,
        "--selection": r.selection if r.selection != "last" else "",
        "--recipe": r.recipe.name if r.regime == "common" else "",
        "--objective": r.objective.name if r.objective.name != r.recipe.objective else "",
        "--labels": str(len(r.classes)) if r.harmonised else "",
        "--train-on": r.train_on or "",
        "--weights": _weights(record),
    }
    return " ".join(["bench run", *(f"{o} {_word(v)}" for o, v in asked.items() if v)])


def _weights(record: FoldRecord) -> str:
    """First weights, where they are neither the entry's own nor those of the preset."""
    r = record.request
    own = r.model.pretraining.default if r.model.pretraining else "none"
    return "" if r.weights.origin in (own, r.preset.weights) else r.weights.origin


def _word(text: str) -> str:
    """Text as one word of a shell, on one line."""
    return shlex.quote(" ".join(text.split()))


def _input(entry: ModelEntry) -> str:
    spec = entry.input

    def frames(of: Sampling) -> str:
        return f"{of.rule}, {of.length or 'all'} frames" + (
            f" in {of.clips} clips" if of.clips > 1 else ""
        )

    test = "" if spec.train == spec.test else f"; tested with {frames(spec.test)}"
    return f"{frames(spec.train)}, {spec.size}×{spec.size} pixels{test}"


def _result(material: Material, folds: Sequence[FoldRecord]) -> Result:
    r = folds[0].request
    entry = material.registry.datasets.get(r.dataset)
    title = title_of(key_of(r), entry.title if entry else r.dataset)
    counts = np.zeros((len(r.classes), len(r.classes) + 1), dtype=np.int64)
    for record in folds:
        counts += count(record.predictions, r.classes)
    return Result(
        title=title.removesuffix(" (SYNTHETIC DATA)"),
        synthetic=r.synthetic,
        folds=tuple(folds),
        counts=counts,
    )


def _who(result: Result) -> dict[str, Any]:
    r = result.request
    return {
        "system": r.model.title,
        "model": r.model.name,
        "identity": r.identity,
        "result": r.identity[:12],
    }


def _run(result: Result, record: FoldRecord) -> dict[str, Any]:
    commit = record.environment.commit
    return {
        **_who(result),
        "fold": record.request.fold.index + 1,
        "seed": record.request.seed,
        **_scores(record),
        "videos": len(record.predictions),
        "epochs": len(record.epochs),
        "train_s": record.seconds.get("train"),
        "test_s": record.seconds.get("test"),
        "created": record.created[:16].replace("T", " "),
        "commit": commit[:12] if commit else None,
        "record": fold_path(Path(), record.request).as_posix(),
    }


def _scores(record: FoldRecord) -> dict[str, Any]:
    if not record.predictions:
        return {"uar": None, "war": None}
    counts = count(record.predictions, record.request.classes)
    return {"uar": uar(counts), "war": war(counts)}
