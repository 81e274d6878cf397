"""Records <-> the results folder, csv first and json last: a json there is a fold that is done."""

import contextlib
import csv
import hashlib
import io
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.errors import BenchError, unknown
from bench.records import COST_SCHEMA, SCHEMA, CostRecord, FoldRecord, FoldRequest, Prediction
from bench.schema import plain, read

COUNTED = "counted"
"""Folder, beside those of the machines, of costs that were counted and not timed."""

_ROW = ("video", "subject", "group", "true", "status")
_TAIL = ("frames", "spans", "clip_scores", "apex", "attributes")


@dataclass(frozen=True, slots=True)
class Damage:
    """A stored file that cannot be read, and why."""

    path: Path
    reason: str


def fold_path(results: Path, request: FoldRequest) -> Path:
    """The json of one fold; its csv lies beside it, and unfinished work in `fold-<k>.partial`."""
    return (
        results
        / "accuracy"
        / request.dataset
        / request.protocol
        / request.model.name
        / request.identity
        / f"seed-{request.seed}"
        / f"fold-{request.fold.index}.json"
    )


def said_fold(index: int, of: int | None = None) -> str:
    """A fold for a person, who counts from 1, with its file's name, which options count by.

    Args:
        index: its number, from 0.
        of: how many folds there are, where that is worth saying.

    Returns:
        as in `fold 1 of 5 (fold-0)`.
    """
    return f"fold {index + 1}{f' of {of}' if of else ''} (fold-{index})"


def is_done(results: Path, request: FoldRequest) -> bool:
    """Whether a fold is stored, so that it need not be done.

    Raises:
        BenchError: what is stored are the answers of another file of the same name.
    """
    path = fold_path(results, request)
    if not path.exists():
        return False
    if request.made == "evaluated" and load_fold(path).request.weights != request.weights:
        raise BenchError(
            f"{path} holds the answers of another file called {request.weights.origin}. Pass "
            f"--overwrite to ask this one, or choose another --results."
        )
    return True


def partial_folder(results: Path, request: FoldRequest) -> Path:
    """Where an unfinished fold keeps its checkpoints and log; gone when the fold is done."""
    return fold_path(results, request).with_suffix(".partial")


def save_fold(results: Path, record: FoldRecord, beside: Mapping[str, bytes] | None = None) -> Path:
    """Write one fold, csv first and json last, and return the json's path.

    Args:
        results: the results folder.
        record: the fold; what it says of files beside it is replaced.
        beside: ending -> content of those files, as `bench.companions` makes them.

    Raises:
        BenchError: the results folder cannot be written.
    """
    path = fold_path(results, record.request)
    rows = _csv(record.predictions, record.request.classes)
    beside = beside or {}
    for ending, content in beside.items():
        write_atomically(path.with_suffix(f".{ending}"), content)
    hashes = {ending: hashlib.sha256(content).hexdigest() for ending, content in beside.items()}
    body = plain(replace(record, beside=hashes))
    del body["predictions"]
    body["csv_sha256"] = hashlib.sha256(rows.encode()).hexdigest()
    write_atomically(path.with_suffix(".csv"), rows)
    write_atomically(path, _sealed(body))
    return path


def load_fold(path: Path) -> FoldRecord:
    """Read one fold back, checking schema and both hashes.

    Raises:
        BenchError: the file is damaged, of another schema, or does not belong to its csv.
    """
    body = _unsealed(path)
    digest = body.pop("csv_sha256", None)
    table = path.with_suffix(".csv")
    try:
        rows = table.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"{table} cannot be read: {error}. {_again(path)}") from error
    if hashlib.sha256(rows.encode()).hexdigest() != digest:
        raise BenchError(
            f"{table} is not the file that {path.name} was written with: its sha256 differs. "
            f"{_again(path)}"
        )
    record = read(FoldRecord, {**body, "predictions": []}, str(path))
    try:
        return replace(record, predictions=_predictions(rows, record.request.classes))
    except (KeyError, ValueError, TypeError) as error:
        raise BenchError(
            f"{table} holds a row that cannot be read: {error!r}. {_again(path)}"
        ) from error


