"""Stored folds of systems to arrays of what they answered to the same videos."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from bench.errors import BenchError
from bench.measurement.accuracy import predicted
from bench.records import FoldRecord, Prediction
from bench.statistics import Answers

Folds: TypeAlias = Sequence[FoldRecord]
"""Of one system: one record of each seed and fold."""

_PLURAL = {"subject": "subjects", "group": "recordings", "video": "videos"}


@dataclass(frozen=True, slots=True)
class Paired:
    """What several systems answered under the same seeds to the same videos of the same folds."""

    answers: Answers
    seeds: tuple[int, ...]
    folds: tuple[int, ...]
    """From 0."""
    clusters: str
    """What a cluster of videos is: subjects, recordings, videos, or several of them."""
    assumed: bool
    """Nobody stored the training videos, and their number is taken from that of the folds."""
    left_out: int
    """Answers of these systems that another one of them has no answer beside."""

    @property
    def of(self) -> str:
        """How many clusters, as in `31 subjects`."""
        return f"{self.answers.clusters} {self.clusters}"


def paired(systems: Sequence[Folds]) -> Paired:
    """Answers that all of some systems of one section gave; of one system, all that it gave.

    Seeds and folds are those with the most answers in common: the largest set of folds that all
    systems finished under one seed, and every seed under which they finished it.

    Raises:
        BenchError: they have no seed or no fold in common, or their folds test other videos.
    """
    seeds, folds = _common(systems)
    chosen = [
        {(r.request.seed, r.request.fold.index): r for r in mine if _inside(r, seeds, folds)}
        for mine in systems
    ]
    _same_folds(chosen)
    tables = [
        {place: {p.video: p for p in r.predictions} for place, r in mine.items()} for mine in chosen
    ]
    videos = [
        (fold, video) for fold in folds for video in _videos(tables, [(s, fold) for s in seeds])
    ]
    if not videos:
        raise BenchError(f"{_names(systems)} share no test video. See `bench verify`.")
    right = [
        [[_right(systems[0], table[seed, fold][video]) for fold, video in videos] for seed in seeds]
        for table in tables
    ]
    plain = [tables[0][seeds[0], fold][video] for fold, video in videos]
    _same_truth(systems, tables, videos, plain)
    first = [chosen[0][seeds[0], fold] for fold in folds]
    keys = [_cluster(p) for p in plain]
    kinds = [_PLURAL[kind] for kind in _PLURAL if any(key[0] == kind for key in keys)]
    ratio, assumed = _ratio(first)
    answers = Answers(
        right=np.array(right, dtype=bool),
        true=_numbers([p.true for p in plain], first[0].request.classes),
        fold=_numbers([fold for fold, _ in videos], folds),
        cluster=_numbers(keys, sorted(set(keys))),
        ratio=ratio,
        folds=len(folds),
        clusters=len(set(keys)),
        classes=len(first[0].request.classes),
    )
    given = sum(len(r.predictions) for mine in systems for r in mine)
    return Paired(answers, seeds, folds, ", ".join(kinds), assumed, given - answers.right.size)


def _common(systems: Sequence[Folds]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Seeds and folds that all systems finished."""
    done = [_done(mine) for mine in systems]
    shared = set.intersection(*(set(seeds) for seeds in done))
    if not shared:
        said = "; ".join(
            f"{mine[0].request.model.title}: {', '.join(map(str, sorted(seeds)))}"
            for mine, seeds in zip(systems, done, strict=True)
        )
        raise BenchError(
            f"{_names(systems)} have no seed in common ({said}). Run one with the seed of the "
            f"other: bench run --seed."
        )
    common = {seed: set.intersection(*(seeds[seed] for seeds in done)) for seed in sorted(shared)}
    folds = max(common.values(), key=len)
    if not folds:
        raise BenchError(
            f"{_names(systems)} have no finished fold in common. Run the folds of both."
        )
    return tuple(s for s, found in common.items() if found >= folds), tuple(sorted(folds))


def _done(mine: Folds) -> Mapping[int, set[int]]:
    done: dict[int, set[int]] = defaultdict(set)
    for record in mine:
        done[record.request.seed].add(record.request.fold.index)
    return done


def _inside(record: FoldRecord, seeds: Sequence[int], folds: Sequence[int]) -> bool:
    return record.request.seed in seeds and record.request.fold.index in folds


_Chosen: TypeAlias = Mapping[tuple[int, int], FoldRecord]
_Table: TypeAlias = Mapping[tuple[int, int], Mapping[str, Prediction]]


def _same_folds(chosen: Sequence[_Chosen]) -> None:
    """A fold of one number holds the same videos for all."""
    first: dict[int, frozenset[str]] = {}
    for mine in chosen:
        for (_, fold), record in mine.items():
            test = frozenset(record.request.fold.test)
            if first.setdefault(fold, test) != test:
                raise BenchError(
                    f"fold {fold + 1} of {record.request.model.title} tests other videos than that "
                    f"of the system beside it ({len(test)} and {len(first[fold])}), so that their "
                    f"answers cannot be paired. See `bench verify`."
                )


def _same_truth(
    systems: Sequence[Folds],
    tables: Sequence[_Table],
    videos: Sequence[tuple[int, str]],
    plain: Sequence[Prediction],
) -> None:
    for table in tables:
        for seed in {seed for seed, _ in table}:
            for (fold, video), known in zip(videos, plain, strict=True):
                found = table[seed, fold][video].true
                if found != known.true:
                    raise BenchError(
                        f"{_names(systems)} disagree on what video {video!r} shows: {known.true} "
                        f"and {found}. See `bench verify`."
                    )


def _videos(tables: Sequence[_Table], places: Sequence[tuple[int, int]]) -> list[str]:
    return sorted(set.intersection(*(set(t[place]) for t in tables for place in places)))


def _right(mine: Folds, answer: Prediction) -> bool:
    classes, label = mine[0].request.classes, predicted(answer)
    return label >= 0 and classes[label] == answer.true


def _cluster(answer: Prediction) -> tuple[str, str]:
    """Whom or what a video shows: its subject, else the recording it is from, else itself."""
    if answer.subject:
        return "subject", answer.subject
    return ("group", answer.group) if answer.group else ("video", answer.video)


def _ratio(folds: Folds) -> tuple[float, bool]:
    """Test videos over training videos, and whether that had to be assumed."""
    train = sum(len(record.request.fold.train) for record in folds)
    if train:
        return sum(len(record.request.fold.test) for record in folds) / train, False
    return 1 / max(1, folds[0].request.folds - 1), True


def _numbers(items: Sequence[object], order: Sequence[object]) -> np.ndarray:
    place = {item: number for number, item in enumerate(order)}
    return np.array([place[item] for item in items], dtype=np.int64)


def _names(systems: Sequence[Folds]) -> str:
    return " and ".join(dict.fromkeys(mine[0].request.model.title for mine in systems))
