"""Reads CK+, the extended Cohn-Kanade dataset."""

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from bench.datasets import splits, tree
from bench.records import Dataset, Fold, Video

CLASSES = ("angry", "contempt", "disgust", "fear", "happy", "sad", "surprise")

_CODES = {
    1: "angry",
    2: "contempt",
    3: "disgust",
    4: "fear",
    5: "happy",
    6: "sad",
    7: "surprise",
}
_SUBJECT = re.compile(r"S[0-9]{3}")
_NUMBER = re.compile(r"[0-9]{3}")
_FOLDS = 10


def load(root: Path) -> Dataset:
    """CK+, posed sequences of six basic emotions and contempt, each from neutral to its apex.

        root/                                     also: up to three folders around each of the two
          cohn-kanade-images/
            S005/                                 subject
              001/                                sequence
                S005_001_00000001.png …           the frames of the video
          Emotion/
            S005/001/                             many are empty: not labelled
              S005_001_00000011_emotion.txt       the last frame, which is the apex; holds a code,
                                                  as in "   3.0000000e+00": 1 anger, 2 contempt,
                                                  3 disgust, 4 fear, 5 happy, 6 sadness, 7 surprise
          FACS/, Landmarks/                       not read

    Subject is the person; there are no groups. Left out and counted: sequences without a label and
    those with another code (0 is neutral). A labelled sequence without frames stays a video, and is
    named in `missing`.

    Protocol `fan-10-fold` is the rule of Emotion-FAN (Meng et al., ICIP 2019): of the sorted
    subjects with a label, fold k tests those with the index k, k + 10, ...
    Source: Lucey et al., The Extended Cohn-Kanade Dataset (CK+), CVPRW 2010, pages 94 to 101.

    Raises:
        BenchError: a folder is not there, or there twice; more than a tenth of the labelled
            sequences is missing; a label cannot be read, or a sequence has two.
    """
    with tree.readable("ckplus"):
        return _read(root)


def load_eight(root: Path) -> Dataset:
    """CK+ with neutral as its eighth class: one still neutral video of each subject more.

    The tree is that of `load`. The neutral video of a subject is the first frame of the first
    labelled sequence, where nothing is shown yet. Papers with eight classes take first frames too,
    and differ in how many: one a subject is a choice of ours. `fan-10-fold` tests it beside the
    subject's other videos.
    Source: as `load`.

    Raises:
        BenchError: as `load`.
    """
    seven = load(root)
    first: dict[str, Video] = {}
    for video in seven.videos:
        if video.id not in seven.missing:
            first.setdefault(str(video.subject), video)
    still = [
        replace(video, id=f"{video.id}/neutral", label="neutral", apex=None, limit=1)
        for video in first.values()
    ]
    videos = tuple(sorted((*seven.videos, *still), key=lambda video: video.id))
    official, _ = _fan(videos)
    classes = tuple(sorted((*CLASSES, "neutral")))
    return replace(seven, classes=classes, videos=videos, official=official)


def _read(root: Path) -> Dataset:
    images = _part(root, "cohn-kanade-images", "S005/001/S005_001_00000001.png", "S*/*/S*.png")
    emotions = _part(
        root, "Emotion", "S005/001/S005_001_00000011_emotion.txt", "S*/*/*_emotion.txt"
    )
    problems = tree.Problems("ckplus", "Restore the distributor's files, without links.")
    marks = _marks(root, emotions, problems)
    codes = {key: _code(mark, root, problems) for key, mark in marks.items()}
    _refuse_links(root, images, problems)
    problems.stop()
    used = {key: mark for key, mark in marks.items() if codes[key] in _CODES}
    videos, missing = _videos(root, images, used, codes)
    tree.require_most("ckplus", len(videos), missing, root)
    left_out = Counter(f"emotion code {code}" for code in codes.values() if code not in _CODES)
    left_out["no emotion label"] = len(_sequences(images).keys() - marks.keys())
    official, notes = _fan(videos)
    return Dataset(
        "ckplus",
        CLASSES,
        tuple(videos),
        left_out=dict(+left_out),
        missing=missing,
        official=official,
        notes=notes,
    )


