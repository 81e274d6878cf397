"""Finding one's way in a distributor's tree: nested too deep, half unpacked, or another's."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from bench.errors import BenchError

ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".001", ".z01")
STRAY = ("Thumbs.db", ".DS_Store", "desktop.ini", "__MACOSX")
"""What operating systems leave in a tree."""

Line = tuple[str, str]
"""File and line number for a message, and the text."""

_DEPTH = 3
_SHOWN = 10
_LOST = 0.1


def located(root: Path, holds: Callable[[Path], bool], dataset: str, looked_for: str) -> Path:
    """The folder at or below a root that holds a dataset; unpacking nests folders.

    The highest level that has such a folder decides.

    Args:
        root: where a person says that the dataset is.
        holds: whether a folder is the one.
        dataset: its name, for the message.
        looked_for: what the folder must hold, in words.

    Raises:
        BenchError: there is none, or there are several.
    """
    level = [root] if root.is_dir() else []
    for depth in range(_DEPTH + 1):
        found = [folder for folder in level if holds(folder)]
        if len(found) > 1:
            names = ", ".join(str(folder.relative_to(root)) for folder in found)
            raise BenchError(
                f"{root} holds dataset {dataset!r} {len(found)} times: {names}. Pass one of them "
                f"with --root."
            )
        if found:
            return found[0]
        if depth < _DEPTH:
            level = [below for f in level for below in folders(f) if stays(below, root)]
    raise BenchError(
        f"dataset {dataset!r} not found under {root}: looked for {looked_for} there and up to "
        f"{_DEPTH} folders deeper. {remedy(root)}"
    )


def folders(folder: Path) -> list[Path]:
    """The folders directly in a folder, by name; hidden and stray ones are not."""
    return sorted(p for p in folder.iterdir() if p.is_dir() and not _is_stray(p))


def files(folder: Path) -> list[Path]:
    """The files directly in a folder, by name; hidden and stray ones are not."""
    return sorted(p for p in folder.iterdir() if p.is_file() and not _is_stray(p))


def inside(root: Path, text: str, where: str) -> str:
    """A path of a dataset's file as a relative one with forward slashes.

    Args:
        root: the folder that it must not leave.
        text: as the file has it; backslashes count as slashes.
        where: file and line, for the message.

    Raises:
        BenchError: it is empty, absolute, or leaves the root.
    """
    path = PurePosixPath(text.strip().replace("\\", "/"))
    drive = len(path.parts) > 0 and path.parts[0].endswith(":")
    if not path.parts or path.is_absolute() or drive or ".." in path.parts:
        raise BenchError(
            f"{where}: path {text!r} is none inside of {root.name}. Expected a path relative to "
            f"it; mend or remove the line."
        )
    return str(path)


@contextmanager
def readable(dataset: str) -> Iterator[None]:
    """What the system does not give, inside of the block, is said in a sentence.

    Raises:
        BenchError: a file or folder cannot be read.
    """
    try:
        yield
    except OSError as error:
        raise BenchError(
            f"dataset {dataset!r}: {error.filename} cannot be read: {error.strerror}. Mend its "
            f"rights or copy it again from its source."
        ) from error


def reason(error: Exception) -> str:
    """What a system or a library says of its failure, without numbers of its own."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def stays(path: str | Path, root: Path) -> bool:
    """Whether a path, its links followed, lies inside of the root."""
    real = os.path.realpath(root)
    return os.path.commonpath([real, os.path.realpath(path)]) == real


def is_clip(entry: os.DirEntry[str], root: Path, suffix: str = "") -> bool:
    """Whether an entry is a video file, or without a suffix a folder, and inside of the root."""
    if entry.is_symlink():
        path = Path(entry.path)
        return (path.is_file() if suffix else path.is_dir()) and stays(path, root)
    return entry.is_file() if suffix else entry.is_dir()


class Problems:
    """What is wrong with a tree, gathered so that all of it is said at once.

    Args:
        dataset: name, for the message.
        remedy: what to do, as a sentence.
    """

    def __init__(self, dataset: str, remedy: str) -> None:
        self._dataset, self._remedy = dataset, remedy
        self._found: list[str] = []

    def add(self, what: str) -> None:
        """One more: file, line and value, without a full stop."""
        self._found.append(what)

    def stop(self) -> None:
        """Refuse the tree where anything was found.

        Raises:
            BenchError: the first ten problems, a line each, and how many there are.
        """
        if not self._found:
            return
        count = len(self._found)
        shown = "\n".join(f"  {what}" for what in self._found[:_SHOWN])
        more = f"\n  and {count - _SHOWN} more" if count > _SHOWN else ""
        raise BenchError(
            f"dataset {self._dataset!r} has {count} problem{'' if count == 1 else 's'}:\n"
            f"{shown}{more}\n{self._remedy}"
        )


def lines_of(path: Path, problems: Problems, encoding: str = "utf-8-sig") -> list[Line]:
    """The lines of a list that are not blank; that it is unreadable or empty is a problem."""
    try:
        text = path.read_text(encoding)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it is no {encoding} text"
        problems.add(f"{path} cannot be read: {reason}")
        return []
    lines = [
        (f"{path}, line {number}", line.strip())
        for number, line in enumerate(text.split("\n"), start=1)
        if line.strip()
    ]
    if not lines:
        problems.add(f"{path} is empty")
    return lines


def require_most(dataset: str, listed: int, missing: Mapping[str, str], root: Path) -> None:
    """Refuse a tree that lacks more than a tenth of the videos that its lists name.

    A few that are missing are named, and count as wrong where an official split tests them.

    Raises:
        BenchError: it does; the first one and the archives that lie there are named.
    """
    if len(missing) <= _LOST * listed:
        return
    first = min(missing)
    raise BenchError(
        f"dataset {dataset!r} lists {listed} videos and {len(missing)} of them are missing under "
        f"{root}, the first is {first!r} ({missing[first]}). {remedy(root)}"
    )


def require_inside(dataset: str, paths: Iterable[str], root: Path) -> None:
    """Refuse a tree with links that leave it in the place of videos.

    Args:
        dataset: its name, for the message.
        paths: of videos that are missing, relative to the root; none need be there.
        root: the folder that no link may leave.

    Raises:
        BenchError: there are such links; they are named.
    """
    problems = Problems(dataset, "Put the files themselves there, or remove the links.")
    for path in paths:
        if not stays(root / path, root):
            problems.add(f"{path!r} is a link that leaves the root")
    problems.stop()


def archives(root: Path) -> Iterator[Path]:
    """Archives in a folder and the folders directly in it."""
    places = [root, *folders(root)] if root.is_dir() else []
    for place in places:
        yield from (path for path in files(place) if path.suffix.lower() in ARCHIVES)


def remedy(root: Path, otherwise: str = "Check --root, or complete the download.") -> str:
    """What to do about a tree that lacks something: unpack the archives that lie there, if any."""
    packed = sorted({path.name for path in archives(root)})
    return f"Unpack {known(packed)}." if packed else otherwise


def known(names: Collection[str]) -> str:
    """Names as a list in a sentence, the first ones of many."""
    shown = sorted(names)
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return ", ".join(shown[:_SHOWN]) + more


def _is_stray(path: Path) -> bool:
    return path.name in STRAY or path.name.startswith(".")