def load_scorable(path: Path) -> FoldRecord:
    """Read one fold back that has something to score, as tables, figures and reports need it.

    Raises:
        BenchError: as `load_fold`, or it has no test video, or one of a class that it lacks, or
            a seed beyond 64 bits.
    """
    record = load_fold(path)
    table, classes = path.with_suffix(".csv"), record.request.classes
    if not record.predictions:
        raise BenchError(
            f"{table} holds no test video, so there is nothing to score. {_again(path)}"
        )
    if not -(2**63) <= record.request.seed < 2**63:
        raise BenchError(
            f"{path} has the seed {record.request.seed}; expected a number of 64 bits. Move it "
            f"away."
        )
    strangers = {p.true for p in record.predictions}.difference(classes)
    if strangers:
        raise BenchError(f"{table}: {unknown('class', min(strangers), classes)}")
    return record


def load_folds(results: Path) -> tuple[tuple[FoldRecord, ...], tuple[Damage, ...]]:
    """All finished folds under a results folder in path order, and the files that are damaged.

    Raises:
        BenchError: the folder is a file, or cannot be read.
    """
    return _load_all(results / "accuracy", load_scorable)


def save_cost(results: Path, record: CostRecord) -> Path:
    """Write what a network costs, and return the path."""
    path = cost_path(results, record)
    write_atomically(path, _sealed(plain(record)))
    return path


def cost_path(results: Path, record: CostRecord) -> Path:
    """The json of one network's cost: one a count, and one a timing, which are all kept."""
    stamp = re.sub(r"[^0-9T]", "", record.created.partition("+")[0])
    machine, end = (record.environment.machine, f"-{stamp}") if record.timing else (COUNTED, "")
    return results / "cost" / machine / record.model.name / f"{record.identity}{end}.json"


def load_cost(path: Path) -> CostRecord:
    """Read one cost record back, checking schema and hash."""
    return read(CostRecord, _unsealed(path, COST_SCHEMA), str(path))


def load_costs(results: Path) -> tuple[tuple[CostRecord, ...], tuple[Damage, ...]]:
    """All cost records under a results folder in path order, and the files that are damaged.

    Raises:
        BenchError: the folder is a file, or cannot be read.
    """
    return _load_all(results / "cost", load_cost)


def check_writable(folder: Path) -> None:
    """Know before hours of work whether a folder takes files.

    Raises:
        BenchError: it does not.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise BenchError(
            f"{folder} cannot be written: {error.strerror}. Free space or permissions, or choose "
            f"another folder."
        ) from error


def write_atomically(path: Path, content: str | bytes) -> None:
    """Write a file so that it is there whole or not at all, also after a power cut.

    Raises:
        BenchError: the folder cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise BenchError(
            f"{path} cannot be written: {error.strerror}. Free space or permissions, or choose "
            f"another folder."
        ) from error


