"""What a reader must know under a table of measured results."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from bench.index import Result
from bench.tables.tested import Tested

DAGGER = "†"
DOUBLE_DAGGER = "‡"

SANITY = "sanity row: "
"""Begins the note of an entry that only tells whether others use the video."""


def about_scores(
    results: Sequence[Result], rows: Sequence[Mapping[str, Any]], videos: Mapping[str, Tested]
) -> list[str]:
    """The data behind the numbers, chance, what is pooled, and the caution on chosen epochs."""
    said = [
        _data(results, videos),
        "UAR, WAR and F1: predictions of all folds pooled. Over folds: mean ± sample standard "
        "deviation (n-1).",
    ]
    if any(row["seeds"] > 1 for row in rows):
        said.append("Several seeds: each number is computed for each seed, then averaged.")
    sides = {id(r.videos): (r.videos, r.request.classes) for r in results}.values()
    if any(set(side.true) < set(classes) for side, classes in sides):
        said.append(
            "Some folds have no test video of a class; their UAR runs over the classes present."
        )
    if results[0].request.selection == "test":
        said.append(f"{DAGGER} optimistic: the epoch was chosen on the test videos.")
    return said


def about_gaps(
    systems: Iterable[Sequence[Result]], rows: Sequence[Mapping[str, Any]], replaced: int
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
    systems: Iterable[Sequence[Result]], rows: Sequence[Mapping[str, Any]]
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


def about_registry(
    systems: Iterable[Sequence[Result]], models: Collection[str] | None
) -> list[str]:
    """Models that were measured and are not in the registry, for those who would run them again."""
    requests = [mine[0].request for mine in systems]
    # a name makes a sanity row from the entry before the sign; imported answers have no entry
    named = {r.model.name.partition("@")[0] for r in requests if r.made != "imported"}
    gone = sorted(named - {*models}) if models is not None else []
    if not gone:
        return []
    return [
        f"Not in the registry: {', '.join(gone)}. The rows are as they were stored; to run such a "
        f"model again, add its entry."
    ]


def _data(results: Sequence[Result], videos: Mapping[str, Tested]) -> str:
    request = results[0].request
    classes, protocol_hash = request.classes, request.protocol_hash
    subjects = {video.subject for video in videos.values()} - {None}
    of = f"of {len(subjects)} subjects" if subjects else "(subjects not published)"
    counts = Counter(video.true for video in videos.values())
    label, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
    machines = ", ".join(sorted({result.environment.machine for result in results}))
    elsewhere = request.made == "imported"
    where = "run elsewhere" if elsewhere else f"run on {machines}"
    return (
        f"{len(videos)} videos {of}, {len(classes)} classes; protocol hash {protocol_hash[:12]}; "
        f"{where}. Chance: UAR {100 / len(classes):.2f} %, and WAR "
        f"{100 * most / len(videos):.2f} % for always answering {label}."
    )


def _lacking(results: Sequence[Result], title: str) -> str:
    """Which folds of which seed are not done, shown from 1; empty when all are."""
    done: dict[int, set[int]] = defaultdict(set)
    for result in results:
        done[result.seed].add(result.fold)
    every = range(results[0].request.folds)
    gaps = {
        seed: [str(k + 1) for k in every if k not in found] for seed, found in sorted(done.items())
    }
    lacks = [f"seed {seed} fold {', '.join(folds)}" for seed, folds in gaps.items() if folds]
    return f"{title} lacks {' and '.join(lacks)}" if lacks else ""
