"""Files beside a fold, as figures ask for them; a damaged one is told, and counts as not kept."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bench.companions import read_epochs, read_features
from bench.errors import BenchError
from bench.records import FoldRecord, Prediction
from bench.store import Damage, fold_path

_T = TypeVar("_T")


class Beside:
    """What runs were asked to keep, in one results folder."""

    def __init__(self, results: Path, tell: Callable[[Sequence[Damage]], None]) -> None:
        """Keep where to look.

        Args:
            results: the results folder.
            tell: is given what is damaged.
        """
        self._results = results
        self._tell = tell

    def features(self, record: FoldRecord) -> NDArray[np.float32] | None:
        """Features of the test videos, shape (videos, D), as `bench run --record-features` does."""
        return self._kept(read_features, record, None)

    def epochs(self, record: FoldRecord) -> Sequence[Sequence[Prediction]]:
        """Test answers after each epoch, as `bench run --record-epochs` does."""
        return self._kept(read_epochs, record, ())

    def _kept(self, read: Callable[[Path, FoldRecord], _T], record: FoldRecord, nothing: _T) -> _T:
        path = fold_path(self._results, record.request)
        try:
            return read(path, record)
        except BenchError as error:
            self._tell([Damage(path, str(error))])
            return nothing
