"""The datasets of a run: where they lie, what their loaders say, by what hash they are known."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench.cache import cache_folder
from bench.datasets.tree import readable
from bench.errors import BenchError
from bench.frames.decode import is_image
from bench.frames.notes import Note
from bench.frames.store import FrameStore
from bench.records import Dataset, DatasetEntry, Finding, Preprocessing, Protocol, Video
from bench.registry import resolve
from bench.store import digest
from bench.synthesis import MARKER, TWINS, is_synthetic

Watch = Callable[..., Any]

_SHOWN = 10
"""So many missing videos are named on the screen."""

VARIABLE = "BENCH_DATA"
"""Environment variable: the folder that holds one folder a dataset."""


@dataclass(frozen=True, slots=True)
class Source:
    """One dataset on this machine: its videos, and how and where their frames are kept."""

    entry: DatasetEntry
    root: Path
    dataset: Dataset
    """With the classes of the run."""
    preprocessing: Preprocessing
    preprocessing_fingerprint: str
    store: Path


@dataclass(frozen=True, slots=True)
class PreparedDataset:
    """What a run stands on: the tested dataset, the one that is trained on, and the folds."""

    tested: Source
    protocol: Protocol
    trained: Source | None = None
    """Another dataset that is trained on; None: the folds divide the tested one."""
    findings: tuple[Finding, ...] = ()
    """What the audit let pass."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """The datasets that the folds take videos from."""
        return (self.tested, self.trained) if self.trained else (self.tested,)

    @property
    def dataset(self) -> Dataset:
        """Every video that the folds name, under the name of the tested dataset."""
        if self.trained is None:
            return self.tested.dataset
        return joined(self.tested.dataset, self.trained.dataset)

    @property
    def stores(self) -> dict[str, str]:
        """The part of a video's id before the colon -> folder of its frames."""
        return {
            prefix: str(source.store)
            for source in self.sources
            for prefix in _prefixes(source.dataset)
        }


def joined(tested: Dataset, trained: Dataset) -> Dataset:
    """The videos of two datasets, as one under the name of the first.

    A subject or a film is named by its distributor: S005 of one set is another person than S005 of
    the other, so that those of the second bear its name too.

    Raises:
        BenchError: they have ids in common, or one loader names the videos of both.
    """
    both = {video.id for video in tested.videos} & {video.id for video in trained.videos}
    if both:
        raise BenchError(
            f"datasets {tested.name!r} and {trained.name!r} share {len(both)} videos, the first "
            f"is {min(both)!r}. Train on another dataset."
        )
    if named := _prefixes(tested) & _prefixes(trained):
        raise BenchError(
            f"datasets {tested.name!r} and {trained.name!r} both name their videos "
            f"'{min(named)}:...', by which their frames are told apart. Read one of them by "
            f"another loader, as csv in place of folder."
        )
    others = (_owned(video, trained.name) for video in trained.videos)
    videos = sorted((*tested.videos, *others), key=lambda video: video.id)
    return replace(
        tested,
        videos=tuple(videos),
        left_out={
            **tested.left_out,
            **{f"{why}, of {trained.name}": count for why, count in trained.left_out.items()},
        },
        missing={**tested.missing, **trained.missing},
        doubles=(*tested.doubles, *trained.doubles),
        synthetic=tested.synthetic or trained.synthetic,
    )


def _prefixes(dataset: Dataset) -> set[str]:
    return {video.id.partition(":")[0] for video in dataset.videos}


def _owned(video: Video, dataset: str) -> Video:
    names = {"subject": video.subject, "group": video.group}
    return replace(video, **{key: f"{dataset}:{name}" for key, name in names.items() if name})


def dataset_fingerprint(dataset: Dataset) -> str:
    """Hash over what a loader says of each video; a path depends on where the root points."""
    rows = [
        [v.id, v.label, v.subject, v.group, v.rotation, v.panes, *_reading(v)]
        for v in dataset.videos
    ]
    return digest([list(dataset.classes), rows])[:12]


def content_fingerprint(source: Source) -> str:
    """Hash over `dataset_fingerprint` and what tells other files of the same names apart.

    That is the size of every video. Of an embedded dataset it is what its drawing depends on: the
    same drawing, encoded on another processor, gives files of other sizes.
    """
    marker = source.root / MARKER
    if source.entry.generator and marker.is_file():
        content: object = marker.read_text(encoding="utf-8")
    else:
        content = [_size(source.root / video.path) for video in source.dataset.videos]
    return digest([dataset_fingerprint(source.dataset), content])[:12]


