"""Whether a record could have come from the entries of the registry that it copies."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.records import CostRecord, FoldRecord, FoldRequest, ModelEntry
from bench.registry import Registry
from bench.verify.finding import Finding
from bench.why.fields import changes, is_word


def check(path: Path, record: FoldRecord, registry: Registry) -> Iterator[Finding]:
    """Identities that fields do not give, and entries that are gone or were changed.

    Args:
        path: of the record.
        record: one fold.
        registry: today's entries.
    """
    request = record.request
    yield from _identity(path, request)
    if request.made != "imported":
        yield from _entry(path, request, registry)
    if request.made == "trained":
        yield from _teaching(path, request, registry)


def check_cost(path: Path, record: CostRecord, registry: Registry) -> Iterator[Finding]:
    """The same of a cost; its counts are those that the registry locks.

    Args:
        path: of the record.
        record: one network.
        registry: today's entries.
    """
    from bench.costs import Case, identity

    case = Case(record.model, record.complexity.classes, record.complexity.input)
    hashed = identity(case, record.timing.setting if record.timing else None)
    if hashed != record.identity:
        yield Finding("cost", path, _other_identity(record.identity, hashed))
    if ":" in record.model.name:
        return  # a factory that was counted without an entry
    try:
        entry = registry.find("models", record.model.name)
    except BenchError as error:
        yield Finding("cost", path, f"copies an entry that is not there: {error}", note=True)
        return
    # frames and size that are counted may be an option's, and weights cost nothing
    found = [
        str(change)
        for change in changes(_essence(record.model), _essence(entry))
        if change.field in ("factory", "classes_arg", "kind")
    ]
    if found:
        yield Finding("cost", path, _changed("entry", record.model.name, found))
    lock, counted = entry.complexity, record.complexity
    same = lock and (lock.classes, lock.input) == (counted.classes, counted.input)
    if lock and same and dict(entry.args) == dict(record.model.args):
        for number in ("params", "macs", "macs_ptflops"):
            locked, here = getattr(lock, number), getattr(counted, number)
            if None not in (locked, here) and locked != here:
                yield Finding("cost", path, f"has {here:,} {number}; the lock says {locked:,}.")


def _identity(path: Path, request: FoldRequest) -> Iterator[Finding]:
    from bench.planning import identity

    found = identity(request)
    # the folds of one checkpoint pattern have a file each, and one identity without its hash
    pattern = replace(request, weights=replace(request.weights, sha256=None))
    if request.identity not in (found, identity(pattern) if request.made == "evaluated" else found):
        yield Finding("provenance", path, _other_identity(request.identity, found))


def _other_identity(said: str, found: str) -> str:
    return f"says the identity {said}; its fields give {found}."


def _entry(path: Path, request: FoldRequest, registry: Registry) -> Iterator[Finding]:
    from bench.planning import fit_input

    name = request.model.name
    try:
        entry = registry.find("models", name)
    except BenchError as error:
        text = f"copies an entry that is not in the registry: {error}"
        yield Finding("provenance", path, text)
        return
    now = replace(entry, input=fit_input(entry.input, request.preset))
    weighted = request.weights.origin != "none"
    said = [
        str(change)
        for change in changes(_essence(request.model), _essence(now))
        if weighted or not change.field.startswith("pretraining")
    ]
    if said:
        yield Finding("provenance", path, _changed("entry", name, said))


def _teaching(path: Path, request: FoldRequest, registry: Registry) -> Iterator[Finding]:
    """Recipe, preset and objective, as far as the run had any."""
    copied = (
        ("recipes", request.recipe),
        ("presets", request.preset),
        ("objectives", request.objective),
    )
    for section, then in copied:
        if then.name == "none":
            continue
        kind = section.removesuffix("s")
        try:
            now = registry.find(section, then.name)
        except BenchError as error:
            yield Finding("provenance", path, f"copies a {kind} that is not there: {error}")
            continue
        found = [str(change) for change in changes(then, now) if not is_word(change.field)]
        if found:
            yield Finding("provenance", path, _changed(kind, then.name, found))


def _changed(kind: str, name: str, said: list[str]) -> str:
    return f"the {kind} {name!r} has changed since: {'; '.join(said)}."


def _essence(entry: ModelEntry) -> dict[str, Any]:
    """What a result depends on; titles, citations and locks are words about it."""
    part = entry.pretraining
    return {
        "factory": entry.factory,
        "classes_arg": entry.classes_arg,
        "kind": entry.kind,
        "args": entry.args,
        "input": entry.input,
        "pretraining": {"module": part.module, "keys": part.keys} if part else None,
        "head": entry.head,
    }
