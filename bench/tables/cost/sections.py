"""`bench table --cost`: what networks take, machine by machine, and what they count."""

from collections.abc import Sequence

from bench.errors import BenchError, unknown
from bench.records import CostRecord
from bench.store import COUNTED
from bench.tables.cost.baseline import base_of
from bench.tables.cost.counts import complexity
from bench.tables.cost.latency import latency
from bench.tables.cost.stages import stages
from bench.tables.cost.timings import cells
from bench.tables.section import Section


def costs(
    records: Sequence[CostRecord],
    models: Sequence[str] = (),
    machines: Sequence[str] = (),
    base: Sequence[CostRecord] | None = None,
) -> list[Section]:
    """A section for each machine and setting, then the exact counts of all networks.

    Args:
        records: in any order.
        models: names of the models to show; none are all.
        machines: whose times to show; none are all, `counted` alone is the counts without a time.
        base: records of another version of the code, from the same machine, to compare with.

    Raises:
        BenchError: there is no record, or none of a named model or machine, or no time to compare
            with.
    """
    shown = _of(records, models)
    timed = _on(shown, machines)
    compared = None if base is None else base_of(base)
    if compared is not None and not compared:
        raise BenchError(
            "--against names a folder without any timed record; expected the results of "
            "`bench latency` with the base version."
        )
    places = cells(timed)
    if compared is not None and not places:
        raise BenchError(
            f"--against compares times, and these results have none of "
            f"{', '.join((*models, *machines)) or 'any model'}. Leave it out, or name others."
        )
    found: list[Section] = []
    for place, mine in places.items():
        found += [latency(place, mine, compared), *stages(place, mine)]
    return [*found, complexity(shown)]


def _of(records: Sequence[CostRecord], models: Sequence[str]) -> list[CostRecord]:
    stored = {record.model.name for record in records}
    for name in models:
        if name not in stored:
            raise BenchError(
                f"model {name!r} has no stored cost; stored are "
                f"{', '.join(sorted(stored)) or 'none'}. Count it with `bench cost --model {name}`."
            )
    if not records:
        raise BenchError(
            "no cost is stored; count all models with `bench cost --all`, or time them with "
            "`bench latency --all`."
        )
    return [record for record in records if record.model.name in (models or stored)]


def _on(records: Sequence[CostRecord], machines: Sequence[str]) -> list[CostRecord]:
    timed = {record.environment.machine for record in records if record.timing}
    for name in machines:
        if name not in (*timed, COUNTED):
            raise unknown("machine", name, (*timed, COUNTED))
    return [record for record in records if record.environment.machine in (machines or timed)]
