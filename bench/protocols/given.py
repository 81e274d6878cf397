"""A split file of one's own: which fold tests each video."""

import csv
from collections.abc import Mapping
from pathlib import Path

from bench.datasets.tree import reason
from bench.errors import BenchError


def read_split(file: Path) -> dict[str, int]:
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
                where = f"{file} line {rows.line_num}"
                _require_new(row["id"], fold_of, where)
                fold_of[row["id"]] = _fold_number(row["fold"], where)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(
            f"{file} cannot be read as a split: {reason(error)}. Pass a csv file, or frozen folds "
            f"that end in .json."
        ) from error
    if len(set(fold_of.values())) < 2:
        raise BenchError(f"{file} names fewer than 2 folds; the rest of a fold is its training.")
    return fold_of


def _require_new(id: str | None, fold_of: Mapping[str, int], where: str) -> None:
    if not id:
        raise BenchError(f"{where} names no video. Fill its column id, or remove the line.")
    if id in fold_of:
        raise BenchError(
            f"{where} has video {id!r} a second time; each is tested once. Keep one of the lines."
        )


def _fold_number(text: str | None, where: str) -> int:
    try:
        return int(text or "")
    except ValueError as error:
        raise BenchError(f"{where} has the fold {text!r}; expected a whole number.") from error
