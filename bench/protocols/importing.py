"""Public split lists, brought to the videos of a dataset, as a protocol of one's own."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets import listed_labels
from bench.datasets.lists import PARTS, Listed, Part, PublicList, read
from bench.datasets.matching import Endings, matched
from bench.datasets.tree import Problems
from bench.errors import BenchError
from bench.protocols import content_hash
from bench.protocols.import_notes import against_known, beside, forms, label_notes, set_aside
from bench.protocols.known import known_overlaps
from bench.records import Dataset, Fold, Protocol

_REMEDY = "Mend the lists, or complete the dataset."
_LABELS = (
    "Check that the lists are of this dataset; --own-labels imports the folds though labels differ."
)


@dataclass(frozen=True, slots=True)
class Request:
    """What is imported, and how."""

    name: str
    """Of the protocol."""
    tests: tuple[Path, ...]
    """A list for each fold, or lists that have several folds or both sides themselves."""
    trains: tuple[Path, ...] = ()
    """As many; without any, a fold trains on every other video of the dataset."""
    merge_validation: bool = False
    """Whether videos that a list sets aside for validation are trained on, or left out."""
    own_labels: bool = False
    """Whether lists may label videos otherwise than the dataset, whose labels count."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Folds that lists made, and what a person must know of how they were read."""

    protocol: Protocol
    notes: tuple[str, ...]
    """A sentence each: forms, coding of labels, videos on neither side, the official folds."""


def import_folds(request: Request, dataset: Dataset) -> Imported:
    """The folds of public lists over the videos of a dataset.

    A path is matched to a video by its end, never by its label; labels are then compared.

    Args:
        request: the lists.
        dataset: what a loader found.

    Raises:
        BenchError: a list cannot be read, or the lists do not go together; paths mean no video or
            several, or labels contradict the dataset (ten are named, all are counted).
    """
    _require_name(request.name)
    problems = Problems(dataset.name, _REMEDY)
    tests = [read(path, problems) for path in request.tests]
    trains = [read(path, problems) for path in request.trains]
    problems.stop()
    _require_fitting(tests, trains)
    ids = _ids((*tests, *trains), dataset, problems)
    labels = listed_labels.compare(ids, dataset)
    if not request.own_labels:
        _refuse(labels.contradictions, dataset)
    sides = list(_sides(tests, trains, ids, request, dataset))
    protocol = _protocol(request.name, (*tests, *trains), sides, dataset)
    aside = {id for one in sides for id in one.validation}
    notes = (
        *forms((*tests, *trains)),
        *label_notes(labels),
        *set_aside(aside, merged=request.merge_validation),
        *beside(protocol, aside, dataset),
        *against_known(protocol, dataset),
    )
    return Imported(protocol, notes)


@dataclass(frozen=True, slots=True)
class _Sides:
    """The videos of one fold."""

    train: set[str]
    test: set[str]
    validation: set[str]


def _require_name(name: str) -> None:
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise BenchError(
            f"--name {name!r} cannot name a folder; expected letters, digits, '-', '_' and '.'."
        )


def _require_fitting(tests: Sequence[PublicList], trains: Sequence[PublicList]) -> None:
    whole = [one.file for one in (*tests, *trains) if one.two_sided or one.folds > 1]
    if trains and whole:
        raise BenchError(
            f"{whole[0]} names several folds or both sides itself. Pass it with --test, and "
            f"nothing with --train."
        )
    if trains and len(trains) != len(tests):
        raise BenchError(
            f"{_plural(len(trains), 'list')} with --train and {len(tests)} with --test; expected "
            f"one of each for every fold, or none with --train to train on all other videos."
        )


def _ids(lists: Sequence[PublicList], dataset: Dataset, problems: Problems) -> dict[Listed, str]:
    """The video of every line; a video that one side of a list has twice is a problem."""
    endings = Endings(dataset)
    ids: dict[Listed, str] = {}
    for one in lists:
        ids |= zip(one.videos, matched(one.videos, endings, problems), strict=True)
        first: dict[tuple[str, int, Part], Listed] = {}
        for line in one.videos:
            twin = first.setdefault((ids[line], line.fold, line.part), line)
            if ids[line] and twin is not line:
                problems.add(f"{line.where}: {ids[line]!r} a second time, after {twin.path!r}")
    problems.stop()
    return ids


def _refuse(contradictions: Sequence[str], dataset: Dataset) -> None:
    problems = Problems(dataset.name, _LABELS)
    for sentence in contradictions:
        problems.add(sentence)
    problems.stop()


def _sides(
    tests: Sequence[PublicList],
    trains: Sequence[PublicList],
    ids: Mapping[Listed, str],
    request: Request,
    dataset: Dataset,
) -> Iterator[_Sides]:
    every = {video.id for video in dataset.videos}
    for position, one in enumerate(tests):
        for fold in range(one.folds):
            train, test, validation = (_part(one, fold, part, ids) for part in PARTS)
            if trains:
                train = _part(trains[position], 0, "test", ids)
            elif not one.two_sided:
                train = every - test
            elif request.merge_validation:
                train |= validation
            yield _Sides(train, test, validation)


def _part(one: PublicList, fold: int, part: Part, ids: Mapping[Listed, str]) -> set[str]:
    return {ids[line] for line in one.videos if (line.fold, line.part) == (fold, part)}


def _protocol(
    name: str, lists: Sequence[PublicList], sides: Sequence[_Sides], dataset: Dataset
) -> Protocol:
    """The folds, with the overlaps that the distributor of the videos is known to ship."""
    folds = tuple(
        Fold(k, tuple(sorted(one.train)), tuple(sorted(one.test))) for k, one in enumerate(sides)
    )
    return Protocol(
        name=name,
        dataset=dataset.name,
        classes=dataset.classes,
        folds=folds,
        combine="pool",
        hash=content_hash(dataset.classes, folds, "pool"),
        source="the lists " + ", ".join(f"{one.file} (sha256 {one.sha256})" for one in lists),
        overlaps=known_overlaps(dataset),
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
