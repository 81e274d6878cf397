"""Reads the split lists of public repositories, whatever form their authors chose."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bench.datasets.tree import Line, Problems, lines_of
from bench.errors import BenchError

Part = Literal["train", "test", "validation"]
PARTS: tuple[Part, ...] = ("train", "test", "validation")
_PART_OF: Mapping[str, Part] = {"training": "train", "validation": "validation", "testing": "test"}
_HEADERS = (("video_name", "label"), ("path", "id"), ("path", "label"))
_FOLD = re.compile(r"([0-9]+)-fold ([0-9]+)\b.*")
_SOUND = re.compile(r".*\.(wav|mp3|flac|m4a|aac|ogg)", re.IGNORECASE)
_FILE = re.compile(r".*\.[A-Za-z][A-Za-z0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Listed:
    """One video as a list names it."""

    where: str
    """File and line, for messages."""
    path: str
    """As written, with forward slashes; often of the authors' own machine."""
    label: str
    """A name, or a number of the authors' own coding."""
    fold: int = 0
    """From 0; a list with several folds names what each of them tests."""
    part: Part = "test"
    """The side, where the list itself names one."""


@dataclass(frozen=True, slots=True)
class PublicList:
    """A list, read."""

    file: str
    """Its name."""
    sha256: str
    form: str
    """How it is written, in the words of its columns."""
    videos: tuple[Listed, ...]

    @property
    def folds(self) -> int:
        """How many folds it has itself."""
        return 1 + max((video.fold for video in self.videos), default=0)

    @property
    def two_sided(self) -> bool:
        """Whether it says itself which videos are for training."""
        return any(video.part != "test" for video in self.videos)


def read(path: Path, problems: Problems) -> PublicList:
    """Read a list; its lines show which form it has.

    The forms, with repositories that use them: `path num_frames label` (Former-DFER, DFER-CLIP),
    `path label` (MAE-DFER, Emotion-FAN, the distributors of FERV39k and MAFW), `video audio label`
    (HiCMAE), csv with the header `video_name,label` or `path,id` (DFEW, S2D), blocks below lines
    like `1-fold 33 …` (Emotion-FAN for CK+), and `video;audio;label;training|validation|testing`
    (Chumachenko et al. for RAVDESS). Blanks in a path are taken where only one form is possible,
    and always in double quotes. Empty lines play no role.

    Args:
        path: UTF-8, with or without a byte order mark; any line ends.
        problems: takes what is wrong with single lines, and a file that cannot be read.

    Raises:
        BenchError: the form is none of these, or the list can be read in two of them.
    """
    lines = lines_of(path, problems)
    if not lines:
        return PublicList(path.name, "", "", ())
    form, parse = _form(lines, path)
    videos = tuple(_checked(parse(lines, problems), problems))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return PublicList(path.name, digest, form, videos)


_Parse = Callable[[Sequence[Line], Problems], Iterator[Listed]]


def _form(lines: Sequence[Line], path: Path) -> tuple[str, _Parse]:
    first = lines[0][1]
    if _FOLD.fullmatch(first):
        return "k-fold blocks of path label", _blocks
    if first.count(";") == 3:
        return "video;audio;label;part", _parted
    header = _header(first)
    if header in _HEADERS:
        return ",".join(header), _table
    if "," in first and len(_fields(first)) < 2:
        known = " or ".join(",".join(names) for names in _HEADERS)
        raise BenchError(
            f"{path} begins with {first!r}; a list with commas needs the header {known}. Add it as "
            f"its first line."
        )
    return _blank_form([_fields(text) for _, text in lines], lines)


def _header(text: str) -> tuple[str, ...]:
    return tuple(cell.strip('" ').lower() for cell in text.split(","))


