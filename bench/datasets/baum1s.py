"""Reads BAUM-1s, the spontaneous part of BAUM-1, as its distributor delivers it."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from csv import reader
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from bench.datasets import tree
from bench.errors import BenchError
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")
_STATES = {
    1: "angry",
    2: "boredom",
    3: "bothered",
    4: "concentrating",
    5: "contempt",
    6: "disgust",
    7: "fear",
    8: "happy",
    9: "neutral",
    10: "sad",
    11: "surprise",
    12: "thinking",
    13: "unsure",
}
_SPELLINGS = {state: state for state in _STATES.values()} | {
    "anger": "angry",
    "happiness": "happy",
    "sadness": "sad",
}
_CLIP = re.compile(r"S(\d{3})_\d{3}(?:\.mp4)?", re.IGNORECASE)
_SUBJECT = re.compile(r"s\d{3}", re.IGNORECASE)
_PART = re.compile(r"BAUM[-_ ]?1([as])", re.IGNORECASE)
_SHEET = re.compile(r"annotations.*BAUM[-_ ]?1s.*\.(xlsx|csv)", re.IGNORECASE)
_CODE_AFTER_CLIP = 2
_LOOKED_FOR = (
    "folders s001, s002, ... of BAUM1s_MP4 (not of BAUM1a, the acted part: its codes differ)"
)


def load(root: Path) -> Dataset:
    """BAUM-1s, spontaneous reactions of which six basic emotions are used.

        root/                              also: up to three folders around it
          BAUM1s_MP4 - All/                also BAUM1s_MP4_all
            s001/ … s031/                  the subject
              S001_015.mp4                 and S001_015.srt, its subtitle
          Annotations_BAUM1s.xlsx          or .csv: a line a clip; column 1 (from 0) subject,
                                           3 clip, 5 emotion code; also text and gender

    Codes: 1 anger, 6 disgust, 7 fear, 8 happiness, 10 sadness, 11 surprise. Where the text names
    another emotion (S015_007), the code counts. Subject is the number of the clip's name; there is
    no group. Left out and counted: boredom, bothered, concentrating, contempt, neutral, thinking,
    unsure, and files without a line. A line without its file is missing, and stays a video.
    BAUM-1a, the acted part, has other codes and is not read.
    Protocol `speaker-5-fold` has five groups as the field uses; which speakers they hold was never
    published, so they are our own.
    Source: Zhalehpour et al., BAUM-1, IEEE Transactions on Affective Computing, 2017.

    Raises:
        BenchError: the clips or the annotations are not there or cannot be read, a line has an
            unknown code or another one than before, or more than a tenth of the clips is missing.
    """
    clips = tree.located(root, _is_spontaneous, "baum1s", _LOOKED_FOR)
    sheet = _sheet(clips, root)
    lines, notes = _lines(sheet)
    files, left_out = _files(clips, root)
    left_out.update(_STATES[code] for code in lines.values() if _STATES[code] not in CLASSES)
    if extra := len(files.keys() - lines.keys()):
        left_out["no line in the annotations"] += extra
    used = {clip: _STATES[code] for clip, code in sorted(lines.items())}
    place = clips.relative_to(root)
    videos = tuple(
        Video(f"baum1s:{clip}", files.get(clip, _place(place, clip)), label, clip[:4].lower())
        for clip, label in used.items()
        if label in CLASSES
    )
    missing = {v.id: f"{v.path} is missing" for v in videos if v.id[7:] not in files}
    tree.require_most("baum1s", len(videos), missing, root)
    tree.require_inside("baum1s", (v.path for v in videos if v.id in missing), root)
    return Dataset("baum1s", CLASSES, videos, dict(left_out), missing, notes=tuple(notes))


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    clip: str
    code: str
    words: tuple[str, ...]


def _is_spontaneous(folder: Path) -> bool:
    parts = _PART.findall(str(folder.absolute()))
    if parts and parts[-1].lower() == "a":
        return False
    return any(_SUBJECT.fullmatch(path.name) for path in tree.folders(folder))


def _sheet(clips: Path, root: Path) -> Path:
    """The annotations: beside the subjects' folders, or above them up to the root."""
    for place in (clips, *clips.parents):
        if found := [path for path in tree.files(place) if _SHEET.fullmatch(path.name)]:
            return found[-1]
        if place == root:
            break
    raise BenchError(
        f"dataset 'baum1s' has no annotations under {root}: looked for Annotations_BAUM1s.xlsx or "
        f".csv beside the clips and above them. Pass the folder that holds both with --root."
    )


