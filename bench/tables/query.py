"""What a comparison is asked to show, and the folds that answer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bench.errors import BenchError, unknown
from bench.index import Folds
from bench.records import CostRecord, DatasetEntry, FoldRequest

SCOPES = ("paper", "all", "none")


@dataclass(frozen=True, slots=True)
class Query:
    """Which part of the results to show; nothing named is everything."""

    datasets: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    reported: str = "paper"
    """Reported-only tables of datasets that nobody has run: of the paper, all, or none."""


def select(
    query: Query,
    folds: Folds,
    costs: Sequence[CostRecord],
    entries: Mapping[str, DatasetEntry],
) -> Folds:
    """The folds of the named datasets and models.

    Raises:
        BenchError: a dataset is neither in the registry nor in the results, a model has no result,
            or the scope of reported numbers is unknown.
    """
    if query.reported not in SCOPES:
        raise unknown("scope of reported numbers", query.reported, SCOPES)
    requests = folds.requests.each()
    known = entries.keys() | {request.dataset for request in requests}
    for name in query.datasets:
        if name not in known:
            raise unknown("dataset", name, known)
    stored = {request.model.name for request in requests}
    for name in query.models:
        if name not in stored:
            raise _no_result(name, stored, counted=any(c.model.name == name for c in costs))
    return folds.taken(folds.requests.where(lambda request: is_asked(query, request)))


def is_asked(query: Query, request: FoldRequest) -> bool:
    """Whether a query shows a fold."""
    dataset = not query.datasets or request.dataset in query.datasets
    return dataset and (not query.models or request.model.name in query.models)


def _no_result(name: str, stored: Collection[str], *, counted: bool) -> BenchError:
    there = f"stored are {', '.join(sorted(stored)) or 'none'}"
    if counted:
        return BenchError(
            f"model {name!r} has a cost and no stored result; {there}. See its cost with "
            f"`bench table --cost --model {name}`."
        )
    return BenchError(
        f"model {name!r} has no stored result; {there}. Run it with `bench run --model {name}`."
    )
