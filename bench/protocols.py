"""Datasets to folds: pure, seeded, hashed, and frozen to a file of ids."""

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from bench import balance, blocks, store
from bench.errors import BenchError, unknown
from bench.records import SCHEMA, Dataset, Fold, Protocol, Video
from bench.schema import plain, read

Combine = Literal["pool", "mean"]

NAMES: Mapping[str, str] = {
    "subject-<k>-fold": "k subject-independent folds, balanced in class and size",
    "loso": "leave one subject out: a fold a subject",
    "given": "your own split file, with --split FILE",
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
            subject tested alone), a protocol of blocks (`bench.blocks`), a name of
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
        whose = "the distributor" if name.startswith("official") else "the rule of its loader"
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
    protocol = _protocol(tested, f"trained-on-{trained.name}", [fold], source)
    _require_training_videos(protocol, trained)
    return protocol


def labelled(name: str, dataset: Dataset) -> str:
    """The name of a protocol, which says how many classes a harmonised dataset has."""
    return f"{name}-{len(dataset.classes)}-classes" if dataset.harmonised else name


def content_hash(classes: Sequence[str], folds: Sequence[Fold], combine: Combine) -> str:
    """sha256 over the ids of each fold, the classes in label order, and how folds combine."""
    sides = [[sorted(fold.train), sorted(fold.test)] for fold in folds]
    return store.digest({"classes": list(classes), "combine": combine, "folds": sides})


def freeze(protocol: Protocol, path: Path) -> None:
    """Write a protocol as one json of ids with its hash, whole or not at all.

    Raises:
        BenchError: the folder cannot be written.
    """
    body = {"schema": SCHEMA, **plain(protocol)}
    store.write_atomically(path, json.dumps(body, indent=1) + "\n")


def thaw(path: Path) -> Protocol:
    """Read a frozen protocol back.

    Raises:
        BenchError: the file is missing, no frozen protocol, of another schema, was changed, or
            has a name or fold numbers that cannot stand in a path.
    """
    try:
        body: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BenchError(
            f"{path} is no frozen protocol: {error}. Make one with `bench folds --freeze`."
        ) from error
    schema = body.pop("schema", None)
    if schema != SCHEMA:
        raise BenchError(
            f"{path} has schema {schema!r}; this version reads {SCHEMA}. Freeze it again."
        )
    protocol = read(Protocol, body, str(path))
    found = content_hash(protocol.classes, protocol.folds, protocol.combine)
    if found != protocol.hash:
        raise BenchError(
            f"{path} was changed after it was frozen: its content has the hash {found[:12]}, "
            f"it says {protocol.hash[:12]}. Restore the file, or freeze new folds under a new name."
        )
    numbers = [fold.index for fold in protocol.folds]
    if numbers != list(range(len(numbers))):
        raise BenchError(f"{path} numbers its folds {numbers}; expected 0, 1, 2, ... in order.")
    if not re.fullmatch(r"\w[\w.-]*", protocol.name):
        raise BenchError(
            f"{path} has the name {protocol.name!r}, which cannot name a folder; expected letters, "
            f"digits, '-', '_' and '.'."
        )
    return protocol


