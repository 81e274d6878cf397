"""Reads MAFW, clips of films with one expression of eleven, or with several."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets import tree
from bench.datasets.numbered import (
    FOLDS,
    PROTOCOL,
    SIDES,
    absent_lists,
    clip_number,
    five_folds,
    merged,
    pixels_of,
    require_whole,
    videos_of,
)
from bench.datasets.tree import lines_of
from bench.records import Dataset

CLASSES = (
    "angry",
    "anxiety",
    "contempt",
    "disappointment",
    "disgust",
    "fear",
    "happy",
    "helplessness",
    "neutral",
    "sad",
    "surprise",
)

_NAMES = {name: name for name in CLASSES} | {"anger": "angry", "happiness": "happy"}
_NAMES |= {"sadness": "sad"}
_KINDS = {"faces": "", "frames": "", "clips": ".mp4"}
_CAPTIONS = {"no_caption": "utf-8-sig", "with_caption": "gbk"}
_CLIP = re.compile(r"([0-9]{1,5})\.mp4", re.IGNORECASE)


def load(root: Path) -> Dataset:
    """MAFW, the clips with a single expression, eleven classes.

        root/                                   nesting varies
          data/                                 also without this level
            faces/00025/….png                   face crops that some make: preferred
            frames/00025/….png                  read where the former are absent
            clips/00025.mp4                     read last
          Train & Test Set/
            single/                             compound/: see load_compound
              no_caption/set_1 … set_5/
                train.txt, test.txt             `00025.mp4 anger`
              with_caption/set_1 … set_5/       GBK; number, label, Chinese and English text, by
                train.txt, test.txt             tabs; has no neutral clips

    No subjects or films are distributed. Left out and counted: clips that no list has. The test
    side of fold k is the k-th fifth of the sorted clips of each class; lists are verified against
    that, and absent ones made by it. Where only the lists with captions are there, their clips are
    read and there are no official folds.
    Source: Liu et al., ACM MM 2022, https://doi.org/10.1145/3503161.3548190.

    Raises:
        BenchError: the folder is not there, or is half there; a list cannot be used or is wrong.
    """
    with tree.readable("mafw"):
        return _dataset(root, "mafw", "single")


def load_compound(root: Path) -> Dataset:
    """MAFW, the clips with one or several expressions, a class for each combination.

    The tree is that of `load`, with the lists of `compound/` instead of `single/`. A class is named
    by its expressions, sorted and joined by `_`: `angry_disgust`. Classes are those of the lists.
    Source: Liu et al., ACM MM 2022, https://doi.org/10.1145/3503161.3548190.

    Raises:
        BenchError: as `load`.
    """
    with tree.readable("mafw-compound"):
        return _dataset(root, "mafw-compound", "compound")


@dataclass(frozen=True, slots=True)
class _Format:
    """How a list is written, and which labels it may have."""

    caption: str
    compound: bool

    def parts(self, line: str) -> list[str]:
        """File and label; other than two of them where the line is wrong."""
        return line.split() if self.caption == "no_caption" else line.split("\t")[:2]

    def label(self, text: str) -> str:
        """The class, empty where the text names none."""
        names = [_NAMES.get(name.strip().lower(), "") for name in text.split("_")]
        allowed = all(names) and (self.compound or len(names) == 1)
        return "_".join(sorted(names)) if allowed and len({*names}) == len(names) else ""


def _dataset(root: Path, name: str, part: str) -> Dataset:
    home = tree.located(
        root, lambda folder: _holds(folder, part), name, f"Train & Test Set/{part}/no_caption/"
    )
    problems = tree.Problems(name, "Restore the distributor's files.")
    captions = next(caption for caption in _CAPTIONS if (home / part / caption).is_dir())
    written = _Format(captions, compound=part == "compound")
    lists = _lists(home / part / captions, written, problems)
    labels = merged(lists, problems)
    require_whole(lists, problems)
    problems.stop()
    pixels = pixels_of(_places(home, root), root, "clips", ("faces",))
    videos, missing = videos_of(name, labels, pixels)
    tree.require_most(name, len(videos), missing, root)
    tree.require_inside(name, (v.path for v in videos if v.id in missing), root)
    official = captions == "no_caption"
    unlisted = len(pixels.clips.keys() - labels)
    return Dataset(
        name,
        tuple(sorted({*labels.values()})) if written.compound else CLASSES,
        videos,
        left_out={"in no list": unlisted} if unlisted else {},
        missing=missing,
        official={PROTOCOL: five_folds(name, lists, labels)} if official else {},
        notes=(f"Frames are those of {pixels.kind}.", *_notes(official, len(labels), lists)),
    )


def _holds(folder: Path, part: str) -> bool:
    return any((folder / part / caption).is_dir() for caption in _CAPTIONS)


def _places(home: Path, root: Path) -> dict[str, tuple[str, Sequence[Path]]]:
    """Kind of pixels -> suffix, and the folders beside the lists or the folders around them."""
    around = [place for place in (*home.parents, home) if place.is_relative_to(root)]
    homes = [place / below for place in around for below in ("data", ".")]
    return {kind: (suffix, [place / kind for place in homes]) for kind, suffix in _KINDS.items()}


def _lists(
    folder: Path, written: _Format, problems: tree.Problems
) -> dict[tuple[str, int], dict[str, str]]:
    keys = [(side, fold) for side in SIDES for fold in range(1, FOLDS + 1)]
    files = {(side, fold): folder / f"set_{fold}" / f"{side}.txt" for side, fold in keys}
    lists = {key: _labels(path, written, problems) for key, path in files.items() if path.exists()}
    if not lists:
        problems.add(f"{folder} has no set_1/train.txt and no other list")
    return lists


def _labels(path: Path, written: _Format, problems: tree.Problems) -> dict[str, str]:
    labels: dict[str, str] = {}
    for where, text in lines_of(path, problems, _CAPTIONS[written.caption]):
        match [part.strip() for part in written.parts(text)]:
            case [file, name] if number := _number(file):
                label = written.label(name)
                if not label:
                    problems.add(f"{where}: unknown label {name!r}")
                elif number in labels:
                    problems.add(f"{where}: clip {number} is listed twice")
                else:
                    labels[number] = label
            case _:
                problems.add(f"{where}: {text!r} is not like '00025.mp4 anger'")
    return labels


def _number(file: str) -> str:
    match = _CLIP.fullmatch(file)
    return clip_number(match[1]) if match else ""


def _notes(
    official: bool, clips: int, lists: dict[tuple[str, int], dict[str, str]]
) -> tuple[str, ...]:
    if official:
        return absent_lists(lists)
    return (
        f"Only lists with captions are there, which omit neutral clips: {clips} clips are known, "
        f"and there are no official folds.",
    )
