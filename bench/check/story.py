"""One run of the gate: count each entry once, and compare the counts with all that is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench import extras
from bench.check import lockfile
from bench.check.drift import Drift, drifts
from bench.check.published import published
from bench.check.report import Refused, Report
from bench.check.shapes import check_shapes
from bench.costs import Case, case_of, countable, counted
from bench.errors import BenchError
from bench.imports import breaches
from bench.records import ModelEntry
from bench.registry import Registry
from bench.tables.reported import load_reported

if TYPE_CHECKING:
    from bench.measurement.complexity import Count


@dataclass(frozen=True, slots=True)
class Counted:
    """An entry at the input that its lock is for, and what it costs."""

    case: Case
    count: "Count"


def check(registry: Registry, models: Sequence[str] = ()) -> Report:
    """Recount and rebuild every entry that is a network, and read the rules about imports.

    An entry that fails is a finding; the others are still checked.

    Args:
        registry: all entries.
        models: names; none is every model.

    Raises:
        BenchError: a name is unknown, the library of a named model is not installed, or a stored
            breakdown is damaged.
    """
    found: dict[str, Counted] = {}
    shaped: list[str] = []
    refused: list[Refused] = []
    skipped: list[str] = []
    for entry in entries(registry, models, skipped.append):
        with _refusals(entry, refused):
            found[entry.name] = recount(entry)
            if entry.kind == "network":
                check_shapes(found[entry.name].case)
                shaped.append(entry.name)

    def count_with(entry: ModelEntry, frames: int | None) -> "Count | None":
        if frames is None:
            return found[entry.name].count
        with _refusals(entry, refused):
            return counted(case_of(entry, frames=frames))
        return None

    claims = [one.case.entry for one in found.values()]
    printed = tuple(published(claims, load_reported(), count_with))
    return Report(
        counted=tuple(found),
        drifts=tuple(drifts_of(registry, found)),
        shaped=tuple(shaped),
        refused=tuple(refused),
        printed=printed,
        breaches=tuple(breaches()),
        notes=(
            *(f"left out: {line}" for line in skipped),
            *_counter_notes(found.values()),
            *_breakdown_notes(registry, found),
        ),
    )


def entries(
    registry: Registry, models: Sequence[str], tell: Callable[[str], None]
) -> list[ModelEntry]:
    """The entries of these names, or all, without those that have no network to count.

    Args:
        registry: all entries.
        models: names; none is every model.
        tell: takes a line about those that are left out.

    Raises:
        BenchError: a name is unknown, or the library of a named model is not installed.
    """
    named = [registry.find("models", name) for name in models]
    for entry in named:
        extras.require(entry)
    return countable(named or registry.models.values(), tell)


def recount(entry: ModelEntry) -> Counted:
    """Count an entry at its own input; where that has no length, at the locked one.

    Raises:
        BenchError: it cannot be built or run on the meta device.
    """
    unbounded = entry.input.test.length is None and entry.input.train.length is None
    frames = entry.complexity.input[1] if unbounded and entry.complexity else None
    case = case_of(entry, frames=frames)
    return Counted(case, counted(case))


def drifts_of(registry: Registry, found: Mapping[str, Counted]) -> Iterator[Drift]:
    """What differs from the locks and their stored breakdown.

    Raises:
        BenchError: a stored breakdown is damaged.
    """
    files = {name: lockfile.path_beside(registry.files["models", name]) for name in found}
    stored = {path: lockfile.read(path) for path in files.values()}
    for name, one in found.items():
        rows = lockfile.rows_of(name, one.count.modules)
        kept = stored[files[name]].get(name, ())
        yield from drifts(one.case, one.count.complexity, kept, rows)


@contextmanager
def _refusals(entry: ModelEntry, refused: list[Refused]) -> Iterator[None]:
    """Keep what goes wrong with an entry, whatever its code raises, and go on."""
    try:
        yield
    except BenchError as error:
        refused.append(Refused(entry.name, str(error)))
    except Exception as error:
        reason = (
            f"model {entry.name!r} cannot be built and run on the meta device: "
            f"{type(error).__name__}: {error}. Check factory and args of its block."
        )
        refused.append(Refused(entry.name, reason))


def _counter_notes(found: Iterable[Counted]) -> Iterator[str]:
    changed: dict[tuple[str, str], list[str]] = {}
    for one in found:
        lock, now = one.case.entry.complexity, one.count.complexity.counter
        if lock and lock.counter != now:
            changed.setdefault((lock.counter, now), []).append(one.case.entry.name)
    for (then, now), names in changed.items():
        yield f"{', '.join(names)}: locked with {then or 'a counter unnamed'}, counted with {now}"


def _breakdown_notes(registry: Registry, found: Mapping[str, Counted]) -> Iterator[str]:
    """Without its modules a lock holds, but a drift could not name one."""
    lacking: dict[Path, list[str]] = {}
    for name, one in found.items():
        file = lockfile.path_beside(registry.files["models", name])
        if one.case.entry.complexity and name not in lockfile.read(file):
            lacking.setdefault(file, []).append(name)
    for file, names in lacking.items():
        yield f"{file.name} lacks {', '.join(names)}; `bench check --update` writes it"
