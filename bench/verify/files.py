"""Stored files byte by byte: read by the strict reader, and equal to what would be written."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import companions, store
from bench.errors import BenchError
from bench.protocols import thaw
from bench.records import CostRecord, FoldRecord, Protocol
from bench.verify.finding import Finding

FOLD_FILES = (".json", ".csv", ".pth")
"""Endings beside a fold that no record lists; kept weights are not committed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was read, and what is wrong with its bytes or its place."""

    path: Path
    record: Any = None
    """None where it cannot be read."""
    findings: tuple[Finding, ...] = ()
    answers: str = ""
    """sha256 of the csv of a fold."""


@dataclass(frozen=True, slots=True)
class Protocols:
    """The frozen protocols of a results folder."""

    by_hash: dict[tuple[str, str], tuple[Path, Protocol]] = field(
        default_factory=dict[tuple[str, str], tuple[Path, Protocol]]
    )
    """Name of the dataset and hash of the folds -> file and protocol."""
    findings: list[Finding] = field(default_factory=list[Finding])


def folds(results: Path) -> Iterator[Checked]:
    """Every fold with the files beside it, one at a time, in the order of the paths."""
    for path in _jsons(results / "accuracy"):
        try:
            record = store.load_fold(path)
        except BenchError as error:
            yield Checked(path, None, (_damaged(path, error),))
            continue
        answers = hashlib.sha256(path.with_suffix(".csv").read_bytes()).hexdigest()
        wrong = (
            *_bytes(path, answers),
            *_fold_place(path, record, results),
            *_beside(path, record),
        )
        yield Checked(path, record, wrong, answers)


def costs(results: Path) -> Iterator[Checked]:
    """Every record of a cost, one at a time, in the order of the paths."""
    for path in _jsons(results / "cost"):
        try:
            record = store.load_cost(path)
        except BenchError as error:
            yield Checked(path, None, (_damaged(path, error),))
            continue
        yield Checked(path, record, (*_bytes(path), *_cost_place(path, record, results)))


def protocols(results: Path) -> Protocols:
    """Every frozen protocol, with what is wrong."""
    found = Protocols()
    for path in _jsons(results / "protocols"):
        try:
            protocol = thaw(path)
        except BenchError as error:
            found.findings.append(_damaged(path, error))
            continue
        body = json.loads(path.read_text(encoding="utf-8"))
        if path.read_bytes() != (json.dumps(body, indent=1) + "\n").encode():
            found.findings.append(Finding("damaged", path, _OTHER_FORM))
        if (protocol.dataset, protocol.name) != (path.parent.name, _stem(path)):
            said = f"holds {protocol.name!r} of {protocol.dataset!r}."
            found.findings.append(Finding("misplaced", path, said))
        found.by_hash[protocol.dataset, protocol.hash] = path, protocol
    return found


def strays(results: Path) -> Iterator[Finding]:
    """Files beside folds that belong to no fold, as a csv whose json is gone."""
    for path in sorted((results / "accuracy").rglob("fold-*.*")):
        json_path = path.with_name(path.name.partition(".")[0] + ".json")
        if path.is_file() and not _unfinished(path, results) and not json_path.exists():
            yield Finding("damaged", path, f"belongs to {json_path.name}, which is not there.")


_OTHER_FORM = "says what was written in another form: blanks, digits or order were changed."


def _jsons(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.json") if not _unfinished(path, folder))


def _unfinished(path: Path, folder: Path) -> bool:
    return any(part.endswith(".partial") for part in path.relative_to(folder).parts)


def _damaged(path: Path, error: BenchError) -> Finding:
    return Finding("damaged", path, str(error).removeprefix(f"{path} "))


def _bytes(path: Path, answers: str = "") -> Iterator[Finding]:
    """A seal covers what a json says; its bytes are those that the store writes.

    Args:
        path: of the json.
        answers: sha256 of its csv, where it has one.
    """
    content = path.read_bytes()
    body = json.loads(content)
    if content != (json.dumps(body, indent=1, sort_keys=True) + "\n").encode():
        yield Finding("damaged", path, _OTHER_FORM)
    # the reader of text takes another line end for the same
    if body.get("csv_sha256", "") != answers:
        text = f"has other line ends than {path.name} was written with."
        yield Finding("damaged", path.with_suffix(".csv"), text)


def _fold_place(path: Path, record: FoldRecord, results: Path) -> Iterator[Finding]:
    expected = store.fold_path(results, record.request)
    if path != expected:
        said = f"is the record of {expected.relative_to(results)}."
        yield Finding("misplaced", path, said)


def _beside(path: Path, record: FoldRecord) -> Iterator[Finding]:
    known = {f".{ending}" for ending in record.beside} | {*FOLD_FILES}
    for beside in sorted(path.parent.glob(f"{path.stem}.*")):
        if beside.is_file() and beside.name.removeprefix(path.stem) not in known:
            text = f"lies beside {path.name}, which does not list it."
            yield Finding("damaged", beside, text)
    try:
        companions.read_epochs(path, record)
        companions.read_features(path, record)
    except BenchError as error:
        yield _of_companion(path, error)
    for ending in sorted(record.beside.keys() - {companions.EPOCHS, companions.FEATURES}):
        yield from _unknown_companion(path, ending, record.beside[ending])


def _of_companion(path: Path, error: BenchError) -> Finding:
    said = str(error)
    for ending in (companions.EPOCHS, companions.FEATURES):
        file = companions.path_of(path, ending)
        if said.startswith(f"{file} "):
            return Finding("damaged", file, said.removeprefix(f"{file} "))
    return Finding("damaged", path, said)


def _unknown_companion(path: Path, ending: str, sha256: str) -> Iterator[Finding]:
    file = companions.path_of(path, ending)
    if not file.is_file():
        yield Finding("damaged", file, f"stands in {path.name} and is not there.")
    elif companions.sha256(file.read_bytes()) != sha256:
        yield Finding("damaged", file, f"was changed: {path.name} has another sha256 for it.")


def _cost_place(path: Path, record: CostRecord, results: Path) -> Iterator[Finding]:
    expected = store.cost_path(results, record)
    if path != expected:
        yield Finding("misplaced", path, f"is the record of {expected.relative_to(results)}.")


def _stem(path: Path) -> str:
    """Name of the protocol in `NAME-<fingerprint>.json`."""
    return path.stem.rpartition("-")[0]
