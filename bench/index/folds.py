"""Stored folds side by side: numbers as arrays, and what folds share once, so that many are fast.

A table asks for a column of all folds; whoever needs one fold takes it out as a `Result`.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Generic, NamedTuple, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from bench.index.result import Result, Videos, result_of
from bench.measurement.accuracy import Counts
from bench.records import Environment, Finding, FoldRecord, FoldRequest, Precision

Numbers = NDArray[np.int64]
T = TypeVar("T")


class About(NamedTuple):
    """What tables say of a fold beside its request; many folds share it."""

    environment: Environment
    precision: Precision
    excluded: Mapping[str, int]
    unread: tuple[str, ...]


class Shared(NamedTuple, Generic[T]):
    """What many folds have in common: each value once, and the number of the one a fold has."""

    values: Sequence[T]
    of: Numbers
    """One for each fold."""

    def counted(self) -> list[tuple[T, int]]:
        """The values that these folds have, by the first fold of each, and how many have it."""
        counts = np.bincount(self.of, minlength=len(self.values))
        first = np.zeros(len(self.values), dtype=np.int64)
        first[self.of[::-1]] = np.arange(len(self.of))[::-1]  # the first fold writes last
        there = np.flatnonzero(counts)
        order = there[np.argsort(first[there])]
        return [(self.values[n], int(counts[n])) for n in order.tolist()]

    def each(self) -> list[T]:
        """The values that these folds have, by the first fold of each."""
        return [value for value, _ in self.counted()]

    def where(self, test: Callable[[T], bool]) -> NDArray[np.bool_]:
        """For each fold whether its value passes a test, which is asked once a value."""
        there = self._there()
        passed = np.zeros(len(self.values), dtype=bool)
        passed[there] = [test(self.values[n]) for n in there.tolist()]
        return passed[self.of]

    def ranked(self, key: Callable[[T], Any]) -> Numbers:
        """For each fold the place of its value in the order of a key; the same for equal keys."""
        there = self._there()
        keys = [key(self.values[n]) for n in there.tolist()]
        order = {one: place for place, one in enumerate(sorted(set(keys)))}
        places = np.zeros(len(self.values), dtype=np.int64)
        places[there] = [order[one] for one in keys]
        return places[self.of]

    def _there(self) -> Numbers:
        """Numbers of the values that these folds have."""
        return np.flatnonzero(np.bincount(self.of, minlength=len(self.values)))

    def taken(self, places: Numbers) -> "Shared[T]":
        """The same for some of the folds."""
        return Shared(self.values, self.of[places])


class Confusions:
    """Confusions of any number of classes behind one another."""

    def __init__(self, whole: NDArray[Any], sizes: Numbers) -> None:
        """Keep them.

        Args:
            whole: all counts.
            sizes: how many of them each fold has, K (K + 1), or 0.
        """
        self.sizes = sizes
        self._whole = whole
        self._starts = np.cumsum(sizes) - sizes
        self._even = bool(len(sizes)) and bool((sizes == sizes[0]).all())

    def of(self, places: Numbers) -> Counts:
        """Confusions of folds with the same number of classes, shape (N, K, K + 1)."""
        size = int(self.sizes[places[0]])
        if self._even:
            found = self._whole.reshape(-1, size)[places]
        else:
            found = self._whole[self._starts[places, None] + np.arange(size)]
        classes = int(size**0.5)
        # half as wide as numpy counts: of very many folds, moving them is what takes time
        return found.astype(np.int32).reshape(len(places), classes, classes + 1)


@dataclass(frozen=True, slots=True)
class Stock:
    """All folds that were read together."""

    seeds: Numbers
    numbers: Numbers
    requests: Shared[FoldRequest]
    findings: Shared[tuple[Finding, ...]]
    about: Shared[About]
    videos: Shared[Videos]
    statuses: Shared[tuple[str, ...]]
    counts: Confusions
    counts_seen: Confusions
    """None of a fold whose videos were all seen."""
    make: Callable[[int], Result]
    """Takes one fold out, by its number."""
    made: dict[int, Result] = field(default_factory=dict[int, Result])

    def result(self, number: int) -> Result:
        """One fold; the same object each time."""
        found = self.made.get(number)
        if found is None:
            found = self.made[number] = self.make(number)
        return found


class Folds(Sequence[Result]):
    """Some of the folds of a stock, in an order of their own."""

    def __init__(self, stock: Stock, places: Numbers | None = None) -> None:
        """Take folds of a stock by their numbers; None takes all."""
        self._stock = stock
        self._places = np.arange(len(stock.seeds)) if places is None else places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Result: ...
    @overload
    def __getitem__(self, index: slice) -> "Folds": ...
    def __getitem__(self, index: int | slice) -> "Result | Folds":
        if isinstance(index, slice):
            return Folds(self._stock, self._places[index])
        return self._stock.result(int(self._places[index]))

    def __iter__(self) -> Iterator[Result]:
        return map(self._stock.result, self._places.tolist())

    def singly(self) -> list["Folds"]:
        """Each one by itself."""
        return [self[place : place + 1] for place in range(len(self))]

    def taken(self, which: NDArray[Any]) -> "Folds":
        """Those at some places, or those for which a mask is true."""
        return Folds(self._stock, self._places[which])

    def followed_by(self, others: Sequence["Folds"]) -> "Folds":
        """These, then others of the same stock."""
        return Folds(self._stock, np.concatenate([mine._places for mine in (self, *others)]))

    def split(self, by: Numbers) -> list["Folds"]:
        """Those of each number together, by number, else in this order."""
        if not len(self):
            return []
        order = np.argsort(by, kind="stable")
        cuts = np.flatnonzero(np.diff(by[order])) + 1
        ends = (0, *cuts.tolist(), len(self))
        places = self._places[order]
        return [Folds(self._stock, places[start:stop]) for start, stop in pairwise(ends)]

    @cached_property
    def request(self) -> FoldRequest:
        """That of the first fold, which all share where they are of one kind."""
        requests = self._stock.requests
        return requests.values[int(requests.of[self._places[0]])]

    @property
    def seeds(self) -> Numbers:
        """Seed of each."""
        return self._stock.seeds[self._places]

    @property
    def numbers(self) -> Numbers:
        """Number of each, from 0."""
        return self._stock.numbers[self._places]

    @property
    def requests(self) -> Shared[FoldRequest]:
        """Of each its request."""
        return self._stock.requests.taken(self._places)

    @property
    def findings(self) -> Shared[tuple[Finding, ...]]:
        """Of each what the audit let pass."""
        return self._stock.findings.taken(self._places)

    @property
    def about(self) -> Shared[About]:
        """Of each where it was done, and what it left out."""
        return self._stock.about.taken(self._places)

    @property
    def videos(self) -> Shared[Videos]:
        """Of each its test videos."""
        return self._stock.videos.taken(self._places)

    @property
    def statuses(self) -> Shared[tuple[str, ...]]:
        """Of each what became of its test videos."""
        return self._stock.statuses.taken(self._places)

    @property
    def partly(self) -> NDArray[np.bool_]:
        """For each whether some of its test videos were not seen."""
        return self._stock.counts_seen.sizes[self._places] > 0

    @property
    def counts(self) -> Counts:
        """Confusions over all test videos, shape (N, K, K + 1); all have the same K."""
        return self._stock.counts.of(self._places)

    @property
    def counts_seen(self) -> Counts:
        """The same over the videos that were seen."""
        found, partly = self.counts, self.partly
        if partly.any():
            found[partly] = self._stock.counts_seen.of(self._places[partly])
        return found


def folds_of(folds: Sequence[Result | FoldRecord]) -> Folds:
    """Folds that were read one by one, side by side; what is so already stays.

    Raises:
        BenchError: a true class of a record is not among its classes.
    """
    if isinstance(folds, Folds):
        return folds
    results = [fold if isinstance(fold, Result) else result_of(fold) for fold in folds]
    partly = [r.counts_seen if r.counts_seen is not r.counts else _NONE for r in results]
    return Folds(
        Stock(
            seeds=_numbers([r.seed for r in results]),
            numbers=_numbers([r.fold for r in results]),
            requests=_shared([r.request for r in results]),
            findings=_shared([r.findings for r in results]),
            about=_shared([_about(r) for r in results], lambda about: tuple(map(id, about))),
            videos=_shared([r.videos for r in results]),
            statuses=_shared([r.statuses for r in results]),
            counts=_confusions([r.counts for r in results]),
            counts_seen=_confusions(partly),
            make=results.__getitem__,
            made=dict(enumerate(results)),
        )
    )


def with_records(
    folds: Sequence[Result | FoldRecord],
) -> tuple[Folds, Mapping[int, FoldRecord]]:
    """Folds side by side, and the records that are at hand already, by the id of their result.

    Raises:
        BenchError: as `folds_of`.
    """
    found = folds_of(folds)
    if found is folds:
        return found, {}
    each = zip(found, folds, strict=True)
    return found, {id(result): fold for result, fold in each if isinstance(fold, FoldRecord)}


_NONE: Counts = np.empty(0, dtype=np.int64)


def _about(result: Result) -> About:
    return About(result.environment, result.precision, result.excluded, result.unread)


def _numbers(each: Sequence[int]) -> Numbers:
    return np.array(each, dtype=np.int64)


def _shared(each: Sequence[T], same: Callable[[T], Hashable] = id) -> Shared[T]:
    values = {same(value): value for value in each}
    numbers = {one: number for number, one in enumerate(values)}
    return Shared([*values.values()], _numbers([numbers[same(value)] for value in each]))


def _confusions(each: Sequence[Counts]) -> Confusions:
    whole = np.concatenate([_NONE, *(counts.ravel() for counts in each)])
    return Confusions(whole, _numbers([counts.size for counts in each]))