@contextlib.contextmanager
def claimed(folder: Path) -> Iterator[Path]:
    """Hold a folder of unfinished work for this process alone.

    Raises:
        BenchError: another process holds it, or it cannot be written.
    """
    import fcntl

    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "lock").open("w")
    except OSError as error:
        raise BenchError(
            f"{folder} cannot be written: {error.strerror}. Free space or permissions, or choose "
            f"another folder."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BenchError(
                f"{folder} is locked: another run works on this fold. Wait for it, or choose "
                f"other folds with --folds."
            ) from error
        yield folder


def digest(value: object) -> str:
    """sha256 of the canonical JSON of plain data or a record."""
    form = plain(value, terse=True)
    text = json.dumps(form, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _sealed(body: Mapping[str, Any]) -> str:
    return json.dumps({**body, "sha256": digest(body)}, indent=1, sort_keys=True) + "\n"


def _unsealed(path: Path, schema: int = SCHEMA) -> dict[str, Any]:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BenchError(f"{path} cannot be read: {error}. {_again(path)}") from error
    except RecursionError as error:
        raise BenchError(
            f"{path} cannot be read: it is nested too deeply. {_again(path)}"
        ) from error
    if not isinstance(body, dict) or "schema" not in body:
        raise BenchError(
            f"{path} is no record of bench; expected a file that it wrote. Move it away."
        )
    if body.get("schema") != schema:
        raise BenchError(
            f"{path} has schema {body.get('schema')!r}; this version reads {schema}. "
            f"{_newer(body.get('schema'), schema)}"
        )
    if body.pop("sha256", None) != digest(body):
        raise BenchError(
            f"{path} was changed after it was written: its sha256 differs. {_again(path)}"
        )
    return body


def _newer(theirs: object, ours: int) -> str:
    if isinstance(theirs, int) and theirs < ours:
        return "It is of an older version: move it away and run again."
    return "Update bench, or move it away and run again."


def _again(path: Path) -> str:
    # a json that lies there is a fold that is done, whatever is in it
    return f"Delete {path.name} and run again."


def _load_all(folder: Path, load: Any) -> tuple[tuple[Any, ...], tuple[Damage, ...]]:
    results = folder.parent
    if results.exists() and not (results.is_dir() and os.access(results, os.R_OK | os.X_OK)):
        state = "cannot be read" if results.is_dir() else "is a file"
        raise BenchError(f"results folder {results} {state}. Free it, or pass --results DIR.")
    records: list[Any] = []
    damaged: list[Damage] = []
    for path in sorted(folder.rglob("*.json")):
        if any(part.endswith(".partial") for part in path.relative_to(folder).parts):
            continue  # unfinished work, and whatever its training writes
        try:
            records.append(load(path))
        except BenchError as error:
            damaged.append(Damage(path, str(error)))
    return tuple(records), tuple(damaged)


def _csv(predictions: Sequence[Prediction], classes: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_ROW, *(f"score:{name}" for name in classes), *_TAIL])
    for p in predictions:
        scores = [f"{s:.9g}" for s in p.scores] or [""] * len(classes)
        writer.writerow(
            [
                *(p.video, p.subject or "", p.group or "", p.true, p.status),
                *scores,
                " ".join(map(str, p.frames)),
                " ".join(f"{first}-{last}" for first, last in p.spans),
                " ".join(f"{s:.9g}" for s in p.clip_scores),
                f"{p.apex[0]}-{p.apex[1]}" if p.apex else "",
                json.dumps(dict(p.attributes), sort_keys=True) if p.attributes else "",
            ]
        )
    return out.getvalue()


def _predictions(rows: str, classes: Sequence[str]) -> tuple[Prediction, ...]:
    return tuple(_prediction(row, classes) for row in csv.DictReader(io.StringIO(rows)))


def _prediction(row: Mapping[str, str], classes: Sequence[str]) -> Prediction:
    scores = [row[f"score:{name}"] for name in classes]
    return Prediction(
        video=row["video"],
        subject=row["subject"] or None,
        group=row["group"] or None,
        true=row["true"],
        status=row["status"],  # pyright: ignore[reportArgumentType]
        scores=tuple(float(s) for s in scores) if any(scores) else (),
        frames=tuple(int(f) for f in row["frames"].split()),
        spans=tuple(_span(s) for s in row["spans"].split()),
        clip_scores=tuple(float(s) for s in row["clip_scores"].split()),
        apex=_span(row["apex"]) if row["apex"] else None,
        attributes=json.loads(row["attributes"]) if row["attributes"] else {},
    )


def _span(text: str) -> tuple[int, int]:
    first, last = text.split("-")
    return int(first), int(last)
