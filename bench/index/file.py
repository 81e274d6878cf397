"""The file that keeps rows between two calls; it may be deleted at any time."""

import hashlib
import io
import os
from pathlib import Path

import numpy as np

from bench.cache import cache_folder
from bench.errors import BenchError
from bench.index.columns import Columns, columns_of, is_whole, joined, texts
from bench.records import SCHEMA
from bench.store import write_atomically

_FORM = f"2 {SCHEMA}"
"""Numbers of this file and of the records; count up where a row comes to mean something else."""


def index_path(folder: Path) -> Path:
    """Where the rows of a folder are kept, by its own place on this machine."""
    place = os.path.realpath(folder)  # pathlib's own refuses a loop of links
    name = hashlib.sha256(os.fsencode(place)).hexdigest()
    return cache_folder() / "index" / f"{name[:24]}.npz"


def save(path: Path, columns: Columns) -> None:
    """Write rows, all or nothing; where the cache takes no files the next call reads anew."""
    out = io.BytesIO()
    np.savez(out, form=joined([_FORM]), **dict(sorted(columns.items())))  # pyright: ignore[reportArgumentType]
    try:
        write_atomically(path, out.getvalue())
    except BenchError:
        return


def load(path: Path) -> Columns:
    """The rows of the file; none where it is missing, of another form or damaged."""
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files if name != "form"}
            if texts(file["form"]) == [_FORM] and is_whole(columns):
                return columns
    except Exception:  # no number is lost: whatever is wrong with it, records make it again
        pass
    return columns_of([])