def _blank_form(rows: Sequence[Sequence[str]], lines: Sequence[Line]) -> tuple[str, _Parse]:
    """The form that the fields before the labels show, the same for every line."""
    kinds = {kind: line for row, line in zip(rows, lines, strict=True) if (kind := _kind(row))}
    form = next(iter(kinds), "path label")
    if len(kinds) > 1 or form == "doubtful":
        where, text = kinds.get("doubtful") or list(kinds.values())[-1]
        raise BenchError(
            f"{where}: {text!r} can be read in two ways: its path may hold blanks, or a number of "
            f"frames or a sound file follows it. Put the paths in double quotes."
        )
    others = 1 if form == "path label" else 2
    return form, lambda lines, problems: _plain(lines, problems, others)


def _kind(fields: Sequence[str]) -> str:
    """The form of a line; `doubtful` where blanks in the path leave it open, empty of one field."""
    if len(fields) < 3:
        return "path label" if len(fields) == 2 else ""
    if _SOUND.fullmatch(fields[-2]):
        return "video audio label" if len(fields) == 3 else "doubtful"
    if fields[-2].isdecimal():
        sure = len(fields) == 3 or _FILE.fullmatch(fields[-3])
        return "path num_frames label" if sure else "doubtful"
    return "path label"


def _fields(text: str) -> list[str]:
    """The fields of a line between blanks or tabs; those in double quotes may hold blanks."""
    return [field.strip('"') for field in re.findall(r'"[^"]*"|\S+', text)]


def _plain(lines: Sequence[Line], problems: Problems, others: int) -> Iterator[Listed]:
    """Lines that end in a label, and so many fields with it that are no path."""
    for where, text in lines:
        fields = _fields(text)
        if len(fields) <= others:
            problems.add(f"{where}: {text!r} has no label; expected it after a blank")
        else:
            yield Listed(where, " ".join(fields[: len(fields) - others]), fields[-1])


def _blocks(lines: Sequence[Line], problems: Problems) -> Iterator[Listed]:
    """Videos below the head of the fold that tests them, as many as it says."""
    heads = [k for k, (_, text) in enumerate(lines) if _FOLD.fullmatch(text)]
    for fold, (start, stop) in enumerate(zip(heads, [*heads[1:], len(lines)], strict=True)):
        where, text = lines[start]
        number, count = re.findall(r"[0-9]+", text)[:2]
        if number != str(fold + 1):
            problems.add(f"{where}: fold {number}; expected fold {fold + 1}")
        if count != str(stop - start - 1):
            problems.add(f"{where}: fold {number} says {count} videos and lists {stop - start - 1}")
        for listed in _plain(lines[start + 1 : stop], problems, 1):
            yield replace(listed, fold=fold)


def _parted(lines: Sequence[Line], problems: Problems) -> Iterator[Listed]:
    for where, text in lines:
        cells = [cell.strip() for cell in text.split(";")]
        if len(cells) != 4 or cells[3] not in _PART_OF:
            parts = "|".join(_PART_OF)
            problems.add(f"{where}: {text!r} is not like 'video;audio;label;{parts}'")
        else:
            yield Listed(where, cells[0], cells[2], part=_PART_OF[cells[3]])


def _table(lines: Sequence[Line], problems: Problems) -> Iterator[Listed]:
    for where, text in lines[1:]:
        path, comma, label = text.rpartition(",")
        if comma:
            yield Listed(where, path, label)
        else:
            problems.add(f"{where}: {text!r} has no label; expected it after a comma")


def _checked(videos: Iterator[Listed], problems: Problems) -> Iterator[Listed]:
    """Paths with forward slashes and labels without quotes, where both are as they should be."""
    for video in videos:
        path = video.path.strip('" ').replace("\\", "/")
        label = video.label.strip('" ')
        if not label or not path.strip("./"):
            problems.add(f"{video.where}: path {path!r} with label {label!r}; expected both")
        elif ".." in path.split("/"):
            problems.add(f"{video.where}: path {path!r} leaves its folder by '..'")
        else:
            yield replace(video, path=path, label=label)
