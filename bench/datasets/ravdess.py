"""Reads the speech videos of RAVDESS as Zenodo delivers them."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.datasets import tree
from bench.records import Dataset, Video

CLASSES = ("angry", "calm", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_CLASS_OF = {
    "01": "neutral",
    "02": "calm",
    "03": "happy",
    "04": "sad",
    "05": "angry",
    "06": "fear",
    "07": "disgust",
    "08": "surprise",
}
_INTENSITY_OF = {"01": "normal", "02": "strong"}
_CODES = {
    "modality": ("01", "02", "03"),
    "channel": ("01", "02"),
    "emotion": tuple(_CLASS_OF),
    "intensity": tuple(_INTENSITY_OF),
    "statement": ("01", "02"),
    "repetition": ("01", "02"),
}
_AUDIO_VIDEO, _VIDEO_ONLY, _AUDIO_ONLY = _CODES["modality"]
_SONG = "02"
_FILE = re.compile(r"[0-9]{2}(-[0-9]{2}){6}\.(mp4|wav)", re.IGNORECASE)
_ACTOR = re.compile(r"Actor_(0[1-9]|1[0-9]|2[0-4])")
_ARCHIVE = re.compile(r"(Video|Audio)_(Speech|Song)_Actors?_[0-9-]+")


def load(root: Path) -> Dataset:
    """RAVDESS, two sentences spoken by 24 actors in eight classes.

        root/                                 also: a folder around it
          Actor_01/ … Actor_24/               also: each inside of its Video_Speech_Actor_NN
            02-01-06-01-02-01-12.mp4          modality (01 sound and picture, 02 picture, 03 sound),
                                              channel (01 speech, 02 song), emotion (01 neutral,
                                              calm, happy, sad, angry, fearful, disgust, 08
                                              surprised), intensity, statement, repetition, actor

    A recording is there twice, with sound and without; it is one video here, keyed by its name
    without the modality, and read from the file without sound where that is there. Left out and
    counted: the other file, songs, sound alone. Subject is the actor; odd ones are men. In
    protocol `blocks-6-fold` a fold tests four actors.
    Source: Livingstone & Russo, PLoS ONE 13(5), 2018, https://doi.org/10.1371/journal.pone.0196391.

    Raises:
        BenchError: the tree is not there, has no speech video, or has an unknown code, a file in
            another actor's folder, a file twice, or a link that leaves the root.
    """
    with tree.readable("ravdess"):
        return _dataset(root)


@dataclass(frozen=True, slots=True)
class _Tree:
    root: Path
    problems: tree.Problems
    recordings: defaultdict[str, dict[str, Path]] = field(
        default_factory=lambda: defaultdict[str, dict[str, Path]](dict)
    )
    """Name without the modality -> modality -> file."""
    missing: dict[str, str] = field(default_factory=dict[str, str])
    left_out: Counter[str] = field(default_factory=Counter[str])


def _dataset(root: Path) -> Dataset:
    place = tree.located(
        root, lambda folder: any(_actor_folders(folder)), "ravdess", "Actor_01/ … Actor_24/"
    )
    remedy = "Unpack the archives Video_Speech_Actor_NN.zip anew, each once."
    found = _Tree(root, tree.Problems("ravdess", remedy))
    for folder in _actor_folders(place):
        _read(found, folder)
    if not found.recordings:
        found.problems.add(f"{place} has no speech video like 02-01-06-01-02-01-12.mp4")
    found.problems.stop()
    videos = tuple(_video(found, name) for name in sorted(found.recordings))
    tree.require_most("ravdess", len(videos), found.missing, root)
    return Dataset(
        "ravdess",
        CLASSES,
        videos,
        left_out=dict(found.left_out),
        missing=found.missing,
        notes=_with_sound(videos),
    )


def _actor_folders(folder: Path) -> Iterator[Path]:
    for path in tree.folders(folder):
        if _ACTOR.fullmatch(path.name):
            yield path
        elif _ARCHIVE.fullmatch(path.name):
            yield from (below for below in tree.folders(path) if _ACTOR.fullmatch(below.name))


def _read(found: _Tree, folder: Path) -> None:
    if _leaves(folder, found.root):
        found.problems.add(f"{_inner(found, folder)!r} is a link that leaves the root")
        return
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        if _FILE.fullmatch(name):
            _sort_in(found, folder / name)
        elif name.lower().endswith(".mp4"):
            found.left_out["file name that is no recording's"] += 1


def _sort_in(found: _Tree, path: Path) -> None:
    """Put one file with its recording, or say why it does not count."""
    where, codes = _inner(found, path), path.stem.split("-")
    for (kind, known), code in zip(_CODES.items(), codes, strict=False):
        if code not in known:
            found.problems.add(f"{where!r}: {kind} {code!r} is none of {', '.join(known)}")
            return
    if f"Actor_{codes[-1]}" != path.parent.name:
        found.problems.add(f"{where!r} is of actor {codes[-1]!r} in the folder of another")
    elif codes[0] == _AUDIO_ONLY or path.suffix.lower() == ".wav":
        found.left_out["sound without picture"] += 1
    elif codes[1] == _SONG:
        found.left_out["song"] += 1
    else:
        _keep(found, path, codes[0], where)


def _keep(found: _Tree, path: Path, modality: str, where: str) -> None:
    files = found.recordings[path.stem.partition("-")[2]]
    if modality in files:
        found.problems.add(f"{where!r} and {_inner(found, files[modality])!r} are the same file")
    elif path.is_symlink() and _leaves(path, found.root):
        found.problems.add(f"{where!r} is a link that leaves the root")
    files[modality] = path


def _video(found: _Tree, name: str) -> Video:
    files = found.recordings[name]
    usable = [modality for modality in sorted(files, reverse=True) if files[modality].is_file()]
    modality = usable[0] if usable else max(files)
    if len(files) > 1:
        found.left_out["other file of a recording"] += 1
    path = _inner(found, files[modality])
    if not usable:
        found.missing[f"ravdess:{name}"] = f"{path} is no file"
    _, emotion, intensity, statement, repetition, actor = name.split("-")
    attributes = {
        "modality": "video only" if modality == _VIDEO_ONLY else "audio and video",
        "intensity": _INTENSITY_OF[intensity],
        "statement": statement.lstrip("0"),
        "repetition": repetition.lstrip("0"),
        "gender": "male" if int(actor) % 2 else "female",
    }
    return Video(
        f"ravdess:{name}", path, _CLASS_OF[emotion], f"Actor_{actor}", attributes=attributes
    )


def _inner(found: _Tree, path: Path) -> str:
    return path.relative_to(found.root).as_posix()


def _leaves(path: Path, root: Path) -> bool:
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))


def _with_sound(videos: tuple[Video, ...]) -> tuple[str, ...]:
    count = sum(video.attributes["modality"] != "video only" for video in videos)
    if not count:
        return ()
    return (
        f"{count} of {len(videos)} recordings have no file without sound; the one with sound is "
        f"read, whose picture is the same.",
    )
