"""What a frame store holds, and what it took: counted, put into sentences, listed in a file."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.frames.notes import Note, replacing

PROBLEMS = "problems.csv"
"""The file of a store that names every video without a face, broken off or unreadable."""

_NAMED = 10
"""So many videos of one problem are named on the screen."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a frame store holds, and what it took to bring it there."""

    videos: int
    frames: int
    scored: int
    fallback: tuple[str, ...]
    """Ids of the videos in which no face was found: they are scored on the centred square."""
    unreadable: Mapping[str, str]
    """Id -> why no frame of it could be read; such a video counts as wrong."""
    broken: Mapping[str, str]
    """Id -> where a video broke off or lost frames; it is scored on the frames that it has."""
    looked: int
    """Frames that the detector looked at."""
    found: int
    """Frames of those with a face."""
    prepared: int
    """Videos that were not in the store before."""
    prepared_frames: int
    seconds: float
    bytes: int
    """Of all files in the store's folder."""
    problems: Path | None
    """The file that names every video with a problem; None where there is none."""


def summarise(
    notes: Iterable[Note], fresh: Sequence[Note], folder: Path, seconds: float
) -> Summary:
    """Count what is noted, and list the problems in the store's folder.

    Args:
        notes: of every video.
        fresh: those of them that were made just now.
        folder: of the store.
        seconds: that it took.
    """
    notes = sorted(notes, key=lambda note: note.video)
    good = [note for note in notes if note.status != "unreadable"]
    problems = _list_problems(notes, folder / PROBLEMS)
    return Summary(
        videos=len(notes),
        frames=sum(note.frames for note in notes),
        scored=sum(note.status == "scored" for note in notes),
        fallback=tuple(note.video for note in notes if note.status == "fallback"),
        unreadable={note.video: note.reason for note in notes if note.status == "unreadable"},
        broken={note.video: note.reason for note in good if note.reason},
        looked=sum(note.looked for note in notes),
        found=sum(note.found for note in notes),
        prepared=len(fresh),
        prepared_frames=sum(note.frames for note in fresh),
        seconds=seconds,
        bytes=sum(path.stat().st_size for path in folder.iterdir()),
        problems=problems,
    )


def describe_summary(summary: Summary) -> list[str]:
    """A summary as sentences for the screen; of many bad videos the first ten are named."""
    lines = [
        f"{summary.videos} videos, {summary.frames} frames, {disk(summary.bytes)}: "
        f"{summary.scored} {_taken(summary)}, {len(summary.fallback)} on the fallback crop, "
        f"{len(summary.unreadable)} unreadable",
    ]
    if summary.looked:
        lines.append(f"face found in {summary.found} of {summary.looked} frames looked at")
    if summary.prepared:
        rate = summary.prepared_frames / max(summary.seconds, 1e-9)
        lines.append(
            f"prepared {summary.prepared} videos in {summary.seconds:.1f} s, {rate:.0f} frames/s"
        )
    if summary.fallback:
        names = ", ".join(summary.fallback[:_NAMED])
        lines.append(f"no face found, centred crop: {names}{_more(len(summary.fallback))}")
    lines += _named("broken", summary.broken)
    lines += _named("unreadable", summary.unreadable)
    if summary.problems:
        lines.append(
            f"{len(summary.fallback)} without a face, {len(summary.broken)} broken off, "
            f"{len(summary.unreadable)} unreadable; all of them by name: {summary.problems}"
        )
    return lines


def _taken(summary: Summary) -> str:
    """How videos are scored: in crops and whole pictures no face is sought."""
    return "with a face" if summary.looked else "as they are"


def disk(count: float) -> str:
    """So many bytes, for a person."""
    return f"{count / 1e6:.0f} MB" if count < 1e10 else f"{count / 1e9:.1f} GB"


def _named(problem: str, reasons: Mapping[str, str]) -> list[str]:
    lines = [f"{problem}: {name}: {reason}" for name, reason in reasons.items()]
    rest = _more(len(lines))
    return [*lines[:_NAMED], *([f"{problem}:{rest}"] if rest else [])]


def _more(count: int) -> str:
    return f" and {count - _NAMED} more" if count > _NAMED else ""


def _list_problems(notes: Iterable[Note], path: Path) -> Path | None:
    rows = [(note.video, *problem) for note in notes if (problem := _problem(note))]
    if not rows:
        path.unlink(missing_ok=True)
        return None
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("video", "problem", "reason"), *rows])
    with replacing(path) as file:
        file.write(text.getvalue().encode())
    return path


def _problem(note: Note) -> tuple[str, str] | None:
    if note.status == "unreadable":
        return "unreadable", note.reason
    if note.status == "fallback":
        return "no face", f"found in none of {note.looked} frames looked at. {note.reason}".strip()
    return ("broken", note.reason) if note.reason else None
