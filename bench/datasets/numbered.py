"""Numbered clips and lists of five folds, as DFEW and MAFW distribute them."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets import splits, tree
from bench.datasets.tree import is_clip, stays
from bench.records import Fold, Video

PROTOCOL = "official-5-fold"
FOLDS = 5
SIDES = ("train", "test")
Lists = Mapping[tuple[str, int], Mapping[str, str]]
"""Labels by clip of each list: (`train` or `test`, fold from 1) -> number -> class."""

_NUMBER = re.compile(r"[0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Pixels:
    """Where the frames of numbered clips lie."""

    kind: str
    """The distributor's name for them."""
    clips: Mapping[str, str]
    """Number in five digits -> path relative to the root."""
    folder: str
    """Where a missing clip is expected, relative to the root."""
    suffix: str
    """Of a video file; empty for folders of images."""
    aligned: bool
    """They are face crops that the distributor made."""

    def path(self, number: str) -> str:
        """The path of a clip, or the one where it is expected."""
        return self.clips.get(number) or f"{self.folder}/{number}{self.suffix}"


def pixels_of(
    kinds: Mapping[str, tuple[str, Sequence[Path]]],
    root: Path,
    shipped: str,
    aligned: Sequence[str],
) -> Pixels:
    """The first kind of pixels that is there.

    Args:
        kinds: name -> suffix of a video file, and the folders that may hold it.
        root: the folder that paths are relative to, and that no link may leave.
        shipped: the kind whose clips are the missing ones where none is there.
        aligned: the kinds that are face crops.
    """
    for kind, (suffix, folders) in kinds.items():
        found = [pair for folder in folders for pair in _clips(folder, root, suffix, 1)]
        if found:
            folder = min(path for _, path in found).rpartition("/")[0]
            clips = dict(sorted(found, reverse=True))
            return Pixels(kind, clips, folder, suffix, kind in aligned)
    suffix, folders = kinds[shipped]
    folder = folders[0].relative_to(root).as_posix() if folders else shipped
    return Pixels(shipped, {}, folder, suffix, shipped in aligned)


def _clips(folder: Path, root: Path, suffix: str, depth: int) -> Iterator[tuple[str, str]]:
    """Numbers and paths of the clips in a folder, and in its folders that are no clips."""
    if not (folder.is_dir() and stays(folder, root)):
        return
    start = folder.relative_to(root).as_posix()
    with os.scandir(folder) as entries:
        for entry in entries:
            stem = entry.name[: -len(suffix)] if suffix else entry.name
            if _NUMBER.fullmatch(stem):
                if entry.name.lower().endswith(suffix) and is_clip(entry, root, suffix):
                    yield stem.zfill(5), f"{start}/{entry.name}"
            elif depth and entry.name not in tree.STRAY:
                yield from _clips(Path(entry.path), root, suffix, depth - 1)


def merged(lists: Lists, problems: tree.Problems) -> dict[str, str]:
    """The labels of all lists; two for one clip are a problem."""
    labels: dict[str, str] = {}
    apart: dict[str, str] = {}
    for (side, fold), listed in sorted(lists.items()):
        for number, label in listed.items():
            if labels.setdefault(number, label) != label:
                apart[number] = (
                    f"clip {number} is {label} in the {side} list of fold {fold} and "
                    f"{labels[number]} in another list"
                )
    for number in sorted(apart):
        problems.add(apart[number])
    return labels


def require_whole(lists: Lists, problems: tree.Problems) -> None:
    """Some lists may be absent, but together they must name every clip."""
    train = {fold for side, fold in lists if side == "train"}
    test = {fold for side, fold in lists if side == "test"}
    if lists and not (len(train) > 1 or train & test or len(test) == FOLDS):
        names = ", ".join(f"{side} {fold}" for side, fold in sorted(lists))
        problems.add(
            f"the lists that are there ({names}) do not name all clips; the two lists of one fold "
            f"or {FOLDS} test lists do"
        )


def five_folds(name: str, lists: Lists, labels: Mapping[str, str]) -> tuple[Fold, ...]:
    """The lists as folds of ids, verified; absent ones are made by the rule.

    Args:
        name: of the dataset, before the number in an id.
        lists: those that are there.
        labels: number -> class of every clip.

    Raises:
        BenchError: a list differs from the rule.
    """
    rule = splits.folds_of(labels, splits.class_blocks(labels, FOLDS))
    given = tuple(
        Fold(
            fold.index,
            tuple(sorted(lists.get(("train", fold.index + 1), fold.train))),
            tuple(sorted(lists.get(("test", fold.index + 1), fold.test))),
        )
        for fold in rule
    )
    return tuple(
        Fold(fold.index, _ids(name, fold.train), _ids(name, fold.test))
        for fold in splits.verified(given, rule, f"a list of dataset {name!r}")
    )


def absent_lists(lists: Lists) -> tuple[str, ...]:
    """A sentence about the lists that are made by the rule, where some are."""
    every = [(side, fold) for side in SIDES for fold in range(1, FOLDS + 1)]
    absent = ", ".join(f"{side} {fold}" for side, fold in every if (side, fold) not in lists)
    return (f"Lists made by the rule of the official split: {absent}.",) if absent else ()


def videos_of(
    name: str, labels: Mapping[str, str], pixels: Pixels
) -> tuple[tuple[Video, ...], dict[str, str]]:
    """Every labelled clip as a video, and those of them that the tree lacks."""
    videos = tuple(
        Video(
            f"{name}:{number}",
            pixels.path(number),
            label,
            attributes={"pixels": pixels.kind},
            aligned=pixels.aligned,
        )
        for number, label in sorted(labels.items())
    )
    missing = {
        f"{name}:{number}": f"no clip at {pixels.path(number)}"
        for number in sorted(labels)
        if number not in pixels.clips
    }
    return videos, missing


def _ids(name: str, numbers: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}:{number}" for number in numbers)


def clip_number(text: str) -> str:
    """A clip's number in five digits; empty where the text is none."""
    return text.zfill(5) if _NUMBER.fullmatch(text) else ""
