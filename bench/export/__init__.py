"""Stored folds for other tools: a file a format, whose library is imported when it is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.export.runs import Run, columns, prediction_columns, row, runs

__all__ = ["FORMATS", "Format", "Run", "columns", "export", "prediction_columns", "row", "runs"]


@dataclass(frozen=True, slots=True)
class Format:
    """One format that results can be written in."""

    module: str
    """Of this package; its `write(runs, out)` gives the paths that it made."""
    library: str = ""
    """What it needs beside the plain installation."""


FORMATS: Mapping[str, Format] = {
    "csv": Format("csv_files"),
    "parquet": Format("parquet", "pyarrow"),
    "mlflow": Format("mlflow_store", "mlflow"),
    "wandb-offline": Format("wandb_offline", "wandb"),
}


def export(found: list[Run], to: str, out: Path) -> list[Path]:
    """Write runs in one format into a folder that is new or empty, and return what was made.

    Args:
        found: as `runs` gives them.
        to: csv, parquet, mlflow or wandb-offline.
        out: the folder.

    Raises:
        BenchError: the format is unknown, its library is not installed, or the folder is in use.
    """
    require(to, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        return import_module(f"{__name__}.{FORMATS[to].module}").write(found, out)
    except OSError as error:
        raise BenchError(
            f"{out} cannot be written: {error.strerror or error}. Free space or permissions, or "
            f"name another folder with --out."
        ) from error


def require(to: str, out: Path) -> None:
    """Stop at what cannot be written here, before anything is read.

    Raises:
        BenchError: the format is unknown, its library is not installed, or the folder is in use.
    """
    if to not in FORMATS:
        raise unknown("format in --to", to, FORMATS)
    library = FORMATS[to].library
    if library and find_spec(library) is None:
        raise BenchError(
            f"--to {to} needs {library}, which is not installed. Add it with "
            f'`pip install "video-fer-bench[export]"`.'
        )
    if out.is_dir() and any(out.iterdir()):
        raise BenchError(f"folder {out} is in use. Name a new or an empty one with --out.")
    if out.exists() and not out.is_dir():
        raise BenchError(
            f"{out} is a file; expected a folder, for several files are written. Name a new one "
            f"with --out."
        )
