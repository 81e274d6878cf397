"""Reads videos of one's own that folders sort by class and subject."""

from collections import Counter
from collections.abc import Iterator
from os import DirEntry, scandir
from pathlib import Path

from bench.datasets import tree
from bench.errors import BenchError
from bench.records import Dataset, Video

_VIDEOS = (".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".mts", ".webm", ".wmv")
_IMAGES = (".jpg", ".jpeg", ".png", ".bmp")


def load(root: Path) -> Dataset:
    """Videos of one's own, sorted into folders.

        root/
          happy/                    a class, named as it is
            anna/                   a subject
              smile.mp4             a video file
              laugh/                a folder of images (0001.jpg, …) is one video too
            party.mp4               without the level of subjects: a video of nobody known
            grin/                   the same as a folder of images

    Subject is the folder below the class, none where that level is missing; there is no group. A
    folder below the class is a video where it holds images, no video and no folder; else it is a
    subject. Left out and counted: files of other kinds, images beside videos, folders without
    images, links that are broken or leave the root.
    Source: whoever filmed them.

    Raises:
        BenchError: the root is no folder or has fewer than two classes, a class is empty, a folder
            cannot be listed, or a name cannot be printed.
    """
    walk = _Walk(root)
    classes = _classes(root, walk)
    videos: list[Video] = []
    for name in classes:
        before = len(videos)
        videos += walk.class_folder(root / name)
        if len(videos) == before:
            walk.problems.add(f"class {name!r} holds no video")
    walk.problems.stop()
    videos.sort(key=lambda video: video.id)
    return Dataset(
        "folder",
        tuple(classes),
        tuple(videos),
        left_out=dict(walk.left_out),
        notes=_notes(videos),
    )


def _classes(root: Path, walk: "_Walk") -> list[str]:
    names = [entry.name for entry in walk.entries(root) if entry.is_dir()] if root.is_dir() else []
    walk.problems.stop()
    if len(names) < 2:
        there = "1 folder" if len(names) == 1 else f"{len(names)} folders"
        raise BenchError(
            f"dataset 'folder' not found under {root}: {there} there; expected one a class, two "
            f"at least. {tree.remedy(root, 'Pass the folder that holds them.')}"
        )
    return names


class _Walk:
    """Reads the folders, and keeps what it cannot use.

    Args:
        root: the folder that links must not leave.
    """

    def __init__(self, root: Path) -> None:
        self.problems = tree.Problems("folder", "Rename or remove these, or allow to read them.")
        self.left_out: Counter[str] = Counter()
        self._root = root
        self._boundary = root.resolve()

    def class_folder(self, folder: Path) -> Iterator[Video]:
        """All videos of a class."""
        for entry in self.entries(folder):
            if not entry.is_dir():
                yield from self._file(entry, folder.name, None)
                continue
            below = list(self.entries(entry.path))
            if _is_footage(below):
                yield self._video(entry, folder.name, None)
            else:
                yield from self._subject(entry.name, below, folder.name)

    def entries(self, folder: Path | str) -> Iterator[DirEntry[str]]:
        """What lies in a folder and can be used, by name."""
        try:
            with scandir(folder) as found:
                ordered = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self.problems.add(f"{str(folder)!r} cannot be listed: {error.strerror}")
            return
        for entry in ordered:
            if entry.name in tree.STRAY or entry.name.startswith("."):
                continue
            if not entry.name.isprintable():
                self.problems.add(f"{entry.path!r} has characters that cannot be printed")
            elif reason := self._broken(entry):
                self.left_out[reason] += 1
            else:
                yield entry

    def _broken(self, entry: DirEntry[str]) -> str:
        if not entry.is_symlink():
            return ""
        path = Path(entry.path)
        if not path.exists():
            return "broken link"
        outside = not path.resolve().is_relative_to(self._boundary)
        return "link that leaves the root" if outside else ""

    def _subject(self, name: str, below: list[DirEntry[str]], label: str) -> Iterator[Video]:
        if not below:
            self.left_out["folder without images"] += 1
        for entry in below:
            if not entry.is_dir():
                yield from self._file(entry, label, name)
            elif any(map(_is_image, self.entries(entry.path))):
                yield self._video(entry, label, name)
            else:
                self.left_out["folder without images"] += 1

    def _file(self, entry: DirEntry[str], label: str, subject: str | None) -> Iterator[Video]:
        if _is_image(entry):
            self.left_out["image beside videos"] += 1
        elif _is_video(entry):
            yield self._video(entry, label, subject)
        else:
            self.left_out["no video"] += 1

    def _video(self, entry: DirEntry[str], label: str, subject: str | None) -> Video:
        place = Path(entry.path).relative_to(self._root).as_posix()
        return Video(id=f"folder:{place}", path=place, label=label, subject=subject)


def _is_footage(entries: list[DirEntry[str]]) -> bool:
    """Whether a folder with these is a video: images, and neither videos nor folders."""
    others = any(_is_video(entry) or entry.is_dir() for entry in entries)
    return any(map(_is_image, entries)) and not others


def _is_video(entry: DirEntry[str]) -> bool:
    return entry.name.lower().endswith(_VIDEOS) and entry.is_file()


def _is_image(entry: DirEntry[str]) -> bool:
    return entry.name.lower().endswith(_IMAGES) and entry.is_file()


def _notes(videos: list[Video]) -> tuple[str, ...]:
    nameless = sum(video.subject is None for video in videos)
    if not nameless:
        return ()
    return (
        f"{nameless} of {len(videos)} videos lie directly in their class and have no subject: "
        f"subject-independent folds need class/subject/video, others a file with --split.",
    )
