"""Answers of a system that lives elsewhere: a csv file -> folds, scored like all others."""

import csv
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError, unknown
from bench.records import Dataset, Fold, Prediction, Protocol, Video

_NEAR_ONE = 1e-3
"""Rows whose sum differs from 1 by more are no probabilities."""

_NAMED = 5
"""So many videos are named before the rest is counted."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One fold of a protocol with the rows that a file has for it."""

    fold: Fold
    predictions: tuple[Prediction, ...]
    """One a test video, in the order of the fold; without scores where the file has none."""
    lacking: tuple[str, ...]
    """Test videos for which the file has no row."""


def read_answers(
    path: Path, dataset: Dataset, protocol: Protocol, *, logits: bool = False
) -> tuple[Answered, ...]:
    """The folds that a file of answers covers.

    The header names `video` and either one column a class, with scores, or `predicted`, with class
    names; a column `fold`, from 1, is needed only where a video is tested in several folds. A
    video is named by its id, or by its id without the dataset before the colon.

    Args:
        path: the csv file, UTF-8.
        dataset: the videos and their classes.
        protocol: the folds that are tested.
        logits: take a softmax of the scores of a row, which are probabilities otherwise.

    Raises:
        BenchError: the file cannot be read; a column, a video, a class, a fold or a number in it
            is wrong; a video is answered twice, or tested in no fold.
    """
    rows = _rows(path)
    columns = list(rows[0].cells)
    table = _Table(path, dataset.classes, logits, _style(path, columns, dataset.classes))
    videos = {video.id: video for video in dataset.videos}
    names = _names(videos)
    tested = _tested(protocol)
    found: dict[int, dict[str, tuple[float, ...]]] = defaultdict(dict)
    for row in rows:
        video = names.get(row.cells["video"])
        if video is None:
            raise unknown(f"video ({path}, line {row.line})", row.cells["video"], names)
        fold = _fold_of(table, row, video, tested.get(video, ()), len(protocol.folds))
        if video in found[fold]:
            raise BenchError(
                f"{path}, line {row.line}: video {video!r} is answered twice in fold {fold + 1}. "
                f"Keep one row."
            )
        found[fold][video] = table.scores(row)
    return tuple(_answered(protocol.folds[k], found[k], videos) for k in sorted(found))


def require_whole(folds: Sequence[Answered], path: Path) -> None:
    """Stop at a fold that is answered in part.

    Raises:
        BenchError: videos are lacking; they are counted and the first are named.
    """
    lacking = [video for answered in folds for video in answered.lacking]
    if not lacking:
        return
    more = f" and {len(lacking) - _NAMED} more" if len(lacking) > _NAMED else ""
    tested = sum(len(answered.predictions) for answered in folds)
    raise BenchError(
        f"{path} has no answer for {len(lacking)} of {tested} test videos: "
        f"{', '.join(lacking[:_NAMED])}{more}. Add them, or pass --allow-missing to count them as "
        f"wrong."
    )


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Table:
    path: Path
    classes: tuple[str, ...]
    logits: bool
    predicted: bool
    """Whether rows name a class in place of scores."""

    def scores(self, row: _Row) -> tuple[float, ...]:
        """A probability of each class, shape (K,)."""
        where = f"{self.path}, line {row.line}"
        if self.predicted:
            name = row.cells["predicted"]
            if name not in self.classes:
                raise unknown(f"class ({where})", name, self.classes)
            return tuple(float(name == label) for label in self.classes)
        values = [_number(row.cells[name], name, where) for name in self.classes]
        return _softmax(values) if self.logits else _probabilities(values, where)


