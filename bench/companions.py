"""Files that belong to a fold and lie beside it: answers after every epoch, and features.

They are kept where a run is asked to (`records.Keep`), and their hashes stand in the fold's record.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.errors import BenchError
from bench.records import FoldRecord, Prediction

EPOCHS = "epochs.csv"
"""A row for each epoch and test video: the scores of that epoch's weights."""

FEATURES = "features.npy"
"""float32, shape (videos, D), a row for each row of the fold's csv; NaN where there are none."""


def path_of(record_path: Path, ending: str) -> Path:
    """The file of that ending beside a fold's json."""
    return record_path.with_suffix(f".{ending}")


def epochs_head(classes: Sequence[str]) -> str:
    """The first line of the answers of every epoch; the rows of each epoch follow in order."""
    return _lines([["epoch", "video", *(f"score:{name}" for name in classes)]])


def epoch_rows(epoch: int, answers: Sequence[Prediction], classes: Sequence[str]) -> str:
    """The lines of one epoch.

    Args:
        epoch: its number, from 0.
        answers: to every test video.
        classes: in the order of the scores.
    """
    empty = [""] * len(classes)
    return _lines([epoch, p.video, *([f"{s:.9g}" for s in p.scores] or empty)] for p in answers)


def _lines(rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def features_npy(
    features: Mapping[str, Sequence[float]], predictions: Sequence[Prediction]
) -> bytes:
    """Features of test videos as the bytes of a numpy file.

    Args:
        features: id of a video -> its D numbers; at least one.
        predictions: the rows of the fold.
    """
    width = len(next(iter(features.values())))
    rows = [features.get(p.video, [np.nan] * width) for p in predictions]
    out = io.BytesIO()
    np.save(out, np.asarray(rows, dtype=np.float32), allow_pickle=False)
    return out.getvalue()


def read_epochs(path: Path, record: FoldRecord) -> tuple[tuple[Prediction, ...], ...]:
    """The answers after each epoch, from epoch 0 on; () where none were kept.

    Args:
        path: the json of the fold.
        record: what it holds.

    Raises:
        BenchError: the file is gone, was changed, or does not fit its record.
    """
    content = _content(path, record, EPOCHS)
    if content is None:
        return ()
    rows = {p.video: p for p in record.predictions}
    names = [f"score:{name}" for name in record.request.classes]
    found: dict[int, list[Prediction]] = {}
    try:
        for row in csv.DictReader(io.StringIO(content.decode())):
            scores = tuple(float(row[name]) for name in names if row[name])
            answer = replace(rows[row["video"]], scores=scores, clip_scores=())
            found.setdefault(int(row["epoch"]), []).append(answer)
    except (KeyError, ValueError, TypeError) as error:
        raise _unfit(path, EPOCHS) from error
    whole = len(record.predictions)
    if sorted(found) != list(range(len(record.epochs))) or any(
        len(answers) != whole for answers in found.values()
    ):
        raise _unfit(path, EPOCHS)
    return tuple(tuple(found[epoch]) for epoch in sorted(found))


def read_features(path: Path, record: FoldRecord) -> NDArray[np.float32] | None:
    """Features of the test videos, shape (videos, D) in the order of the rows; None: not kept.

    Args:
        path: the json of the fold.
        record: what it holds.

    Raises:
        BenchError: the file is gone, was changed, or does not fit its record.
    """
    content = _content(path, record, FEATURES)
    if content is None:
        return None
    try:
        features = np.load(io.BytesIO(content), allow_pickle=False)
    except (ValueError, OSError) as error:
        raise _unfit(path, FEATURES) from error
    if features.ndim != 2 or len(features) != len(record.predictions):
        raise _unfit(path, FEATURES)
    return features


def sha256(content: bytes) -> str:
    """As a record keeps it."""
    return hashlib.sha256(content).hexdigest()


def _content(path: Path, record: FoldRecord, ending: str) -> bytes | None:
    if ending not in record.beside:
        return None
    file = path_of(path, ending)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise BenchError(
            f"{file} cannot be read: {error.strerror or error}. Restore it, or delete {path.name} "
            f"and run again."
        ) from error
    if sha256(content) != record.beside[ending]:
        raise BenchError(
            f"{file} is not the file that {path.name} was written with: its sha256 differs. "
            f"Restore it, or delete {path.name} and run again."
        )
    return content


def _unfit(path: Path, ending: str) -> BenchError:
    return BenchError(
        f"{path_of(path, ending)} does not fit {path.name}: other videos, epochs or columns than "
        f"the record has. Delete {path.name} and run again."
    )
