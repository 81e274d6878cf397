"""The number of a cell by the name of its score, as `bench table --metric` prints it."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.errors import BenchError, unknown
from bench.index import folds_of, result_of
from bench.records import FoldRecord


@dataclass(frozen=True, slots=True)
class Score:
    """A score as the table of results has it, and the parts that it is made from; fractions."""

    name: str
    value: float
    seeds: dict[int, float | None]
    """Seed -> all of its folds pooled; the value is their mean."""
    folds: dict[tuple[int, int], float | None]
    """Seed, fold -> that fold alone; None where it tests no video of the class."""


def score(name: str, records: Sequence[FoldRecord]) -> Score:
    """The score of one system.

    Args:
        name: uar, war, f1, auc or recall:CLASS, in any case; see `bench.tables.metrics`.
        records: its folds, one of each seed and fold.

    Raises:
        BenchError: the name is unknown, or some seed tests no video of the class.
    """
    from bench.tables.metrics import mean, metrics  # others need the fields alone

    (metric,) = metrics([name], read=lambda place: records[int(place)].predictions)
    _check_class(metric.key, records[0])
    done = folds_of([result_of(record, str(place)) for place, record in enumerate(records)])
    pooled = done.split(done.seeds)
    seeds = {int(folds.seeds[0]): metric.of(folds, "official") for folds in pooled}
    value = mean([*seeds.values()])
    if value is None:
        raise BenchError(f"no fold tests a video for {name!r}. Choose another score.")
    each = zip(done, done.singly(), strict=True)
    folds = {(result.seed, result.fold): metric.of(one, "official") for result, one in each}
    return Score(name, value, seeds, folds)


def _check_class(key: str, record: FoldRecord) -> None:
    kind, _, label = key.partition(":")
    if kind == "recall" and label not in record.request.classes:
        raise unknown("class", label, record.request.classes)