def _part(root: Path, name: str, example: str, pattern: str) -> Path:
    def holds(folder: Path) -> bool:
        return next((folder / name).glob(pattern), None) is not None

    return tree.located(root, holds, "ckplus", f"{name}/{example}") / name


def _sequences(part: Path) -> dict[str, Path]:
    """Folders by subject/number, sorted."""
    people = (folder for folder in tree.folders(part) if _SUBJECT.fullmatch(folder.name))
    return {
        f"{person.name}/{folder.name}": folder
        for person in people
        for folder in tree.folders(person)
        if _NUMBER.fullmatch(folder.name)
    }


def _marks(root: Path, emotions: Path, problems: tree.Problems) -> dict[str, Path]:
    """The file of each labelled sequence."""
    found: dict[str, Path] = {}
    for key, folder in _sequences(emotions).items():
        name = re.compile(rf"{key.replace('/', '_')}_[0-9]{{8}}_emotion\.txt")
        marks = [file for file in tree.files(folder) if name.fullmatch(file.name)]
        for file in (file for file in tree.files(folder) if file not in marks):
            problems.add(f"{_shown(file, root)} is no label of sequence {key}")
        if len(marks) > 1:
            names = tree.known([mark.name for mark in marks])
            problems.add(f"{_shown(folder, root)} has {len(marks)} labels: {names}")
        if marks:
            found[key] = marks[0]
    return found


def _code(mark: Path, root: Path, problems: tree.Problems) -> int:
    """The number that a label's file holds; 0 where it is a problem."""
    text = mark.read_bytes()
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if number.is_integer():
        return int(number)
    problems.add(
        f"{_shown(mark, root)} has {text[:20]!r}; expected a whole number, as in 3.0000000e+00"
    )
    return 0


def _refuse_links(root: Path, images: Path, problems: tree.Problems) -> None:
    for folder in _sequences(images).values():
        if not folder.resolve().is_relative_to(root.resolve()):
            problems.add(f"{_shown(folder, root)} is a link that leads out of {root}")


def _videos(
    root: Path, images: Path, marks: dict[str, Path], codes: dict[str, int]
) -> tuple[list[Video], dict[str, str]]:
    """Every labelled sequence, and what is wrong with those that have no frames."""
    videos: list[Video] = []
    missing: dict[str, str] = {}
    for key, mark in sorted(marks.items()):
        frames = _frames(images / key)
        video = Video(
            id=f"ckplus:{key}",
            path=(images / key).relative_to(root).as_posix(),
            label=_CODES[codes[key]],
            subject=key.partition("/")[0],
            apex=_apex(frames, mark),
        )
        videos.append(video)
        if not frames:
            lack = "has no .png" if (images / key).is_dir() else "is missing"
            missing[video.id] = f"{images / key} {lack}"
    return videos, missing


def _frames(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    with os.scandir(folder) as entries:
        names = (entry.name for entry in entries if entry.is_file())
        return sorted(name for name in names if re.fullmatch(r"S.*\.png", name))


def _apex(frames: list[str], mark: Path) -> tuple[int, int] | None:
    """The last frame, if it is the one that was labelled: else the sequence was cut."""
    labelled = mark.name.replace("_emotion.txt", ".png")
    return (len(frames) - 1, len(frames)) if frames and frames[-1] == labelled else None


def _fan(videos: Sequence[Video]) -> tuple[dict[str, tuple[Fold, ...]], tuple[str, ...]]:
    """Protocol `fan-10-fold` by name, and how it was made or why there is none."""
    subjects = {video.id: str(video.subject) for video in videos}
    count = len(set(subjects.values()))
    if count < _FOLDS:
        return {}, (
            f"Protocol 'fan-10-fold' needs {_FOLDS} subjects with a label; {count} are here.",
        )
    blocks = splits.every_nth(subjects.values(), _FOLDS)
    folds = splits.folds_of(subjects, splits.subject_blocks(subjects, blocks))
    return {"fan-10-fold": folds}, (
        "Protocol 'fan-10-fold' was made by the rule of its authors: index of the sorted subject "
        "modulo 10.",
    )


def _shown(path: Path, root: Path) -> str:
    return repr(path.relative_to(root).as_posix())