def _rows(path: Path) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, strict=True)
            header = [name.strip() for name in reader.fieldnames or ()]
            reader.fieldnames = header
            rows = [_row(path, reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BenchError(f"{path} cannot be read: {error}. Check the path and the csv.") from error
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BenchError(f"{path} has the column {twice[0]!r} twice. Remove one.")
    if not rows:
        raise BenchError(f"{path} holds no answers; expected a header and one row a video.")
    return rows


def _row(path: Path, line: int, cells: Mapping[str | None, str | None]) -> _Row:
    if None in cells or None in cells.values():
        raise BenchError(
            f"{path}, line {line} has another number of cells than its header. Repair the line."
        )
    return _Row(line, {str(name): str(value).strip() for name, value in cells.items()})


def _style(path: Path, columns: Sequence[str], classes: Sequence[str]) -> bool:
    """Whether classes are named in a column; else there is a column of scores for each."""
    known = {"video", "fold", "predicted", *classes}
    strange = [name for name in columns if name not in known]
    scored = [name for name in classes if name in columns]
    wanted = f"expected video, and either predicted or one column a class: {', '.join(classes)}"
    if "video" not in columns:
        raise BenchError(f"{path} has no column 'video'; {wanted}. Add it.")
    if ("predicted" in columns) == bool(scored) or (scored and len(scored) < len(classes)):
        raise BenchError(f"{path} has the columns {', '.join(columns)}; {wanted}. Correct it.")
    if strange:
        raise BenchError(f"{path} has the unknown column {strange[0]!r}; {wanted}. Remove it.")
    return not scored


def _names(videos: Mapping[str, Video]) -> dict[str, str]:
    """What a file may call a video -> its id; a short name only where it is one video's."""
    short: dict[str, list[str]] = defaultdict(list)
    for id in videos:
        short[id.partition(":")[2]].append(id)
    alone = {name: ids[0] for name, ids in short.items() if name and len(ids) == 1}
    return {**alone, **{id: id for id in videos}}


def _tested(protocol: Protocol) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for fold in protocol.folds:
        for video in fold.test:
            found[video].append(fold.index)
    return found


def _fold_of(table: _Table, row: _Row, video: str, tested: Sequence[int], count: int) -> int:
    """The fold that a row belongs to, from 0."""
    where = f"{table.path}, line {row.line}"
    text = row.cells.get("fold", "")
    if not tested:
        raise BenchError(
            f"{where}: video {video!r} is tested in no fold. Leave it out, or choose another "
            f"--protocol."
        )
    if not text:
        if len(tested) > 1:
            folds = ", ".join(str(k + 1) for k in tested)
            raise BenchError(
                f"{where}: video {video!r} is tested in folds {folds}. Add a column 'fold'."
            )
        return tested[0]
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= count:
        raise BenchError(f"{where}: fold is {text!r}; expected a number from 1 to {count}.")
    if int(text) - 1 not in tested:
        folds = ", ".join(str(k + 1) for k in tested)
        raise BenchError(
            f"{where}: video {video!r} is tested in fold {folds}, not in {text}. These answers "
            f"are of other folds: pass their protocol by --protocol or --split."
        )
    return int(text) - 1


def _answered(
    fold: Fold, found: Mapping[str, tuple[float, ...]], videos: Mapping[str, Video]
) -> Answered:
    rows = tuple(_prediction(videos[id], found.get(id)) for id in fold.test)
    return Answered(fold, rows, tuple(id for id in fold.test if id not in found))


def _prediction(video: Video, scores: tuple[float, ...] | None) -> Prediction:
    return Prediction(
        video=video.id,
        subject=video.subject,
        group=video.group,
        true=video.label,
        status="unanswered" if scores is None else "scored",
        scores=scores or (),
        apex=video.apex,
        attributes=video.attributes,
    )


def _number(text: str, name: str, where: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BenchError(f"{where}: the score of {name!r} is {text!r}; expected a number.")
    return value


def _probabilities(values: Sequence[float], where: str) -> tuple[float, ...]:
    total = sum(values)
    if min(values) < 0 or abs(total - 1) > _NEAR_ONE:
        raise BenchError(
            f"{where}: the scores sum to {total:.4g} and the least is {min(values):.4g}; expected "
            f"probabilities. Pass --logits if a softmax is to be taken of them."
        )
    return tuple(value / total for value in values)


def _softmax(values: Sequence[float]) -> tuple[float, ...]:
    powers = [math.exp(value - max(values)) for value in values]
    return tuple(power / sum(powers) for power in powers)
