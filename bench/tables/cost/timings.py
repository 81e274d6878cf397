"""Timed cost records, grouped so that only what compares stands in one column."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from bench.measurement.quantiles import Summary, summary
from bench.records import CostRecord, Setting, Timing

_PRECISIONS = ("fp32", "tf32", "bf16", "fp16")


@dataclass(frozen=True, slots=True)
class Place:
    """What times must share to stand in one column."""

    machine: str
    torch: str
    setting: Setting
    quick: bool

    @property
    def order(self) -> tuple[Any, ...]:
        """Machine by machine, the plain setting first."""
        s = self.setting
        choices = (_PRECISIONS.index(s.precision), s.batch, s.compiled, s.channels_last)
        return self.machine, s.device, *choices, s.threads or 0, self.torch, self.quick

    @property
    def choices(self) -> tuple[str, ...]:
        """The setting in words."""
        s = self.setting
        device = "CPU" if s.device == "cpu" else s.device
        words = [device, s.precision, f"batch {s.batch}"]
        words += ["compiled"] if s.compiled else []
        words += ["channels last"] if s.channels_last else []
        words += [f"{s.threads} thread{'s' if s.threads > 1 else ''}"] if s.threads else []
        return (*words, f"torch {self.torch}")

    @property
    def title(self) -> str:
        """Machine and setting, for a heading."""
        return " · ".join((self.machine, *self.choices)) + (" (QUICK)" if self.quick else "")

    @property
    def key(self) -> dict[str, str]:
        """The same, one part a name: columns of their own in csv and json."""
        s = self.setting
        return {
            "machine": self.machine,
            "torch": self.torch,
            "device": s.device,
            "precision": s.precision,
            "batch": str(s.batch),
            "mode": "compiled" if s.compiled else "eager",
            "layout": "channels last" if s.channels_last else "contiguous",
            "threads": str(s.threads or ""),
            "samples": "quick" if self.quick else "full",
        }

    def column(self, what: str) -> str:
        """Name of a raw column of this place, as in `latency_p50_ms@...`."""
        return f"{what}@{'/'.join(self.choices)}/{self.machine}{'/quick' if self.quick else ''}"


@dataclass(frozen=True)
class Run:
    """A record that was timed."""

    record: CostRecord
    timing: Timing

    @property
    def place(self) -> Place:
        """Where and how it was timed."""
        surroundings = self.record.environment
        torch = surroundings.packages.get("torch", "unknown")
        return Place(surroundings.machine, torch, self.timing.setting, self.timing.quick)

    @cached_property
    def wall(self) -> Summary:
        """Of its wall times."""
        return summary(self.timing.wall_ms)


Cell: TypeAlias = Sequence[Run]
"""All runs of one network in one place, oldest first; the last one speaks."""


def runs(records: Iterable[CostRecord]) -> list[Run]:
    """Those of the records that were timed, oldest first."""
    ordered = sorted(records, key=age)
    return [Run(record, record.timing) for record in ordered if record.timing]


def cells(records: Iterable[CostRecord]) -> dict[Place, list[Cell]]:
    """Places in order, each with its networks by MACs, the cheapest first."""
    found: dict[Place, dict[tuple[str, str], list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs(records):
        found[run.place][run.record.model.name, run.record.identity].append(run)
    return {
        place: sorted(found[place].values(), key=lambda cell: by_macs(cell[-1].record))
        for place in sorted(found, key=lambda place: place.order)
    }


def by_macs(record: CostRecord) -> tuple[Any, ...]:
    """Order of the rows of a table of costs."""
    return record.complexity.macs or 0, record.model.title, record.identity


def age(record: CostRecord) -> tuple[str, str]:
    """Order in time."""
    return record.created, record.identity


def labelled(places: Sequence[Place]) -> Mapping[str, Place]:
    """A letter for each place, none for a single one; quick ones say so."""
    letters = [f" {_letters(n)}" if len(places) > 1 else "" for n in range(len(places))]
    return {
        f"{letter} (quick)" if place.quick else letter: place
        for letter, place in zip(letters, places, strict=True)
    }


def _letters(number: int) -> str:
    """A to Z, then AA, AB and so on."""
    before, last = divmod(number, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
