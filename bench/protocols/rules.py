"""Named protocols: a dataset and a name to folds, pure and seeded."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.protocols import balance, blocks, given
from bench.protocols.frozen import content_hash, thaw
from bench.protocols.known import known_overlaps
from bench.records import Dataset, Fold, Protocol, Video

NAMES: Mapping[str, str] = {
    "subject-<k>-fold": "k subject-independent folds, balanced in class and size",
    "loso": "leave one subject out: a fold a subject",
    "given": "your own split file, with --split FILE",
    "given-fold": "the column fold of the list that the dataset csv reads",
    "official, official-...": "the distributor's folds, where a dataset ships them",
    "fan-10-fold": "the rule of FAN for CK+: the sorted subjects, modulo 10",
    **{
        name: f"blocks of subjects that ship as a file, for {', '.join(datasets)}"
        for name, datasets in blocks.every().items()
        if not name.startswith("subject-")
    },
}
"""What `split` knows, as `bench list protocols` shows it."""


def split(dataset: Dataset, name: str, *, seed: int = 0, file: Path | None = None) -> Protocol:
    """The folds of a dataset under a named protocol; the order of its videos plays no role.

    Args:
        dataset: what a loader found.
        name: `subject-<k>-fold` (subject-independent, balanced in class and size), `loso` (each
            subject tested alone), a protocol of blocks (`bench.protocols.blocks`), a name of
            `dataset.official`, or `given`.
        seed: of `subject-<k>-fold`.
        file: for `given`: a csv with the columns id and fold (the fold that tests the video), or a
            json that `freeze` wrote.

    Raises:
        BenchError: the name is unknown, subjects are missing or too few, the file is not as it
            should be, or a class has no training video in a fold.
    """
    if made := _from_blocks(dataset, name):
        protocol = made
    elif found := re.fullmatch(r"subject-(\d+)-fold", name):
        protocol = _subject_folds(dataset, int(found[1]), seed)
    elif name == "loso":
        protocol = _leave_one_subject_out(dataset)
    elif name == "given":
        protocol = _given(dataset, file)
    elif name in dataset.official:
        own = "the list" if name == "given-fold" else "the rule of its loader"
        whose = "the distributor" if name.startswith("official") else own
        protocol = _protocol(dataset, name, dataset.official[name], whose)
    else:
        known = (
            *dataset.official,
            *blocks.names(dataset.name),
            "subject-<k>-fold",
            "loso",
            "given",
        )
        raise unknown("protocol", name, known)
    _require_training_videos(protocol, dataset)
    return protocol


def cross_corpus(tested: Dataset, trained: Dataset) -> Protocol:
    """One fold that trains on the whole of a dataset and tests the whole of another.

    Raises:
        BenchError: they have other classes, or a class has no training video.
    """
    fold = Fold(0, tuple(v.id for v in trained.videos), tuple(v.id for v in tested.videos))
    source = f"all of {trained.name} trains, all of {tested.name} is tested"
    name = f"trained-on-{trained.name}-{len(tested.classes)}-classes"
    protocol = replace(_protocol(tested, name, [fold], source), name=name)
    _require_training_videos(protocol, trained)
    return protocol


def labelled(name: str, dataset: Dataset) -> str:
    """The name of a protocol, which says how many classes a harmonised dataset has."""
    return f"{name}-{len(dataset.classes)}-classes" if dataset.harmonised else name


def _from_blocks(dataset: Dataset, name: str) -> Protocol | None:
    file = blocks.shipped(dataset.name, name)
    folds = blocks.folds(file, dataset) if file and file.blocks else None
    return _protocol(dataset, name, folds, file.rule) if file and folds else None


def _subject_folds(dataset: Dataset, folds: int, seed: int) -> Protocol:
    subjects = _by_subject(dataset)
    if not 2 <= folds <= len(subjects):
        remedy = f"Choose 2 to {len(subjects)} folds" if len(subjects) > 1 else "Add subjects"
        raise BenchError(
            f"{folds} folds need at least {max(folds, 2)} subjects and at least 2 folds; dataset "
            f"{dataset.name!r} has {len(subjects)}. {remedy}."
        )
    part = balance.deal(balance.class_counts(subjects, dataset.classes), folds, seed=seed)
    tests = [[v.id for s in subjects if part[s] == k for v in subjects[s]] for k in range(folds)]
    source = f"subject-independent, balanced, seed {seed}"
    return _protocol(dataset, f"subject-{folds}-fold", _complete(dataset, tests), source)


def _leave_one_subject_out(dataset: Dataset) -> Protocol:
    subjects = _by_subject(dataset)
    if len(subjects) < 2:
        raise BenchError(
            f"leave-one-subject-out needs at least 2 subjects; dataset {dataset.name!r} has "
            f"{len(subjects)}. Choose another protocol."
        )
    tests = [[video.id for video in subjects[subject]] for subject in sorted(subjects)]
    return _protocol(dataset, "loso", _complete(dataset, tests), "each subject tested alone")


def _given(dataset: Dataset, file: Path | None) -> Protocol:
    if file is None:
        raise BenchError("protocol 'given' needs a split file, csv or json. Pass --split FILE.")
    if file.suffix == ".json":
        # its hash covers no overlaps, and who lets one through is not for a file to say
        return replace(thaw(file), overlaps=known_overlaps(dataset))
    tests: dict[int, list[str]] = defaultdict(list)
    for id, fold in given.read_split(file).items():
        tests[fold].append(id)
    name = "given-" + re.sub(r"[^\w.-]+", "-", file.stem)
    ordered = [tests[fold] for fold in sorted(tests)]
    every = [id for ids in ordered for id in ids]
    return _protocol(dataset, name, _complement(every, ordered), f"the file {file.name}")


def _by_subject(dataset: Dataset) -> dict[str, list[Video]]:
    nameless = [video.id for video in dataset.videos if video.subject is None]
    if nameless:
        raise BenchError(
            f"{len(nameless)} of {len(dataset.videos)} videos of dataset {dataset.name!r} have no "
            f"subject, the first is {min(nameless)!r}; subject-independent folds need one for "
            f"each. Choose an official or a given protocol."
        )
    subjects: dict[str, list[Video]] = defaultdict(list)
    for video in dataset.videos:
        subjects[str(video.subject)].append(video)
    return subjects


def _complete(dataset: Dataset, tests: Sequence[Sequence[str]]) -> tuple[Fold, ...]:
    return _complement([video.id for video in dataset.videos], tests)


def _complement(every: Sequence[str], tests: Sequence[Sequence[str]]) -> tuple[Fold, ...]:
    """Folds whose training side is all that they do not test."""
    return tuple(
        Fold(index, tuple(sorted(set(every) - set(test))), tuple(sorted(test)))
        for index, test in enumerate(tests)
    )


def _protocol(dataset: Dataset, name: str, folds: Sequence[Fold], source: str) -> Protocol:
    return Protocol(
        name=labelled(name, dataset),
        dataset=dataset.name,
        classes=dataset.classes,
        folds=tuple(folds),
        combine="pool",
        hash=content_hash(dataset.classes, folds, "pool"),
        source=source,
        overlaps=known_overlaps(dataset),
    )


def _require_training_videos(protocol: Protocol, dataset: Dataset) -> None:
    labels = {video.id: video.label for video in dataset.videos}
    for fold in protocol.folds:
        trained = {labels[id] for id in fold.train if id in labels}
        for name in dataset.classes:
            if name not in trained:
                raise BenchError(
                    f"class {name!r} has no training video in fold {fold.index + 1}. Choose "
                    f"another protocol or split; a class needs videos of two subjects at least."
                )