def find_root(
    entry: DatasetEntry, asked: Path | None, watch: Watch, option: str = "--root"
) -> Path:
    """The folder of a dataset: as asked, under BENCH_DATA, or generated into the cache.

    Raises:
        BenchError: there is no such folder.
    """
    if asked is not None:
        return _folder(asked, entry, f"Check {option}.")
    shelf = os.environ.get(VARIABLE)
    if shelf and (Path(shelf) / entry.name).is_dir():
        return Path(shelf) / entry.name
    if entry.generator:
        folder = cache_folder() / "datasets" / entry.name
        resolve(entry.generator, f"dataset {entry.name!r}")(folder, watch=watch)
        return folder
    raise BenchError(
        f"dataset {entry.name!r} has no folder: it is licensed and comes from its distributor. "
        f"Pass --root DIR, or set {VARIABLE} to a folder that holds {entry.name}/.{_twin(entry)}"
    )


def _twin(entry: DatasetEntry) -> str:
    if entry.name not in TWINS:
        return ""
    return f" `bench data synth --like {entry.name} --out DIR` draws a twin to try with."


def open_dataset(entry: DatasetEntry, root: Path) -> Dataset:
    """Names, labels and subjects of a dataset; no pixels.

    Raises:
        BenchError: the folder does not hold this dataset, or holds no video of it.
    """
    with readable(entry.name):
        dataset: Dataset = resolve(entry.loader, f"dataset {entry.name!r}")(root)
    if not dataset.videos:
        reasons = ", ".join(f"{count} {why}" for why, count in dataset.left_out.items())
        raise BenchError(
            f"dataset {entry.name!r} in {root} holds no video that can be scored"
            f"{f' (left out: {reasons})' if reasons else ''}. Check --root."
        )
    return replace(dataset, name=entry.name, synthetic=is_synthetic(root))


def preprocessing_of(
    entry: DatasetEntry,
    detector: str | None = None,
    align: bool | None = None,
    storage: str | None = None,
) -> Preprocessing:
    """How the frames of a dataset are prepared: as its entry says, where nothing else is asked."""
    asked = {"detector": detector, "align": align, "storage": storage}
    return replace(entry.preprocessing, **{k: v for k, v in asked.items() if v is not None})


def describe_dataset(entry: DatasetEntry, dataset: Dataset) -> Iterator[str]:
    """The lines that say what was found, what was left out and why, and what is missing."""
    kind = " (SYNTHETIC DATA)" if dataset.synthetic else ""
    yield f"{entry.title}{kind}: {len(dataset.videos)} videos of {len(dataset.classes)} classes"
    yield from (f"  note: {note}" for note in dataset.notes)
    for why, count in sorted(dataset.left_out.items()):
        yield f"  left out: {count} {why}"
    missing = [f"  missing: {id}, {why}" for id, why in sorted(dataset.missing.items())]
    yield from missing[:_SHOWN]
    if missing[_SHOWN:]:
        more = len(missing) - _SHOWN
        yield f"  missing: {more} more, which `bench data check {entry.name} --all` names"


def notes_of(store: Path, dataset: Dataset) -> dict[str, Note]:
    """What preparing wrote of each video of a dataset: id -> note, where there is one.

    Args:
        store: folder of the frame store.
        dataset: the videos.
    """
    frames = FrameStore(store)
    notes = ((video.id, frames.note(video.id)) for video in dataset.videos)
    # the names of images read in place would be most of a large set's notes
    return {id: replace(note, files=()) for id, note in notes if note}


def _reading(video: Video) -> list[str]:
    """What else decides which pixels are read; most videos keep the identity they had without."""
    limit = [] if video.limit is None else [f"first {video.limit} frames"]
    return [*limit, *(["aligned"] if video.aligned else [])]


def _size(path: Path) -> int | tuple[int, int]:
    """Bytes of a video file, or images of a folder and bytes of the first; -1 where it is gone."""
    try:
        if not path.is_dir():
            return path.stat().st_size
        # what an operating system leaves among the images is none of them
        with os.scandir(path) as entries:
            names = [entry.name for entry in entries if is_image(entry.name)]
        return len(names), (path / min(names)).stat().st_size if names else 0
    except OSError:
        return -1


def _folder(path: Path, entry: DatasetEntry, remedy: str) -> Path:
    if not path.is_dir():
        state = "is a file" if path.exists() else "does not exist"
        raise BenchError(
            f"root {path} of dataset {entry.name!r} {state}; expected the folder that the "
            f"distributor ships. {remedy}"
        )
    return path