def _lines(sheet: Path) -> tuple[dict[str, int], list[str]]:
    """The code of every clip, and what is to be known of them."""
    problems = tree.Problems("baum1s", f"Restore {sheet} as it was delivered.")
    codes: dict[str, int] = {}
    notes: list[str] = []
    for line in _parsed(sheet, problems):
        code = int(line.code) if re.fullmatch(r"\d{1,2}", line.code, re.ASCII) else 0
        if code not in _STATES:
            problems.add(f"line {line.number}: {line.clip} has the code {line.code!r}, not 1 to 13")
        elif codes.setdefault(line.clip, code) != code:
            problems.add(
                f"line {line.number}: {line.clip} has code {code} after {codes[line.clip]}"
            )
        elif others := [word for word in line.words if _SPELLINGS[word] != _STATES[code]]:
            notes.append(
                f"{line.clip} has the code of {_STATES[code]} and the text {others[0]!r}; the code "
                f"counts."
            )
    problems.stop()
    return codes, notes


def _parsed(sheet: Path, problems: tree.Problems) -> Iterator[_Line]:
    header = True
    for number, row in enumerate(_rows(sheet), start=1):
        at = next((k for k, cell in enumerate(row) if _CLIP.fullmatch(cell)), None)
        if at is not None:
            code = row[at + _CODE_AFTER_CLIP] if len(row) > at + _CODE_AFTER_CLIP else ""
            words = tuple(cell.lower() for cell in row if cell.lower() in _SPELLINGS)
            yield _Line(number, row[at][:8].upper(), code.removesuffix(".0"), words)
            header = False
        elif any(row) and not header:
            problems.add(f"line {number}: no name of a clip, as in S001_015")
    if header:
        problems.add(f"no line of {sheet.name} names a clip, as in S001_015")


def _rows(sheet: Path) -> list[list[str]]:
    try:
        rows = _csv_rows(sheet) if sheet.suffix.lower() == ".csv" else _xlsx_rows(sheet)
    except Exception as error:  # a damaged workbook breaks openpyxl in a dozen ways
        raise BenchError(
            f"{sheet} cannot be read: {tree.reason(error)}. Restore it as it was delivered, or "
            f"save it as csv in UTF-8."
        ) from error
    return [["" if cell is None else str(cell).strip() for cell in row] for row in rows]


def _csv_rows(sheet: Path) -> list[list[str]]:
    text = sheet.read_text(encoding="utf-8-sig")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    return list(reader(StringIO(text, newline=""), delimiter=separator))


def _xlsx_rows(sheet: Path) -> list[Sequence[object]]:
    from openpyxl import load_workbook  # half a second that only this format needs

    with warnings.catch_warnings(), sheet.open("rb") as file:
        warnings.simplefilter("ignore")  # of styles and other looks
        book = load_workbook(file, read_only=True, data_only=True)
        return list(book.worksheets[0].iter_rows(values_only=True))


def _files(clips: Path, root: Path) -> tuple[dict[str, str], Counter[str]]:
    """Path of every clip by its name, and what else lies there."""
    problems = tree.Problems("baum1s", "Keep one file of each clip.")
    found: dict[str, str] = {}
    left_out: Counter[str] = Counter()
    for path in _mp4s(clips):
        clip, place = path.stem.upper(), path.relative_to(root).as_posix()
        if not _CLIP.fullmatch(clip):
            left_out["file that is not named as a clip"] += 1
        elif not path.resolve().is_relative_to(root.resolve()):
            left_out["link that leaves the root"] += 1
        elif found.setdefault(clip, place) != place:
            problems.add(f"{clip} is there twice, as {found[clip]!r} and {place!r}")
    problems.stop()
    return found, left_out


def _mp4s(clips: Path) -> Iterator[Path]:
    for folder in filter(lambda path: _SUBJECT.fullmatch(path.name), tree.folders(clips)):
        yield from (path for path in tree.files(folder) if path.suffix.lower() == ".mp4")


def _place(clips: Path, clip: str) -> str:
    return (clips / clip[:4].lower() / f"{clip}.mp4").as_posix()
