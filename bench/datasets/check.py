"""Compares a dataset's folder with what was published: counts, broken files, duplicates."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.frames.decode import images_of, opened
from bench.frames.prints import content
from bench.records import Dataset, DatasetEntry, Video

Watch = Callable[..., Any]
"""Wraps an iterable to show progress: (iterable, description, total) -> the same items."""

_SHOWN = 10
"""So many problems of one kind are named on the screen."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many were found, and how many the distributor or a paper names."""

    found: int
    published: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """What `bench data check` found."""

    dataset: str
    counts: Mapping[str, Count]
    """videos, subjects, and one a class; then whatever else the entry publishes."""
    left_out: Mapping[str, int]
    missing: Mapping[str, str]
    broken: Mapping[str, str]
    """Id -> why the first frame cannot be read."""
    duplicates: tuple[tuple[str, ...], ...]
    """Groups of ids whose files have the same content."""

    @property
    def clean(self) -> bool:
        """Whether every count agrees and nothing is missing, broken or there twice."""
        agree = all(count.published in (None, count.found) for count in self.counts.values())
        return agree and not (self.missing or self.broken or self.duplicates)


def check(
    dataset: Dataset,
    entry: DatasetEntry,
    root: Path,
    *,
    watch: Watch = lambda items, description, total: items,
) -> Report:
    """Look at every video of a dataset: its size, its first frame, its content.

    Args:
        dataset: as its loader read it.
        entry: publishes the counts to compare with; a synthetic twin has its own.
        root: the folder that the videos' paths are relative to.
        watch: wraps an iterable of videos to show progress.
    """
    broken: dict[str, str] = {}
    there = [video for video in dataset.videos if video.id not in dataset.missing]
    for video in watch(there, f"files of {dataset.name}", len(there)):
        if problem := _problem(root / video.path, video.rotation):
            broken[video.id] = problem
    # the first frames of a file are no second copy of it
    whole = [v for v in there if v.id not in broken and v.limit is None]
    return Report(
        dataset=dataset.name,
        counts=_counts(dataset, {} if dataset.synthetic else entry.published),
        left_out=dataset.left_out,
        missing=dataset.missing,
        broken=broken,
        duplicates=_duplicates(whole, root),
    )


def describe(report: Report, *, every: bool = False) -> list[str]:
    """A report as sentences for the screen.

    Args:
        report: what was found.
        every: name all bad videos; otherwise the first ten of a kind, and how many more there are.
    """
    shown = None if every else _SHOWN
    lines: list[str] = []
    for name, count in report.counts.items():
        if count.published is None:
            lines.append(f"{name}: {count.found}")
        else:
            verdict = "as published" if count.found == count.published else "DIFFERS"
            lines.append(f"{name}: {count.found}, published {count.published}: {verdict}")
    lines += [f"left out: {count} ({reason})" for reason, count in report.left_out.items()]
    for kind, problems in (
        ("missing", [f"{name}: {why}" for name, why in report.missing.items()]),
        ("broken", [f"{name}: {why}" for name, why in report.broken.items()]),
        ("same content", [", ".join(group) for group in report.duplicates]),
    ):
        lines += [f"{kind}: {problem}" for problem in problems[:shown]]
        if problems[_SHOWN:] and not every:
            lines.append(f"{kind}: {len(problems) - _SHOWN} more, which --all names")
    if report.clean:
        return [*lines, "clean: nothing missing, broken or there twice"]
    differ = sum(count.published not in (None, count.found) for count in report.counts.values())
    return [
        *lines,
        f"not clean (counts that differ: {differ}, missing: {len(report.missing)}, broken: "
        f"{len(report.broken)}, there more than once: {len(report.duplicates)})",
    ]


def _counts(dataset: Dataset, published: Mapping[str, int]) -> dict[str, Count]:
    labels = Counter(video.label for video in dataset.videos)
    subjects = {video.subject for video in dataset.videos} - {None}
    found = {
        "videos": len(dataset.videos),
        "subjects": len(subjects),
        **{name: labels[name] for name in dataset.classes},
    }
    names = [*found, *(name for name in published if name not in found)]
    return {name: Count(found.get(name, 0), published.get(name)) for name in names}


def _problem(path: Path, rotation: int) -> str:
    try:
        with opened(path, rotation=rotation) as footage:
            next(footage.frames, None)
    except BenchError as error:
        return str(error)
    return ""


def _duplicates(videos: Sequence[Video], root: Path) -> tuple[tuple[str, ...], ...]:
    """Groups of equal content; only files of equal size are read."""
    sizes: defaultdict[int, list[Video]] = defaultdict(list)
    for video in videos:
        sizes[sum(path.stat().st_size for path in _files(root / video.path))].append(video)
    contents: defaultdict[str, list[str]] = defaultdict(list)
    for alike in sizes.values():
        for video in alike if len(alike) > 1 else ():
            contents[content(root / video.path)].append(video.id)
    return tuple(sorted(tuple(sorted(ids)) for ids in contents.values() if len(ids) > 1))


def _files(path: Path) -> list[Path]:
    return images_of(path) if path.is_dir() else [path]
