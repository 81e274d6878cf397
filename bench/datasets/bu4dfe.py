"""Reads BU-4DFE, filmed 3D faces, as the videos of their pictures."""

import os
import re
from collections.abc import Collection
from pathlib import Path

from bench.datasets import tree
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")

_LABELS = {name.capitalize(): name for name in CLASSES}
_SUBJECT = re.compile(r"[FM][0-9]{3}")
_GENDERS = {"F": "female", "M": "male"}


def load(root: Path) -> Dataset:
    """BU-4DFE, posed sequences of the six basic emotions, each from neutral to neutral.

        root/                             also: up to three folders around it
          F001/ … F058/, M001/ … M043/    subjects, female and male
            Angry/                        also Disgust, Fear, Happy, Sad, Surprise
              000.jpg 001.jpg …           the frames of the video
              000.wrl 001.wrl …           their meshes, which are not read
          BU_WrlViewer_V2/                a viewer, skipped

    Subject is the person; there are no groups. A sequence without pictures is named in `missing`;
    meshes without the picture of their frame are counted. The landmarks are another package with
    the same folders (`.bnd`), and are no videos.

    Its protocols `subject-10-fold` and `sub60` (60 of the subjects) are blocks of subjects of ours.
    Source: Yin et al., A High-Resolution 3D Dynamic Facial Expression Database, IEEE FG 2008.

    Raises:
        BenchError: there is no such folder, more than a tenth of the sequences is missing, or a
            subject's folder holds what is no sequence.
    """
    with tree.readable("bu4dfe"):
        return _read(root)


def _read(root: Path) -> Dataset:
    looked_for = "F001/Angry with .jpg frames (the package of landmarks, .bnd, has none)"
    top = tree.located(root, _holds_sequences, "bu4dfe", looked_for)
    people = _people(top)
    _refuse_strangers(root, people)
    videos: list[Video] = []
    missing: dict[str, str] = {}
    lone_meshes = 0
    for folder in (person / name for person in people for name in _LABELS):
        pictures, meshes = _frames(folder, "jpg"), _frames(folder, "wrl")
        video = _video(root, folder)
        if pictures:
            videos.append(video)
            lone_meshes += len(meshes - pictures)
        else:
            missing[video.id] = f"{folder} {_lack(folder, meshes)}"
    tree.require_most("bu4dfe", len(videos) + len(missing), missing, root)
    return Dataset(
        "bu4dfe",
        CLASSES,
        tuple(sorted(videos, key=lambda video: video.id)),
        left_out={"mesh without the picture of its frame": lone_meshes} if lone_meshes else {},
        missing=missing,
    )


def _people(top: Path) -> list[Path]:
    return [folder for folder in tree.folders(top) if _SUBJECT.fullmatch(folder.name)]


def _holds_sequences(top: Path) -> bool:
    sequences = (person / name for person in _people(top) for name in _LABELS)
    return any(_frames(folder, "jpg", "wrl") for folder in sequences)


def _refuse_strangers(root: Path, people: list[Path]) -> None:
    problems = tree.Problems("bu4dfe", "Restore the distributor's folders, without links.")
    for folder in (folder for person in people for folder in tree.folders(person)):
        where = repr(folder.relative_to(root).as_posix())
        if folder.name not in _LABELS:
            problems.add(f"{where}: unknown expression; expected {tree.known(_LABELS)}")
        elif not folder.resolve().is_relative_to(root.resolve()):
            problems.add(f"{where}: a link that leads out of {root}")
    problems.stop()


def _frames(folder: Path, *endings: str) -> set[str]:
    """Numbers of the frames that have a file with one of these endings."""
    if not folder.is_dir():
        return set()
    with os.scandir(folder) as entries:
        names = (entry.name.rpartition(".") for entry in entries if entry.is_file())
        return {stem for stem, _, end in names if end.lower() in endings and stem.isdecimal()}


def _lack(folder: Path, meshes: Collection[str]) -> str:
    if not folder.is_dir():
        return "is missing"
    return "has meshes and no .jpg" if meshes else "has no .jpg"


def _video(root: Path, folder: Path) -> Video:
    subject = folder.parent.name
    return Video(
        id=f"bu4dfe:{subject}/{folder.name}",
        path=folder.relative_to(root).as_posix(),
        label=_LABELS[folder.name],
        subject=subject,
        attributes={"gender": _GENDERS[subject[0]]},
    )
