"""Whether stored results are whole, unchanged and possible: read-only, without torch or data."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.errors import BenchError
from bench.registry import Registry
from bench.verify import documents, files, folds, plausibility, provenance, seals
from bench.verify.finding import KINDS, Finding, Kind

if TYPE_CHECKING:
    from bench.tables.markers import Pair

__all__ = ["KINDS", "Finding", "Kind", "Report", "documents", "seals", "verify"]


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and what was found."""

    checked: Counter[str] = field(default_factory=Counter[str])
    """What -> how many: folds, answers, costs, protocols, documents."""
    findings: list[Finding] = field(default_factory=list[Finding])

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong; notes may still be there."""
        return all(finding.note for finding in self.findings)


def verify(
    results: Path,
    registry: Registry,
    written: Sequence[Path] = (),
    table: "Callable[[Path, Pair], str]" = lambda path, pair: "",
) -> Report:
    """Check every stored file; one record is in memory at a time.

    Args:
        results: the folder of stored records.
        registry: today's entries, with which records are compared.
        written: documents whose tables are compared.
        table: the table of a pair of markers of a document, as `bench table --write` writes it.

    Raises:
        BenchError: there is no such folder, or a document cannot be read.
    """
    if not results.is_dir():
        raise BenchError(f"{results} is no folder of results. Name one, as in `results`.")
    report = Report()
    protocols = files.protocols(results)
    report.checked["protocols"] = len(protocols.by_hash)
    found = report.findings
    found += [*seals.check(results), *protocols.findings, *files.strays(results)]
    found += _folds(results, registry, protocols, report.checked)
    found += _costs(results, registry, report.checked)
    for path in written:
        report.checked["documents"] += 1
        found += documents.check(path, table)
    order = list(KINDS)
    found.sort(key=lambda one: (one.note, order.index(one.kind), str(one.path)))
    return report


def _folds(
    results: Path, registry: Registry, protocols: files.Protocols, checked: Counter[str]
) -> Iterator[Finding]:
    ledger = folds.Ledger(protocols)
    for one in files.folds(results):
        checked["folds"] += 1
        yield from one.findings
        if one.record is not None:
            checked["answers"] += len(one.record.predictions)
            yield from folds.check(one.path, one.record, protocols)
            yield from plausibility.check(one.path, one.record)
            yield from provenance.check(one.path, one.record, registry)
            yield from ledger.add(one.path, results, one.record, one.answers)
    yield from ledger.findings()


def _costs(results: Path, registry: Registry, checked: Counter[str]) -> Iterator[Finding]:
    for one in files.costs(results):
        checked["costs"] += 1
        yield from one.findings
        if one.record is not None:
            yield from provenance.check_cost(one.path, one.record, registry)
