"""Reads CREMA-D as its repository delivers it."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.datasets import tree
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad")
BROKEN = ("1064_IEO_DIS_MD", "1064_TIE_SAD_XX", "1076_MTI_NEU_XX", "1076_MTI_SAD_XX")
"""Clips that the distributor knows to be broken: a minute long, no length, short, no picture."""

_CLASS_OF = {
    "ANG": "angry",
    "DIS": "disgust",
    "FEA": "fear",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}
_INTENSITY_OF = {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}
_CLIP = re.compile(r"((10[0-9]{2})_([A-Z]{3})_([A-Z]{3})_([A-Z]{2}))\.flv")
_STUB = b"version https://git-lfs"
_STUB_BYTES = 1024


def load(root: Path) -> Dataset:
    """CREMA-D, acted sentences of 91 people in six classes.

        root/                                 also: VideoFlash itself, or a folder around the clone
          VideoFlash/
            1001_DFA_ANG_XX.flv …             actor, sentence, emotion (ANG, DIS, FEA, HAP, NEU,
                                              SAD), intensity (LO, MD, HI, XX: unspecified)
          AudioWAV/ …                         not read

    The label is the emotion that was asked for, not the one that a crowd saw. Subject is the actor.
    The four clips of `BROKEN` stay in the set, as in its published count of 7,442. In
    protocol `blocks-5-fold` a fold tests 18 or 19 actors. A file of any other name is left out and
    counted.
    Source: Cao et al., IEEE TAFFC 5(4), 2014, https://doi.org/10.1109/TAFFC.2014.2336244.

    Raises:
        BenchError: the tree is not there, has no clip, or has pointers of Git LFS in place of
            videos, an unknown emotion or intensity, or a link that leaves the root.
    """
    with tree.readable("crema-d"):
        return _dataset(root)


@dataclass(frozen=True, slots=True)
class _Tree:
    root: Path
    problems: tree.Problems
    videos: list[Video] = field(default_factory=list[Video])
    missing: dict[str, str] = field(default_factory=dict[str, str])
    left_out: Counter[str] = field(default_factory=Counter[str])
    stubs: list[str] = field(default_factory=list[str])


def _dataset(root: Path) -> Dataset:
    folder = tree.located(root, lambda path: path.name == "VideoFlash", "crema-d", "VideoFlash/")
    remedy = "Run `git lfs pull` in the clone, or copy the distributor's files again."
    found = _Tree(root, tree.Problems("crema-d", remedy))
    _read(found, folder)
    if found.stubs:
        found.problems.add(
            f"{len(found.stubs)} files of {folder} are pointers of Git LFS, not videos: "
            f"{tree.known(found.stubs)}"
        )
    if not found.videos:
        found.problems.add(f"{folder} has no file like 1001_DFA_ANG_XX.flv")
    found.problems.stop()
    tree.require_most("crema-d", len(found.videos), found.missing, root)
    videos = tuple(sorted(found.videos, key=lambda video: video.id))
    return Dataset(
        "crema-d",
        CLASSES,
        videos,
        left_out=dict(found.left_out),
        missing=found.missing,
        notes=_broken(videos),
    )


def _read(found: _Tree, folder: Path) -> None:
    if _leaves(folder, found.root):
        found.problems.add(f"{folder} is a link that leaves the root")
        return
    with os.scandir(folder) as entries:
        named = [entry for entry in entries if entry.name.lower().endswith(".flv")]
    for entry in sorted(named, key=lambda entry: entry.name):
        if match := _CLIP.fullmatch(entry.name):
            _add(found, entry, match)
        else:
            found.left_out["file name that is no clip's"] += 1


def _add(found: _Tree, entry: os.DirEntry[str], match: re.Match[str]) -> None:
    stem, actor, sentence, emotion, intensity = match.groups()
    path = Path(entry.path).relative_to(found.root).as_posix()
    for kind, code, known in (
        ("emotion", emotion, _CLASS_OF),
        ("intensity", intensity, _INTENSITY_OF),
    ):
        if code not in known:
            found.problems.add(f"{path!r}: {kind} {code!r} is none of {', '.join(known)}")
            return
    attributes = {"sentence": sentence, "intensity": _INTENSITY_OF[intensity]}
    video = Video(f"crema-d:{stem}", path, _CLASS_OF[emotion], actor, attributes=attributes)
    found.videos.append(video)
    _inspect(found, entry, video)


def _inspect(found: _Tree, entry: os.DirEntry[str], video: Video) -> None:
    if not entry.is_file(follow_symlinks=False) and _leaves(entry.path, found.root):
        found.problems.add(f"{video.path!r} is a link that leaves the root")
    elif not Path(entry.path).is_file():
        found.missing[video.id] = f"{video.path} is no file"
    elif entry.stat().st_size < _STUB_BYTES and Path(entry.path).read_bytes().startswith(_STUB):
        found.stubs.append(entry.name)


def _leaves(path: Path | str, root: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _broken(videos: tuple[Video, ...]) -> tuple[str, ...]:
    there = [name for name in BROKEN if any(video.id == f"crema-d:{name}" for video in videos)]
    if not there:
        return ()
    return (f"Known by the distributor to be broken, and kept: {', '.join(there)}.",)
