"""What a reader must know under a table of measured results."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from bench.index import Folds
from bench.tables.systems import titles_of, who
from bench.tables.tested import Tested

DAGGER = "†"
DOUBLE_DAGGER = "‡"

SANITY = "sanity row: "
"""Begins the note of an entry that only tells whether others use the video."""


def about_scores(
    folds: Folds, rows: Sequence[Mapping[str, Any]], videos: Mapping[str, Tested]
) -> list[str]:
    """The data behind the numbers, chance, what is pooled, and the caution on chosen epochs."""
    said = [
        _data(folds, videos),
        "UAR, WAR and F1: predictions of all folds pooled. Over folds: mean ± sample standard "
        "deviation (n-1).",
    ]
    if any(row["seeds"] > 1 for row in rows):
        said.append("Several seeds: each number is computed for each seed, then averaged.")
    classes = set(folds.request.classes)
    if any(set(side.true) < classes for side in folds.videos.each()):
        said.append(
            "Some folds have no test video of a class; their UAR runs over the classes present."
        )
    if folds.request.selection == "test":
        said.append(f"{DAGGER} optimistic: the epoch was chosen on the test videos.")
    return said


def about_gaps(
    systems: Iterable[Folds], rows: Sequence[Mapping[str, Any]], replaced: int
) -> list[str]:
    """Folds not done, videos not seen, and records left out."""
    said: list[str] = []
    titles = titles_of([row for row in rows if row["folds"] < row["folds_of"]])
    lacking = [
        _lacking(mine, titles[who(mine.request)]) for mine in systems if who(mine.request) in titles
    ]
    if lacking:
        said.append(
            "* incomplete, and not comparable with complete rows: "
            + "; ".join(sorted(lacking))
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


def about_systems(systems: Iterable[Folds], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What a sanity row is for, and where a system lives whose answers came from elsewhere."""
    titles = titles_of(rows)
    said: dict[str, str] = {}
    for mine in systems:
        request = mine.request
        title, model = titles[who(request)], request.model
        if request.made == "imported":
            said[title] = f"Source of {title}: {model.source.rstrip('.')}."
        elif model.note.startswith(SANITY):
            said[title] = f"Sanity row, {title}: {model.note.removeprefix(SANITY).rstrip('.')}."
    return [said[row["system"]] for row in rows if row["system"] in said]


def about_registry(systems: Iterable[Folds], models: Collection[str] | None) -> list[str]:
    """Models that were measured and are not in the registry, for those who would run them again."""
    requests = [mine.request for mine in systems]
    # a name makes a sanity row from the entry before the sign; imported answers have no entry
    named = {r.model.name.partition("@")[0] for r in requests if r.made != "imported"}
    gone = sorted(named - {*models}) if models is not None else []
    if not gone:
        return []
    return [
        f"Not in the registry: {', '.join(gone)}. The rows are as they were stored; to run such a "
        f"model again, add its entry."
    ]


def _data(folds: Folds, videos: Mapping[str, Tested]) -> str:
    request = folds.request
    classes, protocol_hash = request.classes, request.protocol_hash
    subjects = {video.subject for video in videos.values()} - {None}
    of = f"of {len(subjects)} subjects" if subjects else "(subjects not published)"
    counts = Counter(video.true for video in videos.values())
    label, most = min(counts.items(), key=lambda item: (-item[1], item[0]))
    machines = ", ".join(sorted({about.environment.machine for about in folds.about.each()}))
    elsewhere = request.made == "imported"
    where = "run elsewhere" if elsewhere else f"run on {machines}"
    return (
        f"{len(videos)} videos {of}, {len(classes)} classes; protocol hash {protocol_hash[:12]}; "
        f"{where}. Chance: UAR {100 / len(classes):.2f} %, and WAR "
        f"{100 * most / len(videos):.2f} % for always answering {label}."
    )


def _lacking(folds: Folds, title: str) -> str:
    """Which folds of which seed are not done, shown from 1."""
    done: dict[int, set[int]] = defaultdict(set)
    for seed, number in zip(folds.seeds.tolist(), folds.numbers.tolist(), strict=True):
        done[seed].add(number)
    every = range(folds.request.folds)
    gaps = {
        seed: [str(k + 1) for k in every if k not in found] for seed, found in sorted(done.items())
    }
    lacks = [f"seed {seed} fold {', '.join(folds)}" for seed, folds in gaps.items() if folds]
    return f"{title} lacks {' and '.join(lacks)}"
