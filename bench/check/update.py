"""Write the locks anew: all or nothing, checked by loading what was written, with a reason."""

import os
import re
import textwrap
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from bench.check import lockfile
from bench.check.shapes import check_shapes
from bench.check.story import Counted, entries, recount
from bench.errors import BenchError
from bench.locks import relocked
from bench.records import ModelEntry
from bench.registry import Registry, load
from bench.store import write_atomically

CHANGELOG = "CHANGELOG.md"

_END = "\n"


@dataclass(frozen=True, slots=True)
class Change:
    """One number of a lock, before and after."""

    model: str
    number: str
    """A key of the lock."""
    before: Any
    """None where there was no lock."""
    after: Any


@dataclass(frozen=True, slots=True)
class Update:
    """What was written."""

    changes: tuple[Change, ...]
    files: tuple[Path, ...]
    """Those whose text changed."""
    unlogged: tuple[str, ...]
    """Lines for a changelog that is not there."""
    skipped: tuple[str, ...] = ()
    """Lines about entries that have no network to count here; their locks stay."""


def update(extra: Sequence[Path] = (), models: Sequence[str] = (), reason: str = "") -> Update:
    """Write the locks of these models, or of all, and the modules behind them.

    Args:
        extra: registries beside ours, as `bench.registry.load` takes them.
        models: names; none is every model.
        reason: why a locked number changes; a line of the changelog.

    Raises:
        BenchError: a model cannot be counted, a lock would change without a reason, or a registry
            cannot be written; every file is then as it was.
    """
    registry = load(extra)
    skipped: list[str] = []
    chosen = entries(registry, models, skipped.append)
    for path in sorted({registry.files["models", entry.name] for entry in chosen}):
        _check_ours(path)
    found = {entry.name: _sound(entry) for entry in chosen}
    changes = [change for entry in chosen for change in _changes(entry, found[entry.name])]
    locked = [entry.name for entry in chosen if entry.complexity]
    lines = _lines(changes, locked, " ".join(reason.split()))
    texts = dict(_texts(registry, found))
    unlogged = _log(lines, registry, texts)
    written = _write(texts, lambda: _check_written(extra, registry, found))
    return Update(tuple(changes), written, unlogged, tuple(skipped))


def _sound(entry: ModelEntry) -> Counted:
    """What an entry costs; a network that the gate refuses is not locked."""
    one = recount(entry)
    if entry.kind == "network":
        check_shapes(one.case)
    return one


def _check_ours(path: Path) -> None:
    if {"site-packages", "dist-packages"} & {*path.parts}:
        raise BenchError(
            f"{path} belongs to an installed package, where a new lock would be lost with the "
            f"next version. Name your own models with --model, or run this where the package is "
            f"developed."
        )
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise BenchError(f"{path} may not be written. Allow it, or name other models with --model.")


def _changes(entry: ModelEntry, one: Counted) -> Iterator[Change]:
    before = asdict(entry.complexity) if entry.complexity else {}
    for key, after in asdict(one.count.complexity).items():
        if before.get(key) != after:
            yield Change(entry.name, key, before.get(key), after)


def _lines(changes: Sequence[Change], locked: Collection[str], reason: str) -> dict[str, str]:
    """Model -> line of the changelog, for each lock that changes and is not new."""
    moved: dict[str, list[str]] = {}
    for change in changes:
        if change.model in locked and change.number != "counter":
            said = f"{change.number} {_said(change.before)} to {_said(change.after)}"
            moved.setdefault(change.model, []).append(said)
    if moved and not reason:
        told = "; ".join(f"{model}: {', '.join(said)}" for model, said in moved.items())
        raise BenchError(
            f"locked numbers would change ({told}) and no reason is given. Pass --reason TEXT, "
            f"which goes into {CHANGELOG}."
        )
    return {
        model: f"- The locks of {model} changed ({', '.join(said)}): {reason}"
        for model, said in moved.items()
    }


def _said(value: Any) -> str:
    if isinstance(value, tuple):
        return "x".join(map(str, value))
    return "none" if value is None else f"{value:,}"


def _texts(registry: Registry, found: Mapping[str, Counted]) -> Iterator[tuple[Path, str]]:
    """Each file that holds locks or their breakdown, and its new text."""
    for path in dict.fromkeys(registry.files["models", name] for name in found):
        mine = [name for name in registry.models if registry.files["models", name] == path]
        locks = {name: found[name].count.complexity for name in mine if name in found}
        yield path, relocked(path.read_bytes().decode(), locks)
        beside = lockfile.path_beside(path)
        kept = {} if len(locks) == len(mine) else lockfile.read(beside)
        rows = [
            lockfile.rows_of(name, found[name].count.modules)
            if name in found
            else kept.get(name, ())
            for name in mine
        ]
        yield beside, lockfile.text(chain.from_iterable(rows))


def _write(texts: Mapping[Path, str], check: Callable[[], None]) -> tuple[Path, ...]:
    """Write the texts that are new; if the check then fails, put everything back."""
    before = {path: path.read_bytes().decode() if path.exists() else None for path in texts}
    changed = [path for path in texts if texts[path] != before[path]]
    try:
        for path in changed:
            write_atomically(path, texts[path])
        check()
    except BaseException:
        for path in changed:
            _restore(path, before[path])
        raise
    return tuple(changed)


def _restore(path: Path, text: str | None) -> None:
    if text is None:
        path.unlink(missing_ok=True)
    else:
        write_atomically(path, text)


def _check_written(extra: Sequence[Path], before: Registry, found: Mapping[str, Counted]) -> None:
    models = {
        name: replace(entry, complexity=found[name].count.complexity) if name in found else entry
        for name, entry in before.models.items()
    }
    try:
        after = load(extra)
    except BenchError as error:
        raise BenchError(
            f"the locks do not fit into the text of their registry, and every file is as it was: "
            f"{error} Write each lock as a block of its own."
        ) from error
    wrong = [name for name, entry in models.items() if after.models.get(name) != entry]
    if wrong or after != replace(before, models=models):
        raise BenchError(
            f"the locks cannot be written without changing {', '.join(wrong) or 'other blocks'} "
            f"too, and every file is as it was. Name these with --model as well, or give each "
            f"model a block of its own."
        )


def _log(lines: Mapping[str, str], registry: Registry, texts: dict[Path, str]) -> tuple[str, ...]:
    """Put each line into the changelog beside its registry; those without one are given back."""
    unlogged: list[str] = []
    for name, line in lines.items():
        changelog = registry.files["models", name].parent / CHANGELOG
        if changelog.exists():
            text = texts.get(changelog) or changelog.read_bytes().decode()
            texts[changelog] = _logged(text, line)
        else:
            unlogged.append(line)
    return tuple(unlogged)


def _logged(text: str, line: str) -> str:
    """A changelog with one line more at the end of its topmost section."""
    sections = [match.start() for match in re.finditer(r"^## ", text, re.MULTILINE)]
    head = text[: sections[1] if len(sections) > 1 else len(text)].rstrip()
    wrapped = textwrap.fill(
        line, 100, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    return f"{head}\n{wrapped}{text[len(head) :] or _END}"
