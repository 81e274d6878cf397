"""Protocols that ship as files: which subjects each fold tests, and which overlaps are known."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from bench.errors import BenchError
from bench.records import Dataset, Fold, Video
from bench.schema import read
from bench.store import digest

FOLDER = Path(__file__).parent / "files"
"""`<dataset>/<protocol>.json`; a protocol of blocks is added by adding its file."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """What a protocol's file says."""

    dataset: str
    protocol: str
    rule: str
    """How the blocks were made, and by whom, in words."""
    hash: str
    """sha256 over blocks, others and overlaps, as `content` computes it."""
    blocks: tuple[tuple[str, ...], ...] = ()
    """Subjects that each fold tests; none where the distributor ships the folds."""
    others: Literal["refused", "left out", "dealt"] = "refused"
    """What is done where a subject is in no block: a sentence, it is left out (and then all
    subjects of the blocks are needed), or all are dealt anew, as where a block is empty."""
    overlaps: tuple[tuple[str, str], ...] = ()
    """Pairs of videos of the distributor that stand on both sides, and are known to."""


@cache
def shipped(dataset: str, protocol: str) -> Shipped | None:
    """The file of a protocol, or None where it needs none.

    Raises:
        BenchError: the file was changed after its hash was written.
    """
    # looked up among those that are there: a name such as ../x leads to no file
    paths = {path.stem: path for path in (FOLDER / dataset).glob("*.json")}
    if protocol not in paths:
        return None
    path = paths[protocol]
    found = read(Shipped, json.loads(path.read_text(encoding="utf-8")), str(path))
    if content(found) != found.hash:
        raise BenchError(
            f"{path} was changed: its content has the hash {content(found)[:12]}, it says "
            f"{found.hash[:12]}. Restore it; folds of your own go into a file for --split."
        )
    return found


def names(dataset: str) -> list[str]:
    """The protocols of a dataset that ship as blocks of subjects."""
    found = (shipped(dataset, path.stem) for path in sorted((FOLDER / dataset).glob("*.json")))
    return [one.protocol for one in found if one and one.blocks]


def every() -> dict[str, list[str]]:
    """Protocols of blocks, and the datasets that have them."""
    found: dict[str, list[str]] = {}
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        for protocol in names(folder.name):
            found.setdefault(protocol, []).append(folder.name)
    return found


def content(protocol: Shipped) -> str:
    """sha256 over what decides the folds and what is let through."""
    return digest(
        {
            "blocks": protocol.blocks,
            "others": protocol.others,
            "overlaps": protocol.overlaps,
        }
    )


def folds(protocol: Shipped, dataset: Dataset) -> tuple[Fold, ...] | None:
    """The folds of a dataset whose k-th tests the subjects of the k-th block.

    Returns:
        None where the blocks do not fit the subjects and the protocol deals them anew then.

    Raises:
        BenchError: a subject is in no block, a needed one is missing, or a block has no video.
    """
    block_of = {name: k for k, block in enumerate(protocol.blocks) for name in block}
    here = [video for video in dataset.videos if video.subject in block_of]
    found = {str(video.subject) for video in dataset.videos}
    strangers = sorted(found - {*block_of})
    empty = any(found.isdisjoint(block) for block in protocol.blocks)
    if protocol.others == "dealt" and (strangers or empty):
        return None
    if strangers and protocol.others == "refused":
        raise BenchError(
            f"protocol {protocol.protocol!r} of dataset {dataset.name!r} has no subject "
            f"{strangers[0]!r}{_more(len(strangers))}; it divides {_run(protocol.blocks)}. Remove "
            f"what is not the distributor's, or choose 'subject-<k>-fold'."
        )
    _require_subjects(protocol, here, dataset.name)
    tests: dict[int, list[str]] = defaultdict(list)
    for video in here:
        tests[block_of[str(video.subject)]].append(video.id)
    ids = {video.id for video in here}
    return tuple(
        Fold(k, tuple(sorted(ids.difference(tests[k]))), tuple(sorted(tests[k])))
        for k in range(len(protocol.blocks))
    )


def _require_subjects(protocol: Shipped, here: Sequence[Video], dataset: str) -> None:
    found = {video.subject for video in here}
    lacking = [name for block in protocol.blocks for name in block if name not in found]
    if lacking and protocol.others == "left out":
        raise BenchError(
            f"protocol {protocol.protocol!r} of dataset {dataset!r} needs all of "
            f"{_run(protocol.blocks)}; subject {lacking[0]!r} is missing{_more(len(lacking))}. "
            f"Complete the dataset, or choose 'subject-<k>-fold'."
        )
    for number, block in enumerate(protocol.blocks, start=1):
        if not found.intersection(block):
            raise BenchError(
                f"protocol {protocol.protocol!r} of dataset {dataset!r} tests the subjects "
                f"{', '.join(block)} in fold {number}, and none of them is there. Complete the "
                f"dataset, or choose 'subject-<k>-fold'."
            )


def _run(blocks: Sequence[Sequence[str]]) -> str:
    every = sorted(name for block in blocks for name in block)
    return f"{len(every)} subjects, {every[0]} to {every[-1]}"


def _more(count: int) -> str:
    return f" (and {count - 1} more)" if count > 1 else ""
