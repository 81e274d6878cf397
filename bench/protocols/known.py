"""The folds for which a rule is known, of the distributor or of the field."""

from contextlib import suppress

from bench.errors import BenchError
from bench.protocols import blocks
from bench.records import Dataset, Fold


def known_folds(dataset: Dataset) -> dict[str, tuple[Fold, ...]]:
    """Protocol -> folds, of those for which the tree has the videos."""
    found = dict(dataset.official)
    for name in blocks.names(dataset.name):
        file = blocks.shipped(dataset.name, name)
        with suppress(BenchError):
            if file and (folds := blocks.folds(file, dataset)):
                found[name] = folds
    return found


def known_overlaps(dataset: Dataset) -> tuple[tuple[str, str], ...]:
    """Pairs of videos that the distributor is known to ship on both sides."""
    files = (blocks.shipped(dataset.name, name) for name in dataset.official)
    return tuple(sorted({pair for file in files if file for pair in file.overlaps}))