def validation_part(
    fold: Fold, dataset: Dataset, seed: int, share: float = 0.2
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Set a part of the training side aside to choose the epoch, balanced as well as it can be.

    Videos of one subject stay together; where subjects are not published, those of one group
    (movie, recording) do, and otherwise each video stands alone.

    Args:
        fold: its training side is divided; its test side is not looked at.
        dataset: gives subject, group and class of each id.
        seed: another one sets another part aside.
        share: of the training units, in (0, 0.5].

    Returns:
        ids left for training, and ids for validation.

    Raises:
        BenchError: every way to divide leaves a class without a training video.
    """
    train = set(fold.train)
    units: dict[str, list[Video]] = defaultdict(list)
    for video in dataset.videos:
        if video.id in train:
            units[_unit(video)].append(video)
    parts = min(round(1 / share), len(units))
    owner = balance.deal(_class_counts(units, dataset.classes), parts, seed=seed) if units else {}
    wanted = {video.label for videos in units.values() for video in videos}
    for part in range(parts):
        kept = [v for unit, videos in units.items() if owner[unit] != part for v in videos]
        if {video.label for video in kept} == wanted:
            ids = {video.id for video in kept}
            return tuple(sorted(ids)), tuple(sorted(train - ids))
    raise BenchError(
        f"fold {fold.index + 1} has {len(units)} training subjects, and setting a part of them "
        f"aside for validation always takes a class out of training. Select the last epoch."
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a fold in numbers."""

    videos: int
    subjects: int
    """Distinct published subjects."""
    classes: Mapping[str, int]
    """Videos of every class, in label order."""


@dataclass(frozen=True, slots=True)
class FoldSummary:
    """One fold in numbers: a row of `bench folds`."""

    index: int
    train: Side
    test: Side


def describe(protocol: Protocol, dataset: Dataset) -> tuple[FoldSummary, ...]:
    """Sizes and class balance of both sides of every fold."""
    videos = {video.id: video for video in dataset.videos}

    def side(ids: Iterable[str]) -> Side:
        found = [videos[id] for id in ids if id in videos]
        labels = Counter(video.label for video in found)
        return Side(
            videos=len(found),
            subjects=len({video.subject for video in found} - {None}),
            classes={name: labels[name] for name in dataset.classes},
        )

    return tuple(FoldSummary(f.index, side(f.train), side(f.test)) for f in protocol.folds)


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
    part = balance.deal(_class_counts(subjects, dataset.classes), folds, seed=seed)
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
        return thaw(file)
    tests: dict[int, list[str]] = defaultdict(list)
    for id, fold in _read_split(file).items():
        tests[fold].append(id)
    name = "given-" + re.sub(r"[^\w.-]+", "-", file.stem)
    ordered = [tests[fold] for fold in sorted(tests)]
    every = [id for ids in ordered for id in ids]
    return _protocol(dataset, name, _complement(every, ordered), f"the file {file.name}")


def _read_split(file: Path) -> dict[str, int]:
    """Video id -> number of the fold that tests it."""
    fold_of: dict[str, int] = {}
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = csv.DictReader(lines)
            if not {"id", "fold"} <= set(rows.fieldnames or ()):
                raise BenchError(
                    f"{file} has the columns {', '.join(rows.fieldnames or ()) or 'none'}; "
                    f"expected id, fold. Add them as its first line."
                )
            for row in rows:
                if row["id"] in fold_of:
                    raise BenchError(
                        f"{file} line {rows.line_num} has video {row['id']!r} a second time; each "
                        f"is tested once. Keep one of the lines."
                    )
                fold_of[row["id"]] = _fold_number(row["fold"], f"{file} line {rows.line_num}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{file} cannot be read as a split: {error}. Pass a csv file.") from error
    if len(set(fold_of.values())) < 2:
        raise BenchError(f"{file} names fewer than 2 folds; the rest of a fold is its training.")
    return fold_of


def _fold_number(text: str | None, where: str) -> int:
    try:
        return int(text or "")
    except ValueError as error:
        raise BenchError(f"{where} has the fold {text!r}; expected a whole number.") from error


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


def _unit(video: Video) -> str:
    for kind, name in (("subject", video.subject), ("group", video.group)):
        if name is not None:
            return f"{kind}:{name}"
    return f"video:{video.id}"


def _class_counts(
    units: Mapping[str, Sequence[Video]], classes: Sequence[str]
) -> dict[str, list[int]]:
    labels = {unit: Counter(video.label for video in videos) for unit, videos in units.items()}
    return {unit: [count[name] for name in classes] for unit, count in labels.items()}


def _complete(dataset: Dataset, tests: Sequence[Sequence[str]]) -> tuple[Fold, ...]:
    return _complement([video.id for video in dataset.videos], tests)


def _complement(every: Sequence[str], tests: Sequence[Sequence[str]]) -> tuple[Fold, ...]:
    """Folds whose training side is all that they do not test."""
    return tuple(
        Fold(index, tuple(sorted(set(every) - set(test))), tuple(sorted(test)))
        for index, test in enumerate(tests)
    )


def _protocol(dataset: Dataset, name: str, folds: Sequence[Fold], source: str) -> Protocol:
    file = blocks.shipped(dataset.name, name)
    return Protocol(
        name=labelled(name, dataset),
        dataset=dataset.name,
        classes=dataset.classes,
        folds=tuple(folds),
        combine="pool",
        hash=content_hash(dataset.classes, folds, "pool"),
        source=source,
        overlaps=file.overlaps if file else (),
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
