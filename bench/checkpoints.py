"""Trained systems in files: kept beside a fold, and asked again without any training."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import nn

from bench.errors import BenchError
from bench.records import (
    Dataset,
    Finding,
    Fold,
    FoldRequest,
    InputSpec,
    ModelEntry,
    Preprocessing,
    Protocol,
    Weights,
)
from bench.schema import plain, read
from bench.weights import Report, load
from bench.weights.files import known

FOLD, INDEX = "{fold}", "{index}"
"""Stand in a path for the number of a fold, where each fold has a file of its own: from 1, as
distributors count, and from 0, as --folds and the files that `save` writes beside records."""

_KEY = "bench"
"""Under it a file that this program wrote says what it was trained on."""

_NAMED = 5
"""So many names are said before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Maker:
    """What a file that this program wrote says of itself."""

    model: str
    classes: tuple[str, ...]
    """In the order of its logits."""
    dataset: str
    """That was tested."""
    protocol: str
    protocol_hash: str
    fold: int
    """From 0."""
    seed: int
    identity: str
    train: tuple[str, ...]
    """Ids of the videos that it was trained on, or chosen by."""
    input: InputSpec
    """What it was fed, after the preset."""
    preprocessing: Preprocessing
    """How its frames were prepared."""


def save(path: Path, network: nn.Module, request: FoldRequest) -> None:
    """Write a trained network, and what it was trained on, as one file of plain data."""
    chosen = request.fold.test if request.selection == "test" else ()
    maker = Maker(
        model=request.model.name,
        classes=request.classes,
        dataset=request.dataset,
        protocol=request.protocol,
        protocol_hash=request.protocol_hash,
        fold=request.fold.index,
        seed=request.seed,
        identity=request.identity,
        train=(*request.fold.train, *chosen),
        input=request.model.input,
        preprocessing=request.preprocessing,
    )
    state = {name: tensor.cpu() for name, tensor in network.state_dict().items()}
    unfinished = path.with_suffix(".new")
    torch.save({"state_dict": state, _KEY: plain(maker)}, unfinished)
    unfinished.replace(path)


def maker_of(path: Path) -> Maker | None:
    """What a file says of itself; None where another program wrote it, or it cannot be read."""
    try:
        content = torch.load(
            str(path), map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path)
        )
    except Exception:  # what is wrong with it is said by whoever reads its weights
        return None
    said = content.get(_KEY) if isinstance(content, Mapping) else None
    return read(Maker, said, f"checkpoint {path}") if isinstance(said, Mapping) else None


def of_fold(pattern: str, fold: int) -> Path:
    """The file of one fold, numbered from 0."""
    return Path(pattern.replace(FOLD, str(fold + 1)).replace(INDEX, str(fold))).expanduser()


def weights_of(pattern: str, folds: Iterable[int]) -> Weights:
    """The files of some folds as one origin; the hash is that of all of them.

    Raises:
        BenchError: a file is not there.
    """
    paths = dict.fromkeys(of_fold(pattern, fold) for fold in folds)
    for path in paths:
        if not path.is_file():
            raise BenchError(
                f"checkpoint {path} is no file. Check --checkpoint; in it {FOLD} stands for the "
                f"number of a fold from 1, {INDEX} for that from 0."
            )
    hashes = [known(path.name, path).sha256 or "" for path in paths]
    whole = hashes[0] if len(hashes) == 1 else sha256("".join(hashes).encode()).hexdigest()
    return Weights(Path(pattern).name, whole, pattern)


def fill(network: nn.Module, entry: ModelEntry, path: Path) -> Report:
    """Lay a trained system into a network; every tensor of it must be in the file.

    Raises:
        BenchError: the file cannot be read, or lacks tensors that the answers depend on.
    """
    report = load(network, entry, known(path.name, path))
    found = set(report.matched)
    lacking = [
        name
        for name in network.state_dict()
        if name not in found
        and not name.endswith("num_batches_tracked")
        and not name.startswith(entry.unused)
    ]
    if lacking:
        more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
        tensors = "1 tensor" if len(lacking) == 1 else f"{len(lacking)} tensors"
        unfit = next((why for why in report.skipped if why.startswith(lacking[0])), "")
        raise BenchError(
            f"checkpoint {path} lacks {tensors} of model {entry.name!r}: "
            f"{', '.join(lacking[:_NAMED])}{more}{f' ({unfit})' if unfit else ''}. A trained "
            f"system is needed whole, with a logit for each class: see `bench weights check "
            f"{path} --model {entry.name}`."
        )
    return report


