"""The results folder -> everything that a report shows, read once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.index import Folds, folds_of
from bench.protocols import thaw
from bench.records import CostRecord, FoldRecord, ModelEntry, Protocol
from bench.registry import Registry
from bench.registry import load as load_registry
from bench.store import Damage, load_costs, load_folds
from bench.tables import (
    Known,
    Query,
    Section,
    comparison,
    costs,
    load_reported,
    numbers_of,
    paper_tables,
)
from bench.tables.compared.pairs import every_pair
from bench.tables.reported import Quotes
from bench.tables.systems import grouped
from bench.tables.views import Choice
from bench.tables.views.per_class import per_class

TESTED = 12
"""So many systems of a table are compared pair by pair: the first ones, by UAR."""


@dataclass(frozen=True)
class Material:
    """All records, quotes and entries of one report; numbers are made by `bench.tables` alone."""

    results: Path
    folds: tuple[FoldRecord, ...]
    counted: tuple[CostRecord, ...]
    quotes: Quotes
    registry: Registry
    frozen: Mapping[str, Protocol | None]
    """File of a frozen protocol, relative to the results -> its folds; None: it is damaged."""
    damaged: tuple[Damage, ...]

    @cached_property
    def models(self) -> Mapping[str, ModelEntry]:
        """Every model with a result or a cost, by name, as its newest record resolved it."""
        records = [*self.counted, *self.folds]
        dated = [
            (r.created, r.model if isinstance(r, CostRecord) else r.request.model) for r in records
        ]
        newest = {model.name: model for _, model in sorted(dated, key=lambda pair: pair[0])}
        return {name: newest[name] for name in sorted(newest)}

    @property
    def synthetic(self) -> str:
        """What a reader must know before any number, where no result is of filmed faces."""
        drawn = self.folds and all(record.request.synthetic for record in self.folds)
        return "Every result here is of drawn faces: it says nothing of real ones." if drawn else ""

    def measured(self, model: str = "") -> list[Section]:
        """The leaderboard, or the part of it that one model has."""
        mine = self._scored_of(model)
        query = Query(reported="none")
        known = self.registry
        return comparison(mine, self.counted, self.quotes, query, known.datasets, known.models)

    def classes(self, model: str = "") -> list[Section]:
        """Recall of each class, for the same tables as `measured`."""
        return per_class(grouped(self.measured(model), self._scored_of(model)), Choice())

    def _scored_of(self, model: str) -> Folds:
        mine = self._scored.requests.where(lambda request: model in ("", request.model.name))
        return self._scored.taken(mine)

    @cached_property
    def _scored(self) -> Folds:
        """What tables need of each fold, counted once."""
        return folds_of(self.folds)

    def reported(self) -> list[Section]:
        """The paper's own tables, what was measured beside what it reports."""
        known = Known(self.registry.models, self.registry.datasets)
        numbers = numbers_of("all")
        return paper_tables(numbers, self.quotes, self.folds, self.counted, known)

    def costs(self, model: str = "") -> list[Section]:
        """What networks take; nothing where no cost is stored."""
        stored = {record.model.name for record in self.counted}
        wanted = (model,) if model else ()
        return costs(self.counted, wanted) if stored and stored >= set(wanted) else []

    def significance(self) -> list[Section]:
        """Tests of the differences between the best systems of each table; datasets by ranks."""
        best = [_best(section) for section in self.measured()]
        return every_pair(best, self.folds) if best else []

    def of(self, model: str) -> list[FoldRecord]:
        """Folds of one model, the newest record of each, by dataset, identity, seed and fold."""
        return self._newest.get(model, [])

    @cached_property
    def _newest(self) -> Mapping[str, list[FoldRecord]]:
        found: dict[tuple[str, str, str, str, int, int], FoldRecord] = {}
        for record in sorted(self.folds, key=lambda record: record.created):
            r = record.request
            place = r.dataset, r.protocol, r.identity, r.seed, r.fold.index
            found[r.model.name, *place] = record
        grouped: dict[str, list[FoldRecord]] = defaultdict(list)
        for place in sorted(found):
            grouped[place[0]].append(found[place])
        return grouped

    def entry(self, name: str) -> ModelEntry:
        """The model of that name, from the results or else from the registry.

        Raises:
            BenchError: there is none.
        """
        if name in self.models:
            return self.models[name]
        if name.partition("@")[0] not in self.registry.models:
            raise unknown("model", name, {*self.models, *self.registry.models})
        return self.registry.find("models", name)


def _best(section: Section) -> Section:
    """The upper rows of a table, few enough that their pairs can be tested and read."""
    return replace(section, rows=section.rows[:TESTED])


def gather(results: Path, registry: Sequence[Path] = ()) -> Material:
    """Read all that a report needs; damaged files are named, and the rest is shown.

    Args:
        results: the results folder.
        registry: registry files beside our own.

    Raises:
        BenchError: the folder is missing, is a file, or cannot be read.
    """
    if not results.exists():
        raise BenchError(
            f"results folder {results} does not exist. Pass --results DIR, or make results with "
            f"`bench run`."
        )
    folds, broken_folds = load_folds(results)
    counted, broken_costs = load_costs(results)
    frozen: dict[str, Protocol | None] = {}
    broken: list[Damage] = []
    for path, protocol in _frozen(results):
        frozen[path.relative_to(results).as_posix()] = (
            protocol if isinstance(protocol, Protocol) else None
        )
        broken += [protocol] if isinstance(protocol, Damage) else []
    return Material(
        results=results,
        folds=folds,
        counted=counted,
        quotes=load_reported(),
        registry=load_registry(registry),
        frozen=frozen,
        damaged=(*broken_folds, *broken_costs, *broken),
    )


def _frozen(results: Path) -> Iterator[tuple[Path, Protocol | Damage]]:
    for path in sorted((results / "protocols").rglob("*.json")):
        try:
            yield path, thaw(path)
        except BenchError as error:
            yield path, Damage(path, str(error))
