"""Reads FERV39k, whose clips are named by scene, emotion and number."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from bench.datasets import splits, tree
from bench.datasets.tree import is_clip, lines_of, stays
from bench.records import Dataset, Fold, Video

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")

_CLIPS = "2_clipsforfacecrop"
_LISTS = {"train": "train_All.csv", "test": "test_All.csv"}
_SHARE = 0.2
_NUMBER = re.compile(r"[0-9]{4}")
_LINE = re.compile(r"(\w+)/([A-Za-z]+)/([0-9]{4})\s+(\S+)")


def load(root: Path) -> Dataset:
    """FERV39k, clips of 22 kinds of scenes, the seven basic expressions.

        root/                                   nesting varies, also FERV39k/4_setups beside
                                                2_ClipsforFaceCrop-002/2_ClipsforFaceCrop
          2_ClipsforFaceCrop/
            Action/                             the scene
              Happy/                            also Sad, Neutral, Angry, Surprise, Disgust, Fear
                0000/00.jpg …                   face crops; clips are numbered from 0 in a folder
          4_setups/All_scenes/
            train_All.csv, test_All.csv         no header, `Action/Sad/0010 Sad`

    No subjects are distributed; the scene is an attribute. Clip folders are not opened. The test
    side of the official split is the first fifth, rounded up, of the clips of each scene and
    emotion; lists are verified against that, and absent ones made by it from the folders, where a
    number that lacks below the highest one counts as a missing clip. Left out and counted: clips
    that no list has, folders that are not named by a number.
    Source: Wang et al., CVPR 2022, https://arxiv.org/abs/2203.09463.

    Raises:
        BenchError: the folder is not there, or is half there; a list cannot be used or is wrong.
    """
    with tree.readable("ferv39k"):
        return _dataset(root)


def _dataset(root: Path) -> Dataset:
    home = tree.located(root, _holds, "ferv39k", "2_ClipsforFaceCrop/<scene>/<emotion>/")
    problems = tree.Problems("ferv39k", "Restore the distributor's files.")
    notes: list[str] = []
    found, unnamed = _found(home, root, problems)
    lists = _lists(home, root, problems, notes)
    problems.stop()
    every = _every(found, lists)
    start = home.relative_to(root).as_posix()
    videos = tuple(_video(key, found.get(key, f"{start}/{key}")) for key in sorted(every))
    missing = {f"ferv39k:{key}": f"no clip at {start}/{key}" for key in sorted(every - {*found})}
    tree.require_most("ferv39k", len(videos), missing, root)
    tree.require_inside("ferv39k", (v.path for v in videos if v.id in missing), root)
    left_out = {"in no list": len(found.keys() - every), "not named by a number": unnamed}
    return Dataset(
        "ferv39k",
        CLASSES,
        videos,
        left_out={reason: count for reason, count in left_out.items() if count},
        missing=missing,
        official={"official": _split(every, lists)},
        notes=(*notes, *_regenerated(lists)),
    )


def _holds(folder: Path) -> bool:
    """Whether it is the folder of face crops, and not the one that unpacking put around it."""
    if not folder.name.lower().startswith(_CLIPS):
        return False
    below = (emotion for scene in tree.folders(folder) for emotion in tree.folders(scene))
    return any(emotion.name.lower() in CLASSES for emotion in below)


def _found(home: Path, root: Path, problems: tree.Problems) -> tuple[dict[str, str], int]:
    """Key -> path relative to the root, and how many folders are named by no number."""
    found: dict[str, str] = {}
    unnamed = 0
    for emotion in (below for scene in tree.folders(home) for below in tree.folders(scene)):
        label = emotion.name.lower()
        if label not in CLASSES:
            problems.add(f"{emotion} is no emotion; expected {tree.known(CLASSES)}")
            continue
        names = _clip_names(emotion, root)
        numbers = [name for name in names if _NUMBER.fullmatch(name)]
        unnamed += len(names) - len(numbers)
        prefix = f"{emotion.parent.name}/{label.capitalize()}"
        start = emotion.relative_to(root).as_posix()
        if any(f"{prefix}/{number}" in found for number in numbers):
            problems.add(f"{emotion} has numbers of another folder of that emotion")
        found |= {f"{prefix}/{number}": f"{start}/{number}" for number in numbers}
    return found, unnamed


def _clip_names(emotion: Path, root: Path) -> list[str]:
    if not stays(emotion, root):
        return []
    with os.scandir(emotion) as entries:
        return [entry.name for entry in entries if is_clip(entry, root)]


def _lists(
    home: Path, root: Path, problems: tree.Problems, notes: list[str]
) -> dict[str, set[str]]:
    """Side -> keys, of the lists that are there."""
    folders = _setups(home, root)
    if len(folders) > 1:
        names = tree.known([str(folder) for folder in folders])
        problems.add(f"lists are there {len(folders)} times: {names}")
    return {
        side: _keys(folders[0] / name, problems, notes)
        for side, name in _LISTS.items()
        if folders and (folders[0] / name).exists()
    }


def _setups(home: Path, root: Path) -> list[Path]:
    """Folders of lists beside the clips, and beside the folders around them."""
    places = [place for place in (home, *home.parents) if place.is_relative_to(root)]
    depths = ("", "*/", "*/*/")
    found = {path for place in places for d in depths for path in place.glob(f"{d}4_setups")}
    return sorted(path / "All_scenes" for path in found if (path / "All_scenes").is_dir())


def _keys(path: Path, problems: tree.Problems, notes: list[str]) -> set[str]:
    keys: set[str] = set()
    for where, text in lines_of(path, problems):
        if where.endswith(", line 1") and "/" not in text:
            notes.append(f"{path.name} begins with a header, which the distributor's does not.")
            continue
        match = _LINE.fullmatch(text)
        if not match:
            problems.add(f"{where}: {text!r} is not like 'Action/Sad/0010 Sad'")
            continue
        scene, emotion, number, label = match.groups()
        key = f"{scene}/{emotion.capitalize()}/{number}"
        if emotion.lower() not in CLASSES or label.lower() != emotion.lower():
            problems.add(f"{where}: label {label!r} of a clip in folder {emotion!r}")
        elif key in keys:
            problems.add(f"{where}: clip {key} is listed twice")
        keys.add(key)
    return keys


def _every(found: Mapping[str, str], lists: Mapping[str, set[str]]) -> set[str]:
    """Keys of the lists, and of the folders where one is absent; numbers have no gaps."""
    known = {key for keys in lists.values() for key in keys}
    if len(lists) < len(_LISTS):
        known |= found.keys()
    highest: dict[str, int] = {}
    for key in known:
        folder, number = key.rsplit("/", 1)
        highest[folder] = max(highest.get(folder, 0), int(number))
    return {f"{folder}/{n:04}" for folder, last in highest.items() for n in range(last + 1)}


def _split(every: set[str], lists: Mapping[str, set[str]]) -> tuple[Fold, ...]:
    groups = {key: key.rsplit("/", 1)[0] for key in every}
    (rule,) = splits.folds_of(every, [splits.first_share(groups, _SHARE)])
    train, test = lists.get("train", rule.train), lists.get("test", rule.test)
    given = Fold(0, tuple(sorted(train)), tuple(sorted(test)))
    (fold,) = splits.verified((given,), (rule,), "4_setups/All_scenes")
    return (Fold(0, _ids(fold.train), _ids(fold.test)),)


def _ids(keys: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"ferv39k:{key}" for key in keys)


def _video(key: str, path: str) -> Video:
    scene, emotion, _ = key.split("/")
    attributes = {"scene": scene}
    return Video(f"ferv39k:{key}", path, emotion.lower(), attributes=attributes, aligned=True)


def _regenerated(lists: Mapping[str, set[str]]) -> tuple[str, ...]:
    absent = [name for side, name in _LISTS.items() if side not in lists]
    if not absent:
        return ()
    return (f"No {' and no '.join(absent)}: made by the rule of the official split.",)
