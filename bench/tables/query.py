"""What a table is asked to show, and the records that answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.errors import BenchError, unknown
from bench.records import CostRecord, DatasetEntry, FoldRecord

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
    folds: Sequence[FoldRecord],
    costs: Sequence[CostRecord],
    entries: Mapping[str, DatasetEntry],
) -> tuple[list[FoldRecord], list[CostRecord]]:
    """The records of the named datasets and models; a named dataset leaves lone costs out.

    Raises:
        BenchError: a dataset is neither in the registry nor in the results, a model has no result,
            or the scope of reported numbers is unknown.
    """
    if query.reported not in SCOPES:
        raise unknown("scope of reported numbers", query.reported, SCOPES)
    known = entries.keys() | {record.request.dataset for record in folds}
    for name in query.datasets:
        if name not in known:
            raise unknown("dataset", name, known)
    stored = {r.request.model.name for r in folds} | {c.model.name for c in costs}
    for name in query.models:
        if name not in stored:
            raise BenchError(
                f"model {name!r} has no stored result; stored are "
                f"{', '.join(sorted(stored)) or 'none'}. Run it with `bench run --model {name}`."
            )
    chosen = [
        record
        for record in folds
        if record.request.dataset in (query.datasets or known)
        and record.request.model.name in (query.models or stored)
    ]
    scored = {record.request.model.name for record in chosen}
    wanted = scored if query.datasets else query.models or stored
    return chosen, [record for record in costs if record.model.name in wanted]
