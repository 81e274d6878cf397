"""Reads DFEW, and what other sets share with it: numbered clips, and lists of five folds."""

import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.datasets import splits, tree
from bench.errors import BenchError
from bench.records import Dataset, Fold, Video

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
PROTOCOL = "official-5-fold"
FOLDS = 5
SIDES = ("train", "test")
Line = tuple[str, str]
"""File and line number for a message, and the text."""
Lists = Mapping[tuple[str, int], Mapping[str, str]]
"""Labels by clip of each list: (`train` or `test`, fold from 1) -> number -> class."""

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
_NUMBER = re.compile(r"[0-9]{1,5}")
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
    try:
        return _dataset(root)
    except OSError as error:
        raise unreadable("dfew", error) from error


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

    def path(self, number: str) -> str:
        """The path of a clip, or the one where it is expected."""
        return self.clips.get(number) or f"{self.folder}/{number}{self.suffix}"


def unreadable(dataset: str, error: OSError) -> BenchError:
    """The sentence for a file or folder that the system does not give."""
    return BenchError(
        f"dataset {dataset!r}: {error.filename} cannot be read ({error.strerror}). Check its "
        f"permissions."
    )


def stays(path: str | Path, root: Path) -> bool:
    """Whether a path, its links followed, lies inside of the root."""
    real = os.path.realpath(root)
    return os.path.commonpath([real, os.path.realpath(path)]) == real


def lines_of(path: Path, problems: tree.Problems, encoding: str = "utf-8-sig") -> list[Line]:
    """The lines of a list that are not blank; that it is unreadable or empty is a problem."""
    try:
        text = path.read_text(encoding)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is no {encoding} text"
        problems.add(f"{path} cannot be read: {reason}")
        return []
    lines = [
        (f"{path}, line {number}", line.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not lines:
        problems.add(f"{path} is empty")
    return lines


def pixels_of(kinds: Mapping[str, tuple[str, Sequence[Path]]], root: Path, shipped: str) -> Pixels:
    """The first kind of pixels that is there.

    Args:
        kinds: name -> suffix of a video file, and the folders that may hold it.
        root: the folder that paths are relative to, and that no link may leave.
        shipped: the kind whose clips are the missing ones where none is there.
    """
    for kind, (suffix, folders) in kinds.items():
        found = [pair for folder in folders for pair in _clips(folder, root, suffix, 1)]
        if found:
            folder = min(path for _, path in found).rpartition("/")[0]
            return Pixels(kind, dict(sorted(found, reverse=True)), folder, suffix)
    suffix, folders = kinds[shipped]
    folder = folders[0].relative_to(root).as_posix() if folders else shipped
    return Pixels(shipped, {}, folder, suffix)


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


def is_clip(entry: os.DirEntry[str], root: Path, suffix: str = "") -> bool:
    """Whether an entry is a video file, or without a suffix a folder, and inside of the root."""
    if entry.is_symlink():
        path = Path(entry.path)
        return (path.is_file() if suffix else path.is_dir()) and stays(path, root)
    return entry.is_file() if suffix else entry.is_dir()


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
        Video(f"{name}:{number}", pixels.path(number), label, attributes={"pixels": pixels.kind})
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
    pixels = pixels_of(_places(parts), root, "clip_224x224")
    original = bool(pixels.suffix)
    if not lists:
        labels = _usable(annotated, pixels, root)
    videos, missing = videos_of("dfew", labels, pixels)
    tree.require_most("dfew", len(videos), missing, root)
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


def clip_number(text: str) -> str:
    """A clip's number in five digits; empty where the text is none."""
    return text.zfill(5) if _NUMBER.fullmatch(text) else ""


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
        problems.add(f"{path} cannot be read: {error}")
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
