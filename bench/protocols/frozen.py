"""Protocols on disk: one json of ids with a hash over them."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from bench import store
from bench.datasets.tree import reason
from bench.errors import BenchError
from bench.records import SCHEMA, Fold, Protocol
from bench.schema import plain, read

Combine = Literal["pool", "mean"]


def content_hash(classes: Sequence[str], folds: Sequence[Fold], combine: Combine) -> str:
    """sha256 over the ids of each fold, the classes in label order, and how folds combine."""
    sides = [[sorted(fold.train), sorted(fold.test)] for fold in folds]
    return store.digest({"classes": list(classes), "combine": combine, "folds": sides})


def freeze(protocol: Protocol, path: Path) -> None:
    """Write a protocol as one json of ids with its hash, whole or not at all.

    Raises:
        BenchError: the folder cannot be written.
    """
    body = {"schema": SCHEMA, **plain(protocol)}
    store.write_atomically(path, json.dumps(body, indent=1) + "\n")


def thaw(path: Path) -> Protocol:
    """Read a frozen protocol back.

    Raises:
        BenchError: the file is missing, no frozen protocol, of another schema, was changed, or
            has a name or fold numbers that cannot stand in a path.
    """
    try:
        body: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BenchError(
            f"{path} is no frozen protocol: {reason(error)}. Make one with "
            f"`bench folds NAME --freeze FILE`."
        ) from error
    schema = body.pop("schema", None)
    if schema != SCHEMA:
        raise BenchError(
            f"{path} has schema {schema!r}; this version reads {SCHEMA}. Freeze it again."
        )
    protocol = read(Protocol, body, str(path))
    found = content_hash(protocol.classes, protocol.folds, protocol.combine)
    if found != protocol.hash:
        raise BenchError(
            f"{path} was changed after it was frozen: its content has the hash {found[:12]}, "
            f"it says {protocol.hash[:12]}. Restore the file, or freeze new folds under a new name."
        )
    numbers = [fold.index for fold in protocol.folds]
    if numbers != list(range(len(numbers))):
        raise BenchError(f"{path} numbers its folds {numbers}; expected 0, 1, 2, ... in order.")
    if not re.fullmatch(r"\w[\w.-]*", protocol.name):
        raise BenchError(
            f"{path} has the name {protocol.name!r}, which cannot name a folder; expected letters, "
            f"digits, '-', '_' and '.'."
        )
    return protocol
