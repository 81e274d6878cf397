"""A lock against a recount, number by number, down to the module that differs most."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bench.check.lockfile import Row
from bench.costs import Case
from bench.records import Complexity

Number: TypeAlias = Literal["params", "macs", "macs_ptflops"]

NUMBERS: tuple[Number, ...] = ("params", "macs", "macs_ptflops")

UNLOCKED = "no number is locked; `bench check --update` adds them"
NO_BREAKDOWN = "no breakdown is stored; `bench check --update` writes one"
EDITED = "no module changed: the locked number itself differs from its breakdown"


@dataclass(frozen=True, slots=True)
class Drift:
    """One number that is not what it is locked to be."""

    model: str
    number: str
    """A column of the lock, of the breakdown, or `lock` where there is none."""
    locked: int | str | None
    counted: int | str | None
    where: str
    """The module with the largest part of the difference, or why none can be named."""

    @property
    def difference(self) -> int | None:
        """Counted minus locked; None where they are no numbers."""
        if isinstance(self.locked, int) and isinstance(self.counted, int):
            return self.counted - self.locked
        return None

    def __str__(self) -> str:
        if self.locked is self.counted is None:
            return f"{self.model}: {self.where}"
        return (
            f"{self.model}: {self.number} is locked to {self.locked}, and {self.counted} is "
            f"counted; {self.where}"
        )


def drifts(
    case: Case, counted: Complexity, stored: Sequence[Row], found: Sequence[Row]
) -> Iterator[Drift]:
    """Compare the lock of an entry with a recount, by `==`.

    Args:
        case: the entry as it is now, with its lock.
        counted: the recount.
        stored: rows of the stored breakdown; none when nothing is stored.
        found: rows of the recount.
    """
    name, lock = case.entry.name, case.entry.complexity
    if lock is None:
        yield Drift(name, "lock", None, None, UNLOCKED)
        return
    if lock.input != case.input:
        reason = "the entry's input changed, or the lock's"
        yield Drift(name, "input", _shape(lock.input), _shape(case.input), reason)
    for number in NUMBERS:
        ours, theirs = getattr(lock, number), getattr(counted, number)
        moved = _moved(number, stored, found)
        if ours != theirs:
            yield Drift(name, number, ours, theirs, _where(moved, stored, found))
        elif stored and moved:
            total = sum(getattr(row, number) for row in stored)
            where = _where(moved, stored, found)
            yield Drift(name, f"{number} of the breakdown", total, theirs, where)


def _moved(number: Number, stored: Sequence[Row], found: Sequence[Row]) -> dict[str, int]:
    """Modules that add another amount than before -> counted minus stored."""
    before = {row.module: getattr(row, number) for row in stored}
    after = {row.module: getattr(row, number) for row in found}
    parts = {module: after.get(module, 0) - before.get(module, 0) for module in after | before}
    return {module: part for module, part in parts.items() if part}


def _where(moved: Mapping[str, int], stored: Sequence[Row], found: Sequence[Row]) -> str:
    if not stored:
        return NO_BREAKDOWN
    if not moved:
        return EDITED
    kinds = {row.module: row.type for row in (*stored, *found)}
    module = max(moved, key=lambda name: abs(moved[name]))
    others = f", {len(moved)} modules in all" if len(moved) > 1 else ""
    return f"{module or 'the network itself'} ({kinds[module]}) {moved[module]:+,}{others}"


def _shape(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape))
