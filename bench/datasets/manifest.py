"""Reads videos of one's own that a csv file lists."""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import StringIO
from pathlib import Path

from bench.datasets import splits, tree
from bench.errors import BenchError
from bench.records import Dataset, Fold, Video

_FILE = "manifest.csv"
_NEEDED = ("path", "label")
_OPTIONAL = ("subject", "group", "fold", "apex_first", "apex_last")
_SEPARATORS = ",;\t"


def load(root: Path) -> Dataset:
    """Videos of one's own, as a list names them.

        root/                       also: up to three folders around it
          manifest.csv              path, label; if wanted subject, group, fold, apex_first,
                                    apex_last (frames [first, last) from 0, or both empty); every
                                    other column becomes an attribute
          …                         a path is a video file or a folder of images, relative to
                                    the folder of manifest.csv

    The list is UTF-8 with comma, semicolon or tab. Classes are the labels as they are, sorted;
    subject and group are those of the list, none where the cell is empty. A column `fold` (the
    fold that tests the video) makes the protocol `given-fold`. Nothing is left out: a path without
    a file is named in `missing` and stays a video.
    Source: whoever made the list.

    Raises:
        BenchError: there is no list, it cannot be read or lacks a column, lines of it cannot be
            used (all are named), or more than a tenth of its videos are missing.
    """
    home = tree.located(root, lambda folder: (folder / _FILE).is_file(), "csv", _FILE)
    prefix = home.relative_to(root).as_posix()
    lines = _Lines(home / _FILE)
    videos: list[Video] = []
    for number, cells in lines.rows:
        if video := lines.video(number, cells, home, "" if prefix == "." else f"{prefix}/"):
            videos.append(video)
    lines.problems.stop()
    if not videos:
        raise BenchError(f"{home / _FILE} lists no video. Add a line for each, below the columns.")
    videos.sort(key=lambda video: video.id)
    missing = {v.id: f"{v.path} is missing" for v in videos if not (root / v.path).exists()}
    tree.require_most("csv", len(videos), missing, root)
    return Dataset(
        "csv",
        tuple(sorted({video.label for video in videos})),
        tuple(videos),
        missing=missing,
        official={"given-fold": lines.folds()} if lines.fold_of else {},
    )


class _Lines:
    """The lines of a list, and what is wrong with them.

    Args:
        file: the list.

    Raises:
        BenchError: it cannot be read, or its columns are not as they should be.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self.problems = tree.Problems(
            "csv", f"Mend these lines of {file}; quote a cell with a separator."
        )
        self.columns, self.rows = _read(file)
        self.fold_of: dict[str, int] = {}
        self._seen: dict[str, tuple[int, str]] = {}

    def video(self, number: int, cells: Sequence[str], home: Path, prefix: str) -> Video | None:
        """The video of a line, or None where something is wrong with the line."""
        if len(cells) != len(self.columns):
            self.problems.add(f"line {number}: {len(cells)} cells; expected {len(self.columns)}")
            return None
        row = dict(zip(self.columns, cells, strict=True))
        wrong = _wrong_cells(row) or _wrong_path(row["path"], home)
        path = "" if wrong else tree.inside(home, row["path"], "")
        wrong = wrong or self._wrong_twin(path, row["label"], number)
        if wrong:
            self.problems.add(f"line {number}: {wrong}")
            return None
        video = _video(row, path, prefix)
        if "fold" in row:
            self.fold_of[video.id] = int(row["fold"])
        return video

    def folds(self) -> tuple[Fold, ...]:
        """The folds of the list, in the order of their numbers.

        Raises:
            BenchError: there is but one.
        """
        tests: defaultdict[int, list[str]] = defaultdict(list)
        for id, fold in self.fold_of.items():
            tests[fold].append(id)
        if len(tests) < 2:
            raise BenchError(
                f"{self.file} names fewer than 2 folds; the rest of a fold is its training. Name "
                f"more, or remove the column fold."
            )
        return splits.folds_of(self.fold_of, [tests[fold] for fold in sorted(tests)])

    def _wrong_twin(self, path: str, label: str, number: int) -> str:
        first, known = self._seen.setdefault(path, (number, label))
        if first == number:
            return ""
        if known != label:
            return f"path {path!r} has the label {label!r}, and {known!r} in line {first}"
        return f"path {path!r} a second time, after line {first}"


def _read(file: Path) -> tuple[Sequence[str], list[tuple[int, list[str]]]]:
    """The columns, and number and cells of every line that is not empty."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        header = text.partition("\n")[0]
        separator = max(_SEPARATORS, key=header.count)
        reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(
            f"{file} cannot be read as a list: {tree.reason(error)}. Save it as csv in UTF-8."
        ) from error
    columns = rows[0][1] if rows else []
    _require_columns(columns, file)
    return columns, [(number, row) for number, row in rows[1:] if any(row)]


def _require_columns(columns: Sequence[str], file: Path) -> None:
    if not set(_NEEDED) <= set(columns) or len(set(columns)) < len(columns) or "" in columns:
        raise BenchError(
            f"{file} has the columns {', '.join(columns) or 'none'}; expected path, label, each "
            f"once and named, and if wanted {', '.join(_OPTIONAL)}. Mend its first line."
        )


def _wrong_cells(row: Mapping[str, str]) -> str:
    for name, cell in row.items():
        if not cell.isprintable():
            return f"{name} {cell!r} has characters that cannot be printed"
    if not row["label"]:
        return "no label"
    if "fold" in row and not _is_number(row["fold"]):
        return f"fold {row['fold']!r}; expected a whole number"
    first, last = row.get("apex_first", ""), row.get("apex_last", "")
    if (first == last == "") or (_is_number(first) and _is_number(last) and int(first) < int(last)):
        return ""
    return f"apex from {first!r} to {last!r}; expected 0 <= apex_first < apex_last, or none"


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _wrong_path(text: str, home: Path) -> str:
    try:
        path = home / tree.inside(home, text, "")
        leaves = path.exists() and not path.resolve().is_relative_to(home.resolve())
    except BenchError:
        leaves = True
    except OSError as error:
        return f"path {text!r} cannot be looked up: {error.strerror}"
    return f"path {text!r} is none inside of {home}" if leaves else ""


def _video(row: Mapping[str, str], path: str, prefix: str) -> Video:
    others = {name: cell for name, cell in row.items() if name not in (*_NEEDED, *_OPTIONAL)}
    first, last = row.get("apex_first"), row.get("apex_last")
    return Video(
        id=f"csv:{path}",
        path=f"{prefix}{path}",
        label=row["label"],
        subject=row.get("subject") or None,
        group=row.get("group") or None,
        attributes={name: cell for name, cell in others.items() if cell},
        apex=(int(first), int(last)) if first and last else None,
    )
