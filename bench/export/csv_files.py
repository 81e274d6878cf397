"""Two csv files: the answers, and a row a fold."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.export.runs import Run, Value, columns, prediction_columns, row


def write(runs: Sequence[Run], out: Path) -> list[Path]:
    """Write `predictions.csv` and `folds.csv`, the same bytes wherever it is done."""
    rows = [row(run) for run in runs]
    answers = (one for run in runs for one in run.predictions())
    return [
        _write(out / "predictions.csv", prediction_columns(runs), answers),
        _write(out / "folds.csv", columns(rows), rows),
    ]


def _write(path: Path, names: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path
