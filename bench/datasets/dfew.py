"""Reads DFEW and its five folds."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.datasets import tree
from bench.datasets.numbered import (
    PROTOCOL,
    Pixels,
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

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_CODES = {
    "1": "happy",
    "2": "sad",
    "3": "neutral",
    "4": "angry",
    "5": "surprise",
    "6": "disgust",
    "7": "fear",
}
_KINDS = {
    "clip_224x224": ("", ("clip224x224",)),
    "original": (".mp4", ("original",)),
    "clip_224x224_16f": ("", ("clip224x22416f", "clip224x16f")),
}
_ALIGNED = ("clip_224x224", "clip_224x224_16f")
_PART = re.compile(r"dfewpart[0-9]+")
_LIST_FILE = re.compile(r"(?:single_)?(train|test)?_?set_?([1-5])\.csv", re.IGNORECASE)
_HEADER = ["video_name", "label"]
_NO_LISTS = {
    False: "No lists: labels are those of annotation.xlsx, folds are made by the rule of the "
    "official split over the aligned clips.",
    True: "No lists: labels are those of annotation.xlsx; there are no official folds, since "
    "original clips do not tell which faces the distributor lost.",
}
_REASONS = {False: "without a single label", True: "single-labelled, without a usable face"}


def load(root: Path) -> Dataset:
    """DFEW, clips of films, the seven basic expressions of the single-labelled part.

        root/                                   also: a folder around it, DFEW-part1 + DFEW-part2
          Clip/
            clip_224x224/00001/00001_00001.jpg …    aligned, all frames: preferred
            original/00001.mp4                      read where the former is absent
            clip_224x224_16f/00001/1.jpg … 16.jpg   aligned, 16 frames: read last
          EmoLabel_DataSplit/
            train(single-labeled)/set_1.csv … set_5.csv     video_name,label (1 happy, 2 sad,
            test(single-labeled)/set_1.csv … set_5.csv      3 neutral, 4 angry, 5 surprise,
                                                            6 disgust, 7 fear)
          Annotation/annotation.xlsx            1happy … 7fear, order (the clip), label; 0: no
                                                single label

    No subjects or films are distributed. Left out and counted: clips without a single label, and
    those that no list has since no face was found. The test side of fold k is the k-th fifth of the
    sorted clips of each class; lists are verified against that, and absent ones made by it. Without
    any list the annotation gives the labels; the folds are then made over the aligned clips, and
    not at all from the original ones, of which nobody knows the faces that were lost.
    Source: Jiang et al., ACM MM 2020, https://doi.org/10.1145/3394171.3413620.

    Raises:
        BenchError: the folder is not there, or is half there; a list cannot be used or is wrong.
    """
    with tree.readable("dfew"):
        return _dataset(root)


def _dataset(root: Path) -> Dataset:
    home = tree.located(root, _holds, "dfew", "EmoLabel_DataSplit/ or Annotation/")
    problems = tree.Problems("dfew", "Restore the distributor's files.")
    parts = _parts(home)
    lists = _lists(parts, problems)
    annotated = _annotated(parts, problems)
    labels = merged(lists, problems)
    require_whole(lists, problems)
    if not lists and not annotated:
        problems.add(f"{home} has neither lists of folds (set_1.csv) nor annotation.xlsx")
    problems.stop()
    pixels = pixels_of(_places(parts), root, "clip_224x224", _ALIGNED)
    original = bool(pixels.suffix)
    if not lists:
        labels = _usable(annotated, pixels, root)
    videos, missing = videos_of("dfew", labels, pixels)
    tree.require_most("dfew", len(videos), missing, root)
    tree.require_inside("dfew", (v.path for v in videos if v.id in missing), root)
    folds = five_folds("dfew", lists, labels) if lists or not original else ()
    return Dataset(
        "dfew",
        CLASSES,
        videos,
        left_out=_left_out(annotated, labels, pixels),
        missing=missing,
        official={PROTOCOL: folds} if folds else {},
        notes=(
            f"Frames are those of {pixels.kind}.",
            *(absent_lists(lists) if lists else [_NO_LISTS[original]]),
            *_disagreement(annotated, labels),
        ),
    )


def _usable(annotated: Mapping[str, str], pixels: Pixels, root: Path) -> dict[str, str]:
    """Labels of the annotation, of the aligned clips where those are there."""
    labels = {number: label for number, label in annotated.items() if label}
    if pixels.suffix:
        return labels
    tree.require_most("dfew", len(labels), videos_of("dfew", labels, pixels)[1], root)
    return {number: label for number, label in labels.items() if number in pixels.clips}


def _left_out(
    annotated: Mapping[str, str], labels: Mapping[str, str], pixels: Pixels
) -> dict[str, int]:
    every = {*annotated, *pixels.clips} - {*labels}
    reasons = {number: _REASONS[bool(annotated[number])] for number in every & annotated.keys()}
    return dict(Counter(reasons.get(number, "in no list") for number in every))


def _disagreement(annotated: Mapping[str, str], labels: Mapping[str, str]) -> tuple[str, ...]:
    """The verified lists count; that the annotation says otherwise is worth a sentence."""
    apart = [number for number, label in labels.items() if annotated.get(number, label) != label]
    if not apart:
        return ()
    return (
        f"annotation.xlsx disagrees with the lists on {len(apart)} clips, the first is "
        f"{min(apart)}; the lists count.",
    )


def _holds(folder: Path) -> bool:
    return any(_named(part, "emolabeldatasplit", "annotation") for part in _parts(folder))


def _parts(folder: Path) -> list[Path]:
    below = [path for path in tree.folders(folder) if _PART.fullmatch(_letters(path.name))]
    return [folder, *below]


def _named(folder: Path, *names: str) -> list[Path]:
    return [path for path in tree.folders(folder) if _letters(path.name) in names]


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _places(parts: Sequence[Path]) -> dict[str, tuple[str, list[Path]]]:
    """Kind of pixels -> suffix, and the folders of that name."""
    homes = [home for part in parts for home in _named(part, "clip")] or [parts[0] / "Clip"]
    return {
        kind: (suffix, [place for home in homes if home.is_dir() for place in _named(home, *names)])
        for kind, (suffix, names) in _KINDS.items()
    }


def _lists(parts: Sequence[Path], problems: tree.Problems) -> dict[tuple[str, int], dict[str, str]]:
    lists: dict[tuple[str, int], dict[str, str]] = {}
    for folder in (place for part in parts for place in _named(part, "emolabeldatasplit")):
        for path in sorted(folder.rglob("*.csv")):
            if key := _key(path):
                if key in lists:
                    problems.add(f"{path} is a second {key[0]} list of fold {key[1]}")
                lists[key] = _labels(path, problems)
    return lists


def _key(path: Path) -> tuple[str, int] | None:
    """Side and fold of a list, from its own name and that of its folder."""
    named = _LIST_FILE.fullmatch(path.name)
    folder = re.match("train|test", path.parent.name.lower())
    side = (named and named[1]) or (folder and folder[0])
    return (side.lower(), int(named[2])) if named and side else None


def _labels(path: Path, problems: tree.Problems) -> dict[str, str]:
    lines = lines_of(path, problems)
    if lines and [cell.strip('" ') for cell in lines[0][1].split(",")] != _HEADER:
        problems.add(f"{lines[0][0]}: {lines[0][1]!r} is not the header {','.join(_HEADER)}")
    labels: dict[str, str] = {}
    for where, text in lines[1:]:
        number, _, code = (cell.strip('" ') for cell in text.partition(","))
        name = clip_number(number)
        if not name:
            problems.add(f"{where}: {number!r} is no number of a clip")
        elif code not in _CODES:
            problems.add(f"{where}: label {code!r} is none of 1 to {len(_CODES)}")
        elif name in labels:
            problems.add(f"{where}: clip {name} is listed twice")
        else:
            labels[name] = _CODES[code]
    return labels


def _annotated(parts: Sequence[Path], problems: tree.Problems) -> dict[str, str]:
    """Number -> class, empty for a clip without a single label."""
    found = [place / "annotation.xlsx" for part in parts for place in _named(part, "annotation")]
    labels: dict[str, str] = {}
    for path in (path for path in found if path.exists()):
        for row, (order, code) in enumerate(_rows(path, problems), start=2):
            number = clip_number(order)
            if not (order or code):
                continue
            if not number or code not in {"0", *_CODES}:
                problems.add(f"{path}, row {row}: clip {order!r} with label {code!r}")
            elif labels.setdefault(number, _CODES.get(code, "")) != _CODES.get(code, ""):
                problems.add(f"{path}, row {row}: clip {number} has two labels")
    return labels


def _rows(path: Path, problems: tree.Problems) -> list[tuple[str, str]]:
    """Texts of the columns order and label."""
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        rows = [[_text(cell) for cell in row] for row in book.worksheets[0].values]
        book.close()
    except Exception as error:  # a damaged workbook fails in any layer of the reader
        problems.add(f"{path} cannot be read: {tree.reason(error)}")
        return []
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if "order" not in header or "label" not in header:
        problems.add(f"{path} has no columns order and label")
        return []
    order, label = header.index("order"), header.index("label")
    padded = [[*row, *[""] * len(header)] for row in rows[1:]]
    return [(row[order], row[label]) for row in padded]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
