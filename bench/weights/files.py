"""Weight files on this machine: known by their sha256, written whole or not at all."""

import hashlib
import os
from pathlib import Path

from bench.records import Weights


def known(origin: str, path: Path) -> Weights:
    """A file of weights, with the hash of its bytes.

    Args:
        origin: what it is called in records.
        path: where it lies.
    """
    with path.open("rb") as file:
        return Weights(origin, hashlib.file_digest(file, "sha256").hexdigest(), str(path))


def write(path: Path, data: bytes) -> None:
    """Write a file that is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(data)
    unfinished.replace(path)
