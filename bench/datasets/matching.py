"""Which video of a dataset a path on somebody else's machine means."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.datasets.lists import Listed
from bench.datasets.tree import Problems
from bench.labels import class_of
from bench.records import Dataset, Video

Name = tuple[str, ...]
"""A part of a path as its words and numbers, without case and zero padding."""

_WORD = re.compile(r"[0-9]+|[^\W\d_]+")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


@dataclass(frozen=True, slots=True)
class Match:
    """What a path means."""

    ids: tuple[str, ...]
    """Videos whose ending has most parts in common with the path."""
    parts: int
    """How many that are."""
    beyond: str
    """The part of the path before those, empty where there is none."""
    whole: bool
    """Whether they are all parts of a video's path or key."""


def matched(listed: Sequence[Listed], endings: "Endings", problems: Problems) -> list[str]:
    """The id of each listed video, empty where it is a problem.

    Paths are compared from their ends, part by part, with the path of each video, with its key,
    and with its class and name. Case, zero padding, separators and the suffix of a file play no
    role, nor does what an author put before or behind a name (`0_0_000046280`,
    `02-01-…_facecroppad.npy`); folders of classes are compared as classes. The label of a list
    plays no role.

    Args:
        listed: of one list.
        endings: of the videos of a dataset.
        problems: takes paths that mean no video, or several, and paths that share fewer parts
            with their video than is usual in the list: these may be of another folder.
    """
    found = [endings.match(video.path) for video in listed]
    single = Counter(match.parts for match in found if len(match.ids) == 1)
    usual = max(single, key=lambda parts: (single[parts], parts), default=0)
    ids: list[str] = []
    for video, match in zip(listed, found, strict=True):
        wrong = _wrong(video.path, match, usual, endings.dataset)
        if wrong:
            problems.add(f"{video.where}: {wrong}")
        ids.append("" if wrong else match.ids[0])
    return ids


def _wrong(path: str, match: Match, usual: int, dataset: str) -> str:
    if not match.ids:
        return f"{path!r} is no video of {dataset!r}"
    first, *others = match.ids
    if others:
        more = f" or {len(others) - 1} more" if len(others) > 1 else ""
        return f"{path!r} may be {first!r} or {others[0]!r}{more}"
    if match.parts < usual and not match.whole and class_of(match.beyond) is None:
        return (
            f"{path!r} shares only {_parts(match.parts)} with {first!r}, where other lines share "
            f"{usual}"
        )
    return ""


def _parts(count: int) -> str:
    return f"{count} part{'' if count == 1 else 's'}"


class Endings:
    """Every ending under which the videos of a dataset may be known.

    Args:
        dataset: what a loader found.
    """

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset.name
        self._ids: defaultdict[tuple[Name, ...], set[str]] = defaultdict(set)
        self._whole: set[tuple[Name, ...]] = set()
        for video in dataset.videos:
            self._whole.update(_known(video))
            for ending in _endings(video):
                self._ids[ending].add(video.id)

    def match(self, path: str) -> Match:
        """The videos that share most parts with a path."""
        texts = _texts(path)
        names = _names(path)
        leaf = next((leaf for leaf in _trimmed(names[-1]) if (leaf,) in self._ids), None)
        if leaf is None:
            return Match((), 0, "", whole=False)
        best = (leaf,)
        for folder in reversed(names[:-1]):
            if (folder, *best) not in self._ids:
                break
            best = (folder, *best)
        beyond = texts[-len(best) - 1] if len(best) < len(texts) else ""
        return Match(tuple(sorted(self._ids[best])), len(best), beyond, best in self._whole)


def _known(video: Video) -> tuple[tuple[Name, ...], tuple[Name, ...]]:
    return _names(video.path), _names(video.id.partition(":")[2])


def _endings(video: Video) -> Iterator[tuple[Name, ...]]:
    path, key = _known(video)
    for leaf in {path[-1], key[-1]}:
        for folders in {path[:-1], key[:-1], (_folder(video.label),)}:
            for depth in range(len(folders) + 1):
                yield (*folders[len(folders) - depth :], leaf)


def _names(path: str) -> tuple[Name, ...]:
    *folders, last = _texts(path)
    return (*map(_folder, folders), _words(_SUFFIX.sub("", last)))


def _texts(path: str) -> list[str]:
    return [text for text in path.split("/") if text not in ("", ".")]


def _folder(name: str) -> Name:
    return _words(class_of(name) or name)


def _words(name: str) -> Name:
    return tuple(word.lstrip("0") or "0" for word in _WORD.findall(name.lower()))


def _trimmed(name: Name) -> Iterator[Name]:
    """The name and its runs of words, the longest and last ones first."""
    for length in range(len(name), 0, -1):
        for start in range(len(name) - length, -1, -1):
            yield name[start : start + length]
