"""Reads CAER, clips of television series, as its web site delivers it."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.datasets import splits, tree
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_CLASS_OF = {"anger": "angry", **{name: name for name in CLASSES}}
_SPLIT_OF = {"train": "train", "validation": "validation", "val": "validation", "test": "test"}
_SPLITS = ("train", "validation", "test")
_CLIP = re.compile(r"([0-9]+)\.avi", re.IGNORECASE)


def load(root: Path) -> Dataset:
    """CAER, clips of television series in seven classes.

        root/                           also: CAER itself, or a folder around it
          CAER/
            train/                      then validation/ and test/
              Anger/                    the image set CAER-S writes Angry; then Disgust, Fear,
                0001.avi …              Happy, Neutral, Sad, Surprise

    No subject is published, and no series. Ids start anew in every folder, so a video's key is
    split/class/id. The fold of `official` trains on train and tests on test; validation, set aside
    by the distributor for choices, is in no fold. A file of any other name is left out and counted.
    Source: Lee et al., ICCV 2019, https://caer-dataset.github.io.

    Raises:
        BenchError: the tree is not there, or lacks a class in a split, or has a folder of clips
            that is no class, a clip twice, or a link that leaves the root.
    """
    with tree.readable("caer"):
        return _dataset(root)


@dataclass(frozen=True, slots=True)
class _Tree:
    root: Path
    problems: tree.Problems
    videos: dict[str, Video] = field(default_factory=dict[str, Video])
    missing: dict[str, str] = field(default_factory=dict[str, str])
    left_out: Counter[str] = field(default_factory=Counter[str])


def _dataset(root: Path) -> Dataset:
    place = tree.located(root, _has_splits, "caer", "train/, validation/ and test/ with classes")
    remedy = "Pass the whole video set, unpacked; CAER-S, the set of images, is another one."
    found = _Tree(root, tree.Problems("caer", remedy))
    for folder in tree.folders(place):
        if split := _SPLIT_OF.get(folder.name.lower()):
            _read_split(found, folder, split)
    _require_classes(found)
    found.problems.stop()
    tree.require_most("caer", len(found.videos), found.missing, root)
    videos = tuple(sorted(found.videos.values(), key=lambda video: video.id))
    ids = {split: [v.id for v in videos if v.attributes["split"] == split] for split in _SPLITS}
    note = (
        f"The validation split ({len(ids['validation'])} videos) is in no fold of 'official', "
        f"which trains on train and tests on test."
    )
    return Dataset(
        "caer",
        CLASSES,
        videos,
        left_out=dict(found.left_out),
        missing=found.missing,
        official={"official": splits.folds_of((*ids["train"], *ids["test"]), [ids["test"]])},
        notes=(note,),
    )


def _has_splits(folder: Path) -> bool:
    named = [path for path in tree.folders(folder) if path.name.lower() in _SPLIT_OF]
    return any(below.name.lower() in _CLASS_OF for path in named for below in tree.folders(path))


def _read_split(found: _Tree, folder: Path, split: str) -> None:
    for below in tree.folders(folder):
        where = below.relative_to(found.root).as_posix()
        label = _CLASS_OF.get(below.name.lower())
        clips = _clips(found, below)
        if label is None and clips:
            found.problems.add(f"{where!r} holds {len(clips)} clips and names no class of CAER")
        elif label is not None and _leaves(below, found.root):
            found.problems.add(f"{where!r} is a link that leaves the root")
        elif label is not None:
            for entry in clips:
                _add(found, entry, split, label)


def _clips(found: _Tree, folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        named = [entry for entry in entries if entry.name.lower().endswith(".avi")]
    clips = [entry for entry in named if _CLIP.fullmatch(entry.name)]
    if len(named) > len(clips):
        found.left_out["file name that is no number"] += len(named) - len(clips)
    return sorted(clips, key=lambda entry: entry.name)


def _add(found: _Tree, entry: os.DirEntry[str], split: str, label: str) -> None:
    path = Path(entry.path).relative_to(found.root).as_posix()
    video = Video(
        f"caer:{split}/{label}/{entry.name[:-4]}", path, label, attributes={"split": split}
    )
    if first := found.videos.get(video.id):
        found.problems.add(f"{path!r} and {first.path!r} are both {video.id!r}")
    if not entry.is_file(follow_symlinks=False):
        if _leaves(entry.path, found.root):
            found.problems.add(f"{path!r} is a link that leaves the root")
        elif not Path(entry.path).is_file():
            found.missing[video.id] = f"{path} is no file"
    found.videos[video.id] = video


def _leaves(path: Path | str, root: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _require_classes(found: _Tree) -> None:
    there = {(video.attributes["split"], video.label) for video in found.videos.values()}
    for split in _SPLITS:
        lacking = [name for name in CLASSES if (split, name) not in there]
        if lacking:
            found.problems.add(f"{split} has no clip of {', '.join(lacking)}")
