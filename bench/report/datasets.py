"""What was tested on: datasets and protocols in use, frozen files, findings of the audit."""

from collections import Counter, defaultdict

from bench.records import FoldRecord
from bench.report.columns import hashes, texts
from bench.report.gather import Material
from bench.tables import Column, Section
from bench.tables.section import words


def datasets(material: Material) -> list[Section]:
    """Protocols in use with their hashes, the frozen files, and what the audits let pass."""
    return [*_protocols(material), *_frozen(material), *_findings(material)]


def _protocols(material: Material) -> list[Section]:
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
        *texts(("dataset", "Dataset"), ("data", "Data"), ("protocol", "Protocol")),
        Column("Folds", words("folds")),
        Column("Videos\ntested", words("videos")),
        Column("Subjects\ntested", words("subjects")),
        Column("Results", words("results")),
        *texts(("audit", "Leak audit")),
        *hashes(("hash", "Protocol hash"), ("fingerprint", "Dataset fingerprint")),
        *texts(("frozen", "Frozen file"), ("classes", "Classes, in label order")),
    )
    notes = (
        "Results of two protocol hashes never share a column; the files below hold hashes whole.",
        "Leak audit: what the audit of the folds found and did not stop; listed below.",
        "Videos and subjects tested: in the stored folds.",
    )
    title = "Datasets and protocols in use"
    return [Section(title, {}, columns, tuple(rows), notes)] if rows else []


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
        *texts(("path", "File"), ("protocol", "Protocol"), ("source", "Source")),
        *texts(("folds", "Train/test videos of each fold")),
        *hashes(("hash", "Hash of its content")),
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
        *texts(("dataset", "Dataset"), ("protocol", "Protocol"), ("kind", "Kind")),
        *texts(("text", "Finding")),
        Column("Records", words("records")),
    )
    note = (
        "known: shipped by the distributor and listed in the protocol; allowed: let through by "
        "hand; warning: a doubt that nothing proves."
    )
    return [Section("Findings of the leak audit", {}, columns, rows, (note,))] if rows else []
