"""Where numbers come from: datasets and protocols, their hashes and audits, machines, records."""

from collections import Counter, defaultdict
from pathlib import Path

from bench.records import Environment, FoldRecord
from bench.report import models
from bench.report.gather import Material
from bench.store import cost_path
from bench.tables import Column, Section
from bench.tables.section import words


def datasets(material: Material) -> list[Section]:
    """Protocols in use with their hashes, the frozen files, and what the audits let pass."""
    return [_protocols(material), *_frozen(material), *_findings(material)]


def provenance(material: Material) -> list[Section]:
    """Environments, preprocessing, what was left out, and the path of every record."""
    found = [r for name in material.models for r in models.results(material, name)]
    return [
        *_environments(material),
        *_preprocessing(material),
        *_left_out(material),
        *models.runs(found),
        *_costs(material),
    ]


def _text(*titles: tuple[str, str]) -> tuple[Column, ...]:
    return tuple(Column(title, words(key), "left") for key, title in titles)


def _protocols(material: Material) -> Section:
    grouped: dict[tuple[str, str, str], list[FoldRecord]] = defaultdict(list)
    for record in material.folds:
        r = record.request
        grouped[r.dataset, r.protocol, r.protocol_hash].append(record)
    known = material.registry.datasets
    rows: list[dict[str, object]] = []
    for (dataset, protocol, hash), records in sorted(grouped.items()):
        tested = {p.video: p.subject for record in records for p in record.predictions}
        requests = [record.request for record in records]
        rows.append(
            {
                "dataset": known[dataset].title if dataset in known else dataset,
                "data": "synthetic" if requests[0].synthetic else "real",
                "protocol": protocol,
                "hash": hash,
                "folds": requests[0].folds,
                "classes": ", ".join(requests[0].classes),
                "videos": len(tested),
                "subjects": len(set(tested.values()) - {None}) or "not published",
                "results": len({(r.model.name, r.identity) for r in requests}),
                "fingerprint": ", ".join(sorted({r.dataset_fingerprint for r in requests})),
                "audit": len({f.text for r in requests for f in r.findings}) or "no finding",
                "frozen": "; ".join(_files(material, dataset, hash)) or "not in this folder",
            }
        )
    columns = (
        *_text(("dataset", "Dataset"), ("data", "Data"), ("protocol", "Protocol")),
        Column("Folds", words("folds")),
        Column("Videos\ntested", words("videos")),
        Column("Subjects\ntested", words("subjects")),
        Column("Results", words("results")),
        *_text(("audit", "Leak audit"), ("hash", "Protocol hash"), ("frozen", "Frozen file")),
        *_text(("classes", "Classes, in label order"), ("fingerprint", "Dataset fingerprint")),
    )
    notes = (
        "Results of two protocol hashes never share a column.",
        "Leak audit: what the audit of the folds found and did not stop; listed below.",
        "Videos and subjects tested: in the stored folds.",
    )
    return Section("Datasets and protocols in use", {}, columns, tuple(rows), notes)


def _files(material: Material, dataset: str, hash: str) -> list[str]:
    """Frozen files that hold the folds of a hash."""
    return [
        path
        for path, protocol in material.frozen.items()
        if protocol and (protocol.dataset, protocol.hash) == (dataset, hash)
    ]


def _frozen(material: Material) -> list[Section]:
    rows = tuple(
        {
            "path": path,
            "protocol": protocol.name if protocol else "damaged: see provenance",
            "hash": protocol.hash if protocol else None,
            "source": protocol.source if protocol else None,
            "folds": ", ".join(f"{len(f.train)}/{len(f.test)}" for f in protocol.folds)
            if protocol
            else None,
            "overlaps": len(protocol.overlaps) if protocol else None,
        }
        for path, protocol in material.frozen.items()
    )
    columns = (
        *_text(("path", "File"), ("protocol", "Protocol"), ("source", "Source")),
        *_text(("folds", "Train/test videos of each fold"), ("hash", "Hash of its content")),
        Column("Known\noverlaps", words("overlaps")),
    )
    note = "The hash was computed again from the file and is the one that it says."
    return [Section("Frozen protocol files", {}, columns, rows, (note,))] if rows else []


def _findings(material: Material) -> list[Section]:
    found: Counter[tuple[str, str, str, str]] = Counter()
    for record in material.folds:
        r = record.request
        found.update((r.dataset, r.protocol, f.kind, f.text) for f in set(r.findings))
    rows = tuple(
        {
            "dataset": d,
            "protocol": p,
            "kind": kind,
            "text": text,
            "records": found[d, p, kind, text],
        }
        for d, p, kind, text in sorted(found)
    )
    columns = (
        *_text(("dataset", "Dataset"), ("protocol", "Protocol"), ("kind", "Kind")),
        *_text(("text", "Finding")),
        Column("Records", words("records")),
    )
    note = (
        "known: shipped by the distributor and listed in the protocol; allowed: let through by "
        "hand; warning: a doubt that nothing proves."
    )
    return [Section("Findings of the leak audit", {}, columns, rows, (note,))] if rows else []


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
        *_text(("machine", "Machine"), ("cpu", "CPU"), ("gpu", "GPU"), ("python", "Python")),
        *_text(("commit", "Commit"), ("dirty", "Changed")),
        Column("Records", words("records")),
        *_text(("first", "First"), ("last", "Last"), ("packages", "Packages")),
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
        *_text(("dataset", "Dataset"), ("detector", "Detector")),
        Column("Size px", words("size")),
        Column("Margin", words("margin")),
        *_text(("align", "Aligned"), ("storage", "Stored as"), ("fingerprint", "Fingerprint")),
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
    columns = _text(("path", "File"), ("reason", "Why"))
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
        *_text(("record", "Record"), ("model", "Model"), ("created", "Made")),
        *_text(("commit", "Commit"), ("machine", "Machine")),
    )
    note = "Paths are relative to the results folder."
    return [Section("Every cost record", {}, columns, rows, (note,))] if rows else []
