"""Reads the embedded dataset that `bench.synthesis.dataset` draws."""

import csv
from collections import Counter
from pathlib import Path, PurePosixPath

from bench.errors import BenchError, unknown
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_COLUMNS = ("key", "path", "label", "subject", "frames", "apex_first", "apex_last")


def load(root: Path) -> Dataset:
    """Drawn faces: 7 classes, 18 subjects, one video of each class a subject.

        root/
          manifest.csv                key, path, label (a class name), subject, frames,
                                      apex_first, apex_last (frames [first, last) from 0, or empty)
          videos/s000-angry.mp4 …     the paths of the manifest

    Subject is the drawn person.
    Source: drawn by this program.

    Raises:
        BenchError: the manifest is missing, or a row of it cannot be used.
    """
    manifest = root / "manifest.csv"
    if not manifest.is_file():
        raise BenchError(
            f"dataset 'synthetic' not found under {root}: manifest.csv is missing. Pass the folder "
            f"that was drawn, or leave --root out to draw it."
        )
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        lacking = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
        if lacking:
            raise BenchError(
                f"{manifest} has no column {lacking[0]!r}; expected {', '.join(_COLUMNS)}. "
                f"Draw the dataset anew."
            )
        videos = [_video(row, f"{manifest}, line {rows.line_num}") for row in rows]
    _refuse_doubles(videos, manifest)
    missing = {
        video.id: f"{video.path} is missing"
        for video in videos
        if not (root / video.path).is_file()
    }
    found = [video for video in videos if video.id not in missing]
    found.sort(key=lambda video: video.id)
    return Dataset("synthetic", CLASSES, tuple(found), missing=missing)


def _video(row: dict[str, str], where: str) -> Video:
    lacking = [name for name in _COLUMNS if row[name] is None]
    if lacking:
        raise BenchError(
            f"{where} ends early: {', '.join(lacking)} are missing. Draw the dataset anew."
        )
    label, path = row["label"], PurePosixPath(row["path"])
    if label not in CLASSES:
        raise BenchError(f"{where}: {unknown('class', label, CLASSES)}")
    if path.is_absolute() or ".." in path.parts:
        raise BenchError(
            f"{where}: path {row['path']!r} leaves the dataset's root. Expected a path "
            f"inside it; remove the row."
        )
    return Video(
        id=f"synthetic:{row['key']}",
        path=str(path),
        label=label,
        subject=row["subject"],
        apex=_apex(row["apex_first"], row["apex_last"], row["frames"], where),
    )


def _apex(first: str, last: str, frames: str, where: str) -> tuple[int, int] | None:
    if first == last == "":
        return None
    numbers = [int(text) if text.isdecimal() else -1 for text in (first, last, frames)]
    if not 0 <= numbers[0] < numbers[1] <= numbers[2]:
        raise BenchError(
            f"{where}: apex from {first!r} to {last!r} in a video of {frames!r} frames. Expected "
            f"0 <= apex_first < apex_last <= frames. Draw the dataset anew."
        )
    return numbers[0], numbers[1]


def _refuse_doubles(videos: list[Video], manifest: Path) -> None:
    counts = Counter(video.id for video in videos)
    double = sorted(name for name, count in counts.items() if count > 1)
    if double:
        raise BenchError(
            f"{manifest} lists {double[0]!r} {counts[double[0]]} times. Expected every key once; "
            f"remove the others."
        )