def answered_classes(
    paths: Sequence[Path], asked: Sequence[str], classes: Sequence[str]
) -> tuple[str, ...]:
    """The order in which checkpoints answer the classes of a dataset.

    Args:
        paths: the files.
        asked: the order that a person gives; (): the files say it.
        classes: of the dataset.

    Raises:
        BenchError: nobody says the order, a file or the person names other classes, or two orders
            disagree.
    """
    said = [(path, maker.classes) for path in paths if (maker := maker_of(path))]
    orders = [("--classes", tuple(asked))] * bool(asked) + said
    if not orders:
        raise BenchError(
            f"checkpoint {paths[0]} does not say in which order it answers the classes. Name them "
            f"in its order, as in --classes {','.join(classes)}."
        )
    for where, order in orders:
        if sorted(order) != sorted(classes):
            raise BenchError(
                f"{where} answers {', '.join(order)}; the videos are labelled "
                f"{', '.join(classes)}. Choose a dataset, or --labels, of the same classes."
            )
        if order != orders[0][1]:
            way = "Leave --classes out" if asked else "Ask for them one at a time"
            raise BenchError(
                f"{where} answers in the order {', '.join(order)}; {orders[0][0]} in that of "
                f"{', '.join(orders[0][1])}. {way}."
            )
    return orders[0][1]


def audited(
    pattern: str, folds: Sequence[Fold], dataset: Dataset, protocol: Protocol, allow: str | None
) -> tuple[Finding, ...]:
    """Whether checkpoints have seen the videos or the people that they are asked about.

    Args:
        pattern: of the files, one a fold.
        folds: that are tested.
        dataset: gives the subject of each video.
        protocol: the folds' own.
        allow: why a leak may stay; None: it may not.

    Raises:
        BenchError: a file was trained on tested videos or people.
    """
    subjects = {video.id: video.subject for video in dataset.videos}
    makers = {path: maker_of(path) for path in {of_fold(pattern, fold.index) for fold in folds}}
    found: dict[str, Finding] = {}
    for fold in folds:
        path = of_fold(pattern, fold.index)
        maker = makers[path]
        if maker is None:
            text = (
                f"checkpoint {path.name} was trained elsewhere; whether it has seen the tested "
                f"videos or people is not known."
            )
            found[text] = Finding("warning", text)
            continue
        held_out = maker.protocol_hash == protocol.hash and maker.fold == fold.index
        if leak := _leak(maker.train, fold, {} if held_out else subjects):
            seen = "had its epoch chosen by" if held_out else "was trained on"
            text = f"checkpoint {path.name} {seen} {leak} of fold {fold.index + 1}."
            if allow is None:
                way = (
                    "Train it with another --selection"
                    if held_out
                    else f"Test it on the fold it was held out from ({maker.protocol}, fold "
                    f"{maker.fold + 1})"
                )
                raise BenchError(
                    f"{text.removesuffix('.')}, which it is to be tested on. {way}, or say why "
                    f"not with --allow-leak REASON."
                )
            found[text] = Finding("allowed", f"{text} Reason given: {allow}")
    return tuple(found.values())


def unlike(
    pattern: str, folds: Sequence[Fold], input: InputSpec, preprocessing: Preprocessing
) -> tuple[Finding, ...]:
    """Where checkpoints are shown other pictures than those that they were trained on.

    Args:
        pattern: of the files, one a fold.
        folds: that are tested.
        input: that they are shown, after the preset.
        preprocessing: of the tested dataset.
    """
    found: dict[str, Finding] = {}
    for path in dict.fromkeys(of_fold(pattern, fold.index) for fold in folds):
        if maker := maker_of(path):
            differ = [
                *_differences(maker.input, input),
                *_differences(maker.preprocessing, preprocessing),
            ]
            if differ:
                text = f"checkpoint {path.name} was trained on other pictures: {'; '.join(differ)}."
                found[text] = Finding("warning", text)
    return tuple(found.values())


def _differences(theirs: object, ours: object) -> list[str]:
    """What differs between two records of one type, in words."""
    there, here = plain(theirs), plain(ours)
    return [f"{key} {there[key]!r}, here {here[key]!r}" for key in here if there[key] != here[key]]


def _leak(train: Sequence[str], fold: Fold, subjects: Mapping[str, str | None]) -> str:
    """What a training side shares with the test side of a fold, in words; "": nothing."""
    videos = set(train) & set(fold.test)
    trained: set[Any] = {subjects.get(id) for id in train} - {None}
    people = trained & {subjects.get(id) for id in fold.test}
    if videos:
        return f"{len(videos)} tested videos"
    return f"other videos of {len(people)} tested people" if people else ""
