"""Where every number comes from: machines, preprocessing, records, and what was left out."""

from collections import Counter
from pathlib import Path

from bench.records import Environment
from bench.report import results
from bench.report.columns import hashes, texts
from bench.report.gather import Material
from bench.store import cost_path
from bench.tables import Column, Section
from bench.tables.section import words


def provenance(material: Material) -> list[Section]:
    """Environments, preprocessing, what was left out, and the path of every record."""
    found = [r for name in material.models for r in results.of_model(material, name)]
    return [
        *_environments(material),
        *_preprocessing(material),
        *_left_out(material),
        *results.runs(found, named=True),
        *_costs(material),
    ]


def _environments(material: Material) -> list[Section]:
    found: dict[str, tuple[Environment, list[str]]] = {}
    for record in (*material.folds, *material.counted):
        made = record.environment
        found.setdefault(repr(_told(made)), (made, []))[1].append(record.created)
    rows = tuple(
        {**_told(made), "records": len(dates), "first": min(dates)[:10], "last": max(dates)[:10]}
        for _, (made, dates) in sorted(found.items())
    )
    columns = (
        *texts(("machine", "Machine"), ("cpu", "CPU"), ("gpu", "GPU"), ("python", "Python")),
        *hashes(("commit", "Commit")),
        *texts(("dirty", "Changed")),
        Column("Records", words("records")),
        *texts(("first", "First"), ("last", "Last"), ("packages", "Packages")),
    )
    note = "Changed: the clone held changes that were not committed."
    return [Section("Environments", {}, columns, rows, (note,))] if rows else []


def _told(made: Environment) -> dict[str, str | None]:
    packages = ", ".join(f"{name} {version}" for name, version in sorted(made.packages.items()))
    return {
        "machine": made.machine,
        "cpu": made.cpu,
        "gpu": made.gpu,
        "python": made.python,
        "commit": made.commit,
        "dirty": {True: "yes", False: "no", None: None}[made.dirty],
        "packages": packages,
    }


def _preprocessing(material: Material) -> list[Section]:
    found = Counter(
        (r.dataset, r.preprocessing_fingerprint, r.preprocessing)
        for r in (record.request for record in material.folds)
    )
    rows = tuple(
        {
            "dataset": dataset,
            "fingerprint": fingerprint,
            "detector": p.detector,
            "size": p.size,
            "margin": p.margin,
            "align": "yes" if p.align else "no",
            "storage": p.storage,
            "records": number,
        }
        for (dataset, fingerprint, p), number in sorted(found.items(), key=lambda item: item[0][:2])
    )
    columns = (
        *texts(("dataset", "Dataset"), ("detector", "Detector")),
        Column("Size px", words("size")),
        Column("Margin", words("margin")),
        *texts(("align", "Aligned"), ("storage", "Stored as"), ("fingerprint", "Fingerprint")),
        Column("Records", words("records")),
    )
    return [Section("Preprocessing", {}, columns, rows, ())] if rows else []


def _left_out(material: Material) -> list[Section]:
    rows = tuple(
        {
            "path": _relative(damage.path, material.results),
            "reason": _told_of(damage.reason, material),
        }
        for damage in material.damaged
    )
    columns = texts(("path", "File"), ("reason", "Why"))
    return [Section("Left out", {}, columns, rows, ())] if rows else []


def _told_of(reason: str, material: Material) -> str:
    # the page is the same wherever the results lie
    return reason.replace(f"{material.results}/", "")


def _relative(path: Path, results: Path) -> str:
    return path.relative_to(results).as_posix()


def _costs(material: Material) -> list[Section]:
    named = [(cost_path(Path(), record).as_posix(), record) for record in material.counted]
    rows = tuple(
        {
            "record": path,
            "model": record.model.name,
            "created": record.created[:16].replace("T", " "),
            "commit": record.environment.commit[:12] if record.environment.commit else None,
            "machine": record.environment.machine,
        }
        for path, record in sorted(named, key=lambda item: item[0])
    )
    columns = (
        *texts(("record", "Record"), ("model", "Model"), ("created", "Made")),
        *texts(("commit", "Commit"), ("machine", "Machine")),
    )
    note = "Paths are relative to the results folder."
    return [Section("Every cost record", {}, columns, rows, (note,))] if rows else []
