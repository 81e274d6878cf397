"""Folds whose test answers were kept after every epoch, found and read."""

from dataclasses import dataclass
from pathlib import Path

from bench import companions
from bench.errors import BenchError
from bench.measurement import accuracy
from bench.records import FoldRecord
from bench.store import Damage, load_scorable


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fold whose test answers were kept after every epoch."""

    record: FoldRecord
    confusions: tuple[accuracy.Counts, ...]
    """One an epoch, each of shape (K, K + 1)."""


def recorded(results: Path) -> tuple[list[Recorded], list[Damage]]:
    """Folds with the answers of every epoch, in the order of paths, and those that are damaged.

    Only these folds are read, however many others there are.

    Args:
        results: the results folder.
    """
    found: list[Recorded] = []
    damaged: list[Damage] = []
    for file in sorted((results / "accuracy").rglob(f"fold-*.{companions.EPOCHS}")):
        path = file.with_name(file.name.removesuffix(companions.EPOCHS) + "json")
        if any(part.endswith(".partial") for part in path.relative_to(results).parts):
            continue
        try:
            record = load_scorable(path)
            epochs = companions.read_epochs(path, record)
            counts = tuple(accuracy.count(answers, record.request.classes) for answers in epochs)
        except BenchError as error:
            damaged.append(Damage(path, str(error)))
            continue
        if counts:
            found.append(Recorded(record, counts))
    return found, damaged
