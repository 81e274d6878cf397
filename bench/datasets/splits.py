"""Official splits: the rules that are known to make them, and the check of a list against one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from math import ceil

import numpy as np

from bench.errors import BenchError
from bench.records import Fold


def folds_of(every: Iterable[str], tests: Sequence[Iterable[str]]) -> tuple[Fold, ...]:
    """Folds that test these ids and train on all others."""
    ids = set(every)
    sides = [set(test) for test in tests]
    return tuple(
        Fold(k, tuple(sorted(ids - test)), tuple(sorted(test))) for k, test in enumerate(sides)
    )


def class_blocks(labels: Mapping[str, str], parts: int) -> list[set[str]]:
    """Test sides of which the k-th holds the k-th run of the sorted ids of each class.

    Args:
        labels: id -> class.
        parts: how many; the first runs are longer by one where a class does not divide.
    """
    tests: list[set[str]] = [set() for _ in range(parts)]
    for ids in _grouped(labels).values():
        for test, run in zip(tests, np.array_split(np.array(sorted(ids)), parts), strict=True):
            test.update(run.tolist())
    return tests


def first_share(groups: Mapping[str, str], share: float) -> set[str]:
    """The first ids of each group, rounded up.

    Args:
        groups: id -> group.
        share: of a group's ids, in (0, 1).
    """
    return {
        id
        for ids in _grouped(groups).values()
        for id in sorted(ids)[: ceil(round(share * len(ids), 9))]
    }


def subject_blocks(subjects: Mapping[str, str], blocks: Sequence[Iterable[str]]) -> list[set[str]]:
    """Test sides of which the k-th holds the videos of the k-th block of subjects.

    Args:
        subjects: id -> subject.
        blocks: names of subjects.
    """
    ids = _grouped(subjects)
    return [{id for name in block for id in ids.get(name, ())} for block in blocks]


def runs(names: Iterable[str], sizes: Sequence[int]) -> list[list[str]]:
    """Consecutive runs of sorted names, of these sizes; the last one takes what is left."""
    ordered = sorted(set(names))
    ends = np.cumsum(sizes)[:-1]
    return [part.tolist() for part in np.split(np.array(ordered, dtype=object), ends)]


def every_nth(names: Iterable[str], parts: int) -> list[list[str]]:
    """Parts of which the k-th holds the sorted names k, k + parts, k + 2 parts, ..."""
    ordered = sorted(set(names))
    return [ordered[k::parts] for k in range(parts)]


def verified(given: tuple[Fold, ...], rule: tuple[Fold, ...], where: str) -> tuple[Fold, ...]:
    """The given folds, if they are those of the rule.

    Args:
        given: as a file lists them.
        rule: as they are known to be made.
        where: the file, for the message.

    Raises:
        BenchError: they differ; the number of ids that stand on another side is said.
    """
    if len(given) != len(rule):
        raise BenchError(
            f"{where}: {len(given)} folds; the official split has {len(rule)}. Restore the "
            f"distributor's files."
        )
    for ours, theirs in zip(rule, given, strict=True):
        apart = {*ours.test} ^ {*theirs.test} | {*ours.train} ^ {*theirs.train}
        if apart:
            raise BenchError(
                f"{where} differs from the official split in {len(apart)} ids of fold "
                f"{ours.index + 1}, the first is {min(apart)!r}. Restore the distributor's files, "
                f"or pass your own with --split."
            )
    return given


def _grouped(names: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for id, name in names.items():
        groups[name].append(id)
    return groups
