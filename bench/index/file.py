"""The file that keeps rows between two calls; it may be deleted at any time."""

import hashlib
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.cache import cache_folder
from bench.errors import BenchError
from bench.index.row import Row
from bench.records import SCHEMA
from bench.store import write_atomically

_FORM = f"1 {SCHEMA}"
"""Numbers of this file and of the records; count up where a row comes to mean something else."""

_NUMBERS = ("seed", "fold", "epochs", "selected_epoch")
_OWN = ("name", "created", "seconds")
"""Texts that hardly two rows share."""
_SHARED = ("request", "findings", "about", "beside", "videos", "statuses")
_PACKS = ("counts", "counts_seen")


def index_path(folder: Path) -> Path:
    """Where the rows of a folder are kept, by its own place on this machine."""
    place = os.path.realpath(folder)  # pathlib's own refuses a loop of links
    name = hashlib.sha256(os.fsencode(place)).hexdigest()
    return cache_folder() / "index" / f"{name[:24]}.npz"


def save(path: Path, rows: Sequence[Row]) -> None:
    """Write rows, all or nothing; where the cache takes no files the next call reads anew."""
    columns = dict(zip(Row._fields, zip(*rows, strict=True), strict=True))
    arrays: dict[str, NDArray[Any]] = {
        "form": _bytes([_FORM]),
        "stamp": np.asarray(columns["stamp"], dtype=np.int64),
        **{name: np.asarray(columns[name], dtype=np.int64) for name in _NUMBERS},
        **{name: _bytes(columns[name]) for name in _OWN},
    }
    for name in _SHARED:
        numbers = {text: n for n, text in enumerate(dict.fromkeys(columns[name]))}
        arrays[name] = _bytes(numbers)
        arrays[f"{name}_of"] = np.asarray([numbers[t] for t in columns[name]], dtype=np.int64)
    for name in _PACKS:
        arrays[name] = np.frombuffer(b"".join(columns[name]), dtype=np.uint8)
        arrays[f"{name}_of"] = np.asarray([len(pack) for pack in columns[name]], dtype=np.int64)
    out = io.BytesIO()
    np.savez(out, **arrays)  # pyright: ignore[reportArgumentType]
    try:
        write_atomically(path, out.getvalue())
    except BenchError:
        return


def load(path: Path) -> list[Row]:
    """The rows of the file; none where it is missing, of another form or damaged."""
    try:
        with path.open("rb") as content, np.load(content, allow_pickle=False) as file:
            return _rows(file) if _texts(file["form"]) == [_FORM] else []
    except Exception:  # whatever is wrong with it, it is made again from the records
        return []


def _rows(file: Any) -> list[Row]:
    columns: dict[str, Iterable[Any]] = {"stamp": map(tuple, file["stamp"].tolist())}
    columns |= {name: file[name].tolist() for name in _NUMBERS}
    columns |= {name: _texts(file[name]) for name in _OWN}
    for name in _SHARED:
        texts = _texts(file[name])
        columns[name] = [texts[number] for number in file[f"{name}_of"].tolist()]
    for name in _PACKS:
        columns[name] = _cut(file[name].tobytes(), file[f"{name}_of"].tolist())
    parts = (columns[name] for name in Row._fields)
    return list(map(Row._make, zip(*parts, strict=True)))


def _cut(whole: bytes, lengths: Sequence[int]) -> list[bytes]:
    found: list[bytes] = []
    start = 0
    for length in lengths:
        found.append(whole[start : start + length])
        start += length
    return found


def _bytes(texts: Iterable[str]) -> NDArray[np.uint8]:
    """Texts as one array, each with a byte behind it that no text holds."""
    joined = "".join(f"{text}\0" for text in texts)
    return np.frombuffer(joined.encode(errors="surrogateescape"), dtype=np.uint8)


def _texts(joined: NDArray[np.uint8]) -> list[str]:
    return joined.tobytes().decode(errors="surrogateescape").split("\0")[:-1]
