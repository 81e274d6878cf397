"""What a reader must know under a table of measured results."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.records import FoldRecord

DAGGER = "†"
DOUBLE_DAGGER = "‡"

SANITY = "sanity row: "
"""Begins the note of an entry that only tells whether others use the video."""


def about_scores(
    records: Sequence[FoldRecord], rows: Sequence[Mapping[str, Any]], protocol_hash: str
) -> list[str]:
    """The data behind the numbers, chance, what is pooled, and the caution on chosen epochs."""
    said = [
        _data(records, protocol_hash),
        "UAR, WAR and F1: predictions of all folds pooled. Over folds: mean ± sample standard "
        "deviation (n-1).",
    ]
    if any(row["seeds"] > 1 for row in rows):
        said.append("Several seeds: each number is computed for each seed, then averaged.")
    if any({p.true for p in r.predictions} < set(r.request.classes) for r in records):
        said.append(
            "Some folds have no test video of a class; their UAR runs over the classes present."
        )
    if records[0].request.selection == "test":
        said.append(f"{DAGGER} optimistic: the epoch was chosen on the test videos.")
    return said


def about_gaps(
    systems: Iterable[Sequence[FoldRecord]], rows: Sequence[Mapping[str, Any]], replaced: int
) -> list[str]:
    """Folds not done, videos not seen, and records left out."""
    said: list[str] = []
    titles = {row["identity"]: row["system"] for row in rows}
    lacking = [_lacking(mine, titles[mine[0].request.identity]) for mine in systems]
    if any(lacking):
        said.append(
            "* incomplete, and not comparable with complete rows: "
            + "; ".join(sorted(filter(None, lacking)))
            + "."
        )
    if any(row["unreadable"] for row in rows):
        said.append(
            "Videos: seen of all that the folds test. UAR, WAR and F1 are over all of them; the "
            "columns 'seen' are over those that could be scored."
        )
    if replaced:
        said.append(f"Left out: {replaced} older record(s) of folds that were run again.")
    return said


def about_systems(
    systems: Iterable[Sequence[FoldRecord]], rows: Sequence[Mapping[str, Any]]
) -> list[str]:
    """What a sanity row is for, and where a system lives whose answers came from elsewhere."""
    titles = {row["identity"]: row["system"] for row in rows}
    said: dict[str, str] = {}
    for mine in systems:
        request = mine[0].request
        title, model = titles[request.identity], request.model
        if request.made == "imported":
            said[title] = f"Source of {title}: {model.source.rstrip('.')}."
        elif model.note.startswith(SANITY):
            said[title] = f"Sanity row, {title}: {model.note.removeprefix(SANITY).rstrip('.')}."
    return [said[row["system"]] for row in rows if row["system"] in said]


def _data(records: Sequence[FoldRecord], protocol_hash: str) -> str:
    classes = records[0].request.classes
    videos = {p.video: p for record in records for p in record.predictions}.values()
    subjects = {p.subject for p in videos} - {None}
    of = f"of {len(subjects)} subjects" if subjects else "(subjects not published)"
    label, most = min(Counter(p.true for p in videos).items(), key=lambda item: (-item[1], item[0]))
    machines = ", ".join(sorted({record.environment.machine for record in records}))
    elsewhere = records[0].request.made == "imported"
    where = "run elsewhere" if elsewhere else f"run on {machines}"
    return (
        f"{len(videos)} videos {of}, {len(classes)} classes; protocol hash {protocol_hash[:12]}; "
        f"{where}. Chance: UAR {100 / len(classes):.2f} %, and WAR "
        f"{100 * most / len(videos):.2f} % for always answering {label}."
    )


def _lacking(records: Sequence[FoldRecord], title: str) -> str:
    """Which folds of which seed are not done, shown from 1; empty when all are."""
    done: dict[int, set[int]] = defaultdict(set)
    for record in records:
        done[record.request.seed].add(record.request.fold.index)
    every = range(records[0].request.folds)
    gaps = {
        seed: [str(k + 1) for k in every if k not in found] for seed, found in sorted(done.items())
    }
    lacks = [f"seed {seed} fold {', '.join(folds)}" for seed, folds in gaps.items() if folds]
    return f"{title} lacks {' and '.join(lacks)}" if lacks else ""
