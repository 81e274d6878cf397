"""Numbers quoted from papers: read, and looked up for one system."""

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from bench.errors import BenchError

Quotes: TypeAlias = Sequence[Mapping[str, str]]
"""Rows of `reported.csv`, digits as printed."""

PAPER = "CEFLNet (Liu et al., Inf. Sci. 598, 2022)"
"""The source whose Tables 2 to 9 are shown by default."""

COLUMNS = (
    *("system", "dataset", "protocol", "metric", "value", "table", "source", "status"),
    *("params_m", "macs_g", "feature_setting", "backbone", "frames_per_clip", "ablation"),
    *("per_class", "note"),
)

_METRICS = {
    "war": ("accuracy", "accuracy (WAR)", "WAR", "WAR (best test epoch)"),
    "uar": ("UAR",),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """What papers say about one system on one dataset."""

    value: float
    """As a fraction."""
    source: str
    others: int
    """Further, different values that are quoted."""


def builtin() -> Path:
    """Our own file: beside the package when it is installed, in the clone otherwise."""
    here = Path(__file__).parents[1]
    packed = here / "reported.csv"
    return packed if packed.exists() else here.parent / "results" / "reported.csv"


def load_reported(path: Path | None = None) -> Quotes:
    """Every quoted number as text, digits as printed.

    Args:
        path: a file of the same columns; None is our own.

    Raises:
        BenchError: the file cannot be read, or its columns are not the expected ones.
    """
    path = path or builtin()
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            found, names = list(rows), tuple(rows.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path} cannot be read: {error}. Restore it.") from error
    if names != COLUMNS:
        raise BenchError(
            f"{path} has the columns {', '.join(names) or 'none'}; expected {', '.join(COLUMNS)}. "
            f"Restore it."
        )
    return found


def quote(
    quotes: Quotes,
    systems: Collection[str],
    datasets: Collection[str],
    metric: Literal["war", "uar"],
) -> Quote | None:
    """The first verified main result of a system on a dataset; None when nobody reports one.

    Sweeps, single folds and values that were not read in their source are passed over.

    Args:
        quotes: as `load_reported` gives them.
        systems: names of the system in papers.
        datasets: names of the dataset in papers.
        metric: accuracy counts as war.
    """
    found = [
        row
        for row in quotes
        if row["system"] in systems
        and row["dataset"] in datasets
        and row["metric"] in _METRICS[metric]
        and row["status"] == "verified"
        and not row["frames_per_clip"]
        and not row["protocol"].startswith("fold ")
    ]
    if not found:
        return None
    first = found[0]
    place = ", ".join(filter(None, (first["source"], first["table"], first["protocol"])))
    others = {row["value"] for row in found} - {first["value"]}
    return Quote(float(first["value"]) / 100, place, len(others))
