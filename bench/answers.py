"""Answers of a system that lives elsewhere: a csv file -> folds, scored like all others."""

import csv
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bench.errors import BenchError, unknown
from bench.labels import class_of
from bench.records import Dataset, Fold, Prediction, Protocol, Video

_NEAR_ONE = 1e-3
"""Rows whose sum differs from 1 by more are no probabilities."""

_NAMED = 5
"""So many videos are named before the rest is counted."""

_PERCENT = 0.5
"""Rows whose sum differs from 100 by less hold percent, rounded."""

_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs"}
"""What may stand between cells: spreadsheets write semicolons where commas are decimal points."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One fold of a protocol with the rows that a file has for it."""

    fold: Fold
    predictions: tuple[Prediction, ...]
    """One a test video, in the order of the fold; without scores where the file has none."""
    lacking: tuple[str, ...]
    """Test videos for which the file has no row."""


def read_answers(
    path: Path,
    dataset: Dataset,
    protocol: Protocol,
    *,
    logits: bool = False,
    tell: Callable[[str], object] = str,
) -> tuple[Answered, ...]:
    """The folds that a file of answers covers.

    The header names `video` and either one column a class, with scores, or `predicted`, with class
    names; a column `fold`, from 1, is needed only where a video is tested in several folds. A
    video is named by its id, by its id without the dataset before the colon, or by its file. A
    class may be spelled as elsewhere, as in happiness for happy, and cells be separated by
    semicolons or tabs, where only one reading is possible; it is told.

    Args:
        path: the csv file, UTF-8.
        dataset: the videos and their classes.
        protocol: the folds that are tested.
        logits: take a softmax of the scores of a row, which are probabilities otherwise.
        tell: is given each liberty that was taken, a line.

    Raises:
        BenchError: the file cannot be read; a column, a video, a class, a fold or a number in it
            is wrong; a video is answered twice, or tested in no fold.
    """
    rows = _rows(path, dataset.classes, tell)
    predicted = _style(path, list(rows[0].cells), dataset.classes)
    named = dict.fromkeys(row.cells["predicted"] for row in rows) if predicted else ()
    spelled = _spelled(named, dataset.classes)
    _tell_spelling(path, spelled, tell)
    table = _Table(path, dataset.classes, logits, predicted, spelled)
    videos = {video.id: video for video in dataset.videos}
    names = _names(videos)
    tested = _tested(protocol)
    found: dict[int, dict[str, tuple[float, ...]]] = defaultdict(dict)
    for row in rows:
        video = names.get(row.cells["video"])
        if video is None:
            raise unknown(f"video ({path}, line {row.line})", row.cells["video"], videos)
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
    spelled: Mapping[str, str]
    """How rows spell a class -> the class."""

    def scores(self, row: _Row) -> tuple[float, ...]:
        """A probability of each class, shape (K,)."""
        where = f"{self.path}, line {row.line}"
        if self.predicted:
            name = row.cells["predicted"]
            if name not in self.spelled:
                raise unknown(f"class ({where})", name, self.classes)
            return tuple(float(self.spelled[name] == label) for label in self.classes)
        values = [_number(row.cells[name], name, where) for name in self.classes]
        return _softmax(values) if self.logits else _probabilities(values, where)


def _rows(path: Path, classes: Sequence[str], tell: Callable[[str], object]) -> list[_Row]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            mark = _mark(lines.readline())
            lines.seek(0)
            reader = csv.DictReader(lines, strict=True, delimiter=mark)
            written = [name.strip() for name in reader.fieldnames or ()]
            spelled = _spelled(written, classes)
            header = [spelled.get(name, _ours(name)) for name in written]
            reader.fieldnames = header
            rows = [_row(path, reader.line_num, cells) for cells in reader]
    except UnicodeDecodeError as error:
        raise BenchError(
            f"{path} cannot be read: it is no text in UTF-8. Save it as CSV in UTF-8."
        ) from error
    except (OSError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BenchError(f"{path} cannot be read: {reason}. Check the path and the csv.") from error
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BenchError(f"{path} has the column {twice[0]!r} twice. Remove one.")
    if not rows:
        raise BenchError(f"{path} holds no answers; expected a header and one row a video.")
    if mark != ",":
        tell(f"note: {path} is read as separated by {_MARKS[mark]}, a decimal comma as a point")
        rows = [_Row(row.line, _pointed(row.cells, classes)) for row in rows]
    _tell_spelling(path, spelled, tell)
    return rows


def _mark(header: str) -> str:
    """What separates the cells: a comma, unless only another mark is in the header."""
    return next((mark for mark in _MARKS if mark in header), ",")


def _ours(name: str) -> str:
    """A column of ours in any case, or the name as it is."""
    return name.lower() if name.lower() in ("video", "fold", "predicted") else name


def _pointed(cells: Mapping[str, str], classes: Sequence[str]) -> dict[str, str]:
    """Scores with a decimal point."""
    return {n: text.replace(",", ".") if n in classes else text for n, text in cells.items()}


def _spelled(names: Iterable[str], classes: Sequence[str]) -> dict[str, str]:
    """How a file spells classes -> the classes, for those names where it can be only one."""
    found = {name: _meant(name, classes) for name in names}
    return {name: meant[0] for name, meant in found.items() if len(meant) == 1}


def _meant(name: str, classes: Sequence[str]) -> list[str]:
    if name in classes:
        return [name]
    basic = class_of(name)
    return [
        label
        for label in classes
        if label.casefold() == name.casefold() or (basic and class_of(label) == basic)
    ]


def _tell_spelling(path: Path, spelled: Mapping[str, str], tell: Callable[[str], object]) -> None:
    others = [f"{name!r} as {label!r}" for name, label in spelled.items() if name != label]
    if others:
        tell(f"note: {path} is read with {', '.join(others)}")


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
        raise BenchError(
            f"{path} has no column 'video' in its first line, {', '.join(columns)!r}; {wanted}. "
            f"Add it."
        )
    if ("predicted" in columns) == bool(scored) or (scored and len(scored) < len(classes)):
        raise BenchError(f"{path} has the columns {', '.join(columns)}; {wanted}. Correct it.")
    if strange:
        raise BenchError(f"{path} has the unknown column {strange[0]!r}; {wanted}. Remove it.")
    return not scored


def _names(videos: Mapping[str, Video]) -> dict[str, str]:
    """What a file may call a video -> its id; a short name only where it is one video's."""
    called: dict[str, set[str]] = defaultdict(set)
    for id, video in videos.items():
        short, path = id.partition(":")[2], PurePosixPath(video.path)
        for name in (short, f"{short}{path.suffix}", str(path), path.name):
            called[name].add(id)
    alone = {name: min(ids) for name, ids in called.items() if name and len(ids) == 1}
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
    if min(values) >= 0 and abs(total - 100) < _PERCENT:
        raise BenchError(
            f"{where}: the scores sum to {total:.4g}, as percent do; expected probabilities, which "
            f"sum to 1. Divide them by 100, or pass --logits if a softmax is to be taken of them."
        )
    if min(values) < 0 or abs(total - 1) > _NEAR_ONE:
        raise BenchError(
            f"{where}: the scores sum to {total:.4g} and the least is {min(values):.4g}; expected "
            f"probabilities. Pass --logits if a softmax is to be taken of them."
        )
    return tuple(value / total for value in values)


def _softmax(values: Sequence[float]) -> tuple[float, ...]:
    powers = [math.exp(value - max(values)) for value in values]
    return tuple(power / sum(powers) for power in powers)
