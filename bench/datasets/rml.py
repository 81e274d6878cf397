"""Reads the RML emotion database as its two archives unpack."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from bench.datasets import tree
from bench.errors import BenchError
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")
_CODES: dict[str, str] = dict(zip(("an", "di", "fe", "ha", "sa", "su"), CLASSES, strict=True))
_FILE = re.compile(r"(\D*)\d+\.avi", re.IGNORECASE)
_SUBJECT = re.compile(r"s\d+", re.IGNORECASE)
_PARTS = {"rml-1", "rml-2"}
_SPEAKERS = {f"s{number}" for number in range(1, 9)}


def load(root: Path) -> Dataset:
    """RML, acted sentences in six languages.

        root/                       also: up to three folders around it
          rml-1/
            s1/ … s5/               the speaker
              an1.avi               an, di, fe, ha, sa, su: anger, disgust, fear, happiness,
                                    sadness, surprise; upper or lower case
              English/an1.avi       some speakers have a folder a language
          rml-2/
            s6/ … s8/

    Subject is the speaker; there is no group. The same name recurs for every speaker and language,
    so the key is the whole path without its ending. Left out and counted: links that leave the
    root, things named like a video that are no files, and files of other kinds.
    Source: Wang & Guan, MMSP 2004, http://www.rml.ryerson.ca/rml-emotion-database.html.

    Raises:
        BenchError: the two parts are not there, a folder cannot be listed, a video has an
            unknown code, or there is none.
    """
    home = tree.located(root, _holds_both_parts, "rml", "the folders rml-1 and rml-2")
    problems = tree.Problems("rml", "Rename these files as they were delivered, or remove them.")
    videos: dict[str, Video] = {}
    left_out: Counter[str] = Counter()
    for speaker, path in _entries(home, problems):
        if reason := _useless(path, root):
            left_out[reason] += 1
            continue
        video = _video(path, speaker, home, root)
        if not video.label:
            codes = ", ".join(_CODES)
            problems.add(f"{video.path!r} has no known code; expected one of {codes}, and a number")
        elif not video.path.isprintable():
            problems.add(f"{video.path!r} has characters that cannot be printed")
        elif video.id in videos:
            problems.add(f"{video.path!r} and {videos[video.id].path!r} are one video by name")
        videos[video.id] = video
    problems.stop()
    if not videos:
        raise BenchError(f"dataset 'rml' has no video under {home}. Complete the download.")
    ordered = tuple(videos[id] for id in sorted(videos))
    return Dataset("rml", CLASSES, ordered, left_out=dict(left_out), notes=_notes(ordered))


def _holds_both_parts(folder: Path) -> bool:
    return {path.name.lower() for path in tree.folders(folder)} >= _PARTS


def _entries(home: Path, problems: tree.Problems) -> Iterator[tuple[Path, Path]]:
    """Every speaker's folder with all that lies in it and in its languages' folders."""
    for part in tree.folders(home):
        if part.name.lower() not in _PARTS:
            continue
        for speaker in filter(lambda path: _SUBJECT.fullmatch(path.name), tree.folders(part)):
            for path in _listed(speaker, problems):
                if path.is_dir() and path.suffix.lower() != ".avi":
                    yield from ((speaker, below) for below in _listed(path, problems))
                else:
                    yield speaker, path


def _listed(folder: Path, problems: tree.Problems) -> list[Path]:
    try:
        names = sorted(folder.iterdir())
    except OSError as error:
        problems.add(f"{str(folder)!r} cannot be listed: {error.strerror}")
        return []
    return [path for path in names if path.name not in tree.STRAY and path.name[0] != "."]


def _useless(path: Path, root: Path) -> str:
    if path.suffix.lower() != ".avi":
        return "no AVI file"
    if not path.is_file():
        return "named like a video and no file"
    outside = not path.resolve().is_relative_to(root.resolve())
    return "link that leaves the root" if outside else ""


def _video(path: Path, speaker: Path, home: Path, root: Path) -> Video:
    """The video of a file; without a label where its name has no known code."""
    named = _FILE.fullmatch(path.name)
    return Video(
        id=f"rml:{path.relative_to(home).with_suffix('').as_posix()}",
        path=path.relative_to(root).as_posix(),
        label=_CODES.get(named[1].lower(), "") if named else "",
        subject=speaker.name.lower(),
        attributes={} if path.parent == speaker else {"language": path.parent.name},
    )


def _notes(videos: tuple[Video, ...]) -> tuple[str, ...]:
    absent = _SPEAKERS - {video.subject for video in videos}
    if not absent:
        return ()
    return (f"{len(absent)} of 8 speakers have no video here: {tree.known(absent)}.",)
