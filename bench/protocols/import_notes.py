"""What a person must know of how public lists became folds, in sentences."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from bench.datasets.listed_labels import Labels
from bench.datasets.lists import PublicList
from bench.datasets.tree import known
from bench.protocols import content_hash
from bench.protocols.diff import difference, verdict
from bench.protocols.known import known_folds
from bench.records import Dataset, Protocol


def forms(lists: Sequence[PublicList]) -> Iterator[str]:
    """How lists were read, each form once."""
    files: defaultdict[str, list[str]] = defaultdict(list)
    for one in lists:
        files[one.form].append(one.file)
    for form, names in files.items():
        yield f"read as '{form}': {', '.join(names)}"


def label_notes(labels: Labels) -> Iterator[str]:
    """The coding of numbers, and how many labels were overruled."""
    if labels.coding:
        yield "labels: " + ", ".join(f"{code} {name}" for code, name in labels.coding.items())
    if labels.contradictions:
        count = len(labels.contradictions)
        yield (
            f"labels that differ from the dataset's, which count: {count}, the first is "
            f"{labels.contradictions[0]}"
        )


def set_aside(ids: Collection[str], *, merged: bool) -> Iterator[str]:
    """What became of the videos that lists set aside for validation, where there are any."""
    if ids:
        fate = "trained on" if merged else "left out"
        yield f"set aside for validation by the lists: {_plural(len(ids), 'video')}, {fate} here"


def beside(protocol: Protocol, aside: Collection[str], dataset: Dataset) -> Iterator[str]:
    """Videos that a fold has on neither side and that no list sets aside.

    Folds that lack the same videos are said together.
    """
    every = {video.id for video in dataset.videos} - {*aside}
    folds: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    for number, fold in enumerate(protocol.folds, start=1):
        folds[tuple(sorted(every.difference(fold.train, fold.test)))].append(str(number))
    for ids, numbers in folds.items():
        if ids:
            every_fold = len(numbers) == len(protocol.folds)
            where = "every fold" if every_fold else f"fold {', '.join(numbers)}"
            yield f"on neither side of {where}: {_plural(len(ids), 'video')}, {known(ids)}"


def against_known(protocol: Protocol, dataset: Dataset) -> Iterator[str]:
    """How the folds stand to those that a rule is known for, of the same number."""
    for name, folds in known_folds(dataset).items():
        if len(folds) == len(protocol.folds):
            digest = content_hash(protocol.classes, folds, protocol.combine)
            other = replace(protocol, name=name, folds=folds, hash=digest)
            found = difference(protocol, other)
            yield f"beside {name!r}: {verdict(found, 'the lists', repr(name))}"


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
