"""Reads Oulu-CASIA NIR&VIS: the sequences in visible light under strong illumination."""

import os
import re
from collections import Counter
from pathlib import Path

from bench.datasets import tree
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")

_LABELS = {
    "Anger": "angry",
    "Disgust": "disgust",
    "Fear": "fear",
    "Happiness": "happy",
    "Sadness": "sad",
    "Surprise": "surprise",
}
_SUBJECT = re.compile(r"P[0-9]{3}")
_FRAME = re.compile(r"[0-9]{3}\.jpeg", re.IGNORECASE)
_USED = ("VL", "Strong")
_OTHERS = (("VL", "Weak"), ("VL", "Dark"), ("NI", "Strong"), ("NI", "Weak"), ("NI", "Dark"))


def load(root: Path) -> Dataset:
    """Oulu-CASIA, posed sequences of the six basic emotions.

        root/                             also: up to three folders around it, as in
                                          B_OriginalImg/B_OriginalImg/OriginalImg
          VL/                             visible light; NI is near infrared
            Strong/                       illumination; also Weak, Dark
              P001/ … P080/               subjects
                Anger/                    also Disgust, Fear, Happiness, Sadness, Surprise
                  000.jpeg 001.jpeg …     the frames of the video

    Subject is the person; there are no groups. The sequences of the other five conditions show the
    same people and are left out and counted. A sequence without frames is named in `missing`.

    Its protocol `subject-10-fold` is blocks of subjects of ours, since no list is published.
    Source: Zhao et al., Facial expression recognition from near-infrared videos, Image and Vision
    Computing, 2011.

    Raises:
        BenchError: there is no such folder, or there are several; more than a tenth of the
            sequences is missing; or a subject's folder holds what is no sequence.
    """
    with tree.readable("oulu-casia"):
        return _read(root)


def _read(root: Path) -> Dataset:
    looked_for = "VL/Strong/P001/Anger with .jpeg frames"
    top = tree.located(root, _holds_sequences, "oulu-casia", looked_for)
    people = _people(top.joinpath(*_USED))
    _refuse_strangers(root, people)
    videos: list[Video] = []
    missing: dict[str, str] = {}
    for folder in (person / name for person in people for name in _LABELS):
        video = _video(root, folder)
        if _has_frames(folder):
            videos.append(video)
        else:
            missing[video.id] = f"{folder} {'has no .jpeg' if folder.is_dir() else 'is missing'}"
    tree.require_most("oulu-casia", len(videos) + len(missing), missing, root)
    return Dataset(
        "oulu-casia",
        CLASSES,
        tuple(sorted(videos, key=lambda video: video.id)),
        left_out=_other_conditions(top),
        missing=missing,
    )


def _holds_sequences(top: Path) -> bool:
    people = _people(top.joinpath(*_USED))
    return any(_has_frames(person / name) for person in people for name in _LABELS)


def _people(condition: Path) -> list[Path]:
    found = tree.folders(condition) if condition.is_dir() else []
    return [folder for folder in found if _SUBJECT.fullmatch(folder.name)]


def _has_frames(folder: Path) -> bool:
    if not folder.is_dir():
        return False
    with os.scandir(folder) as entries:
        return any(_FRAME.fullmatch(entry.name) and entry.is_file() for entry in entries)


def _refuse_strangers(root: Path, people: list[Path]) -> None:
    problems = tree.Problems("oulu-casia", "Restore the distributor's folders, without links.")
    for folder in (folder for person in people for folder in tree.folders(person)):
        where = repr(folder.relative_to(root).as_posix())
        if folder.name not in _LABELS:
            problems.add(f"{where}: unknown expression; expected {tree.known(_LABELS)}")
        elif not folder.resolve().is_relative_to(root.resolve()):
            problems.add(f"{where}: a link that leads out of {root}")
    problems.stop()


def _video(root: Path, folder: Path) -> Video:
    return Video(
        id=f"oulu-casia:{folder.parent.name}/{folder.name}",
        path=folder.relative_to(root).as_posix(),
        label=_LABELS[folder.name],
        subject=folder.parent.name,
    )


def _other_conditions(top: Path) -> dict[str, int]:
    """Sequences of each condition that is not used."""
    counts: Counter[str] = Counter()
    for condition in _OTHERS:
        for person in _people(top.joinpath(*condition)):
            names = {folder.name for folder in tree.folders(person)}
            counts[f"condition {'/'.join(condition)}"] += len(names & _LABELS.keys())
    return dict(+counts)
