"""Reads AFEW as the organisers of EmotiW deliver it: clips of films and their aligned faces."""

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser, parse

from bench.datasets import splits, tree
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
_CLASS_OF = {"anger": "angry", **{name: name for name in CLASSES}}
_SPLIT_OF = {"train_afew": "train", "train": "train", "val_afew": "val", "val": "val"}
_TEST = ("test_afew", "test")
_ALIGNED = {"train": "AlignedFaces_LBPTOP_Points", "val": "AlignedFaces_LBPTOP_Points_Val"}
_FILMS = {"train": "Train_6.xml", "val": "Val_6.xml"}
_ID = re.compile(r"[0-9]{9}")
_IMAGES = (".jpg", ".jpeg", ".png")


def load(root: Path) -> Dataset:
    """AFEW, clips of films in seven classes, with the distributor's Train and Val.

        root/                                   also: a folder around it
          Train_AFEW/                           or Train; then Val_AFEW or Val
            Angry/                              then Disgust … Surprise
              000046280.avi …
            AlignedFaces_LBPTOP_Points/         in Val …_Val; also nested twice, or beside Train
              Faces/                            also without this level
                000046280/*.jpg …               also under folders of classes
            Train_6.xml                         in Val Val_6.xml; optional: NameOfActor, MovieTitle
          Test_AFEW/                            no labels

    A file's id is unique in its split only, so a video's key is split/id; an id of both splits is a
    pair of `doubles`. Pixels are the aligned faces where there are any, otherwise the .avi
    (`attributes["pixels"]`). No subject is published; group is the film of the XML file and
    `attributes["actor"]` its actor. Test, aligned faces without a class and files of any other name
    are left out and counted. The fold of `official` trains on Train and tests on Val.
    Source: Dhall et al., EmotiW 2016, ICMI 2016, pp. 427-432.

    Raises:
        BenchError: the tree is not there, or lacks a class in a split, or has a folder of clips
            that is no class, an id with two labels, a file twice, XML that cannot be read, or a
            link that leaves the root.
    """
    with tree.readable("afew"):
        return _dataset(root)


@dataclass(frozen=True, slots=True)
class _Tree:
    root: Path
    problems: tree.Problems
    videos: list[Video] = field(default_factory=list[Video])
    missing: dict[str, str] = field(default_factory=dict[str, str])
    left_out: Counter[str] = field(default_factory=Counter[str])

    def inner(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one clip may be read from."""

    label: str
    path: Path


def _dataset(root: Path) -> Dataset:
    wanted = "Train_AFEW/ and Val_AFEW/ (or Train/ and Val/)"
    place = tree.located(root, lambda path: len(_split_folders(path)) > 1, "afew", wanted)
    remedy = "Restore the organisers' files, or remove what is not theirs."
    found = _Tree(root, tree.Problems("afew", remedy))
    for split, folders in _split_folders(place).items():
        if len(folders) > 1:
            names = " and ".join(repr(found.inner(path)) for path in folders)
            found.problems.add(f"{split} is there twice: {names}")
        _read_split(found, split, folders[0], place)
    found.problems.stop()
    tree.require_most("afew", len(found.videos), found.missing, root)
    _count_test(found, place)
    videos = tuple(sorted(found.videos, key=lambda video: video.id))
    ids = [video.id for video in videos]
    test = [id for id in ids if id.startswith("afew:val/")]
    doubles = _doubles(ids)
    return Dataset(
        "afew",
        CLASSES,
        videos,
        left_out=dict(found.left_out),
        missing=found.missing,
        official={"official": splits.folds_of(ids, [test])},
        doubles=doubles,
        notes=(*_pixels(videos), *_shared(doubles)),
    )


def _split_folders(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = {}
    for path in tree.folders(folder):
        if split := _SPLIT_OF.get(path.name.lower()):
            found.setdefault(split, []).append(path)
    return found


def _read_split(found: _Tree, split: str, folder: Path, place: Path) -> None:
    while inner := _split_folders(folder).get(split):
        folder = inner[0]
    clips = _clips(found, folder)
    faces, nameless = _faces(found, folder, place / _ALIGNED[split])
    for name in sorted(nameless):
        if name not in clips:
            found.left_out["aligned faces of no clip"] += 1
        else:
            faces.setdefault(name, _Source(clips[name].label, nameless[name]))
    films = _films(found, (folder / _FILMS[split], place / _FILMS[split]), {*clips, *faces})
    for name in sorted({*clips, *faces}):
        found.videos.append(_video(found, f"{split}/{name}", clips, faces, films))
    there = {video.label for video in found.videos if video.id.startswith(f"afew:{split}/")}
    if lacking := [name for name in CLASSES if name not in there]:
        found.problems.add(f"{found.inner(folder)!r} has no clip of {', '.join(lacking)}")


def _clips(found: _Tree, split: Path) -> dict[str, _Source]:
    """The .avi files of one split by their ids."""
    clips: dict[str, _Source] = {}
    for folder in (split, *tree.folders(split)):
        label = _CLASS_OF.get(folder.name.lower())
        names = _avis(found, folder)
        if label is None and names:
            found.problems.add(
                f"{found.inner(folder)!r} holds {len(names)} clips and names no class of AFEW"
            )
        for name in names if label else ():
            _add(found, clips, name[:-4], _Source(str(label), folder / name))
    return clips


def _avis(found: _Tree, folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name.lower().endswith(".avi"))
    clips = [name for name in names if _ID.fullmatch(name[:-4])]
    if len(names) > len(clips):
        found.left_out["file name that is no clip's"] += len(names) - len(clips)
    return clips


def _add(found: _Tree, sources: dict[str, _Source], name: str, source: _Source) -> None:
    where = found.inner(source.path)
    if first := sources.get(name):
        found.problems.add(f"{where!r} and {found.inner(first.path)!r} are both clip {name}")
    if not Path(os.path.realpath(source.path)).is_relative_to(os.path.realpath(found.root)):
        found.problems.add(f"{where!r} is a link that leaves the root")
    sources.setdefault(name, source)


def _faces(found: _Tree, split: Path, beside: Path) -> tuple[dict[str, _Source], dict[str, Path]]:
    """Folders of aligned faces that have images: those under a class, and those under none."""
    faces: dict[str, _Source] = {}
    nameless: dict[str, _Source] = {}
    top = _faces_folder(split) or (_faces_folder(beside) if beside.is_dir() else None)
    for folder in tree.folders(top) if top else ():
        label = _CLASS_OF.get(folder.name.lower(), "")
        for path in tree.folders(folder) if label else (folder,):
            if _ID.fullmatch(path.name) and _has_image(path):
                _add(found, faces if label else nameless, path.name, _Source(label, path))
    return faces, {name: source.path for name, source in nameless.items()}


def _faces_folder(folder: Path) -> Path | None:
    """Where the folders of aligned faces begin, however deep they were unpacked."""
    below = {path.name: path for path in tree.folders(folder)}
    if "Faces" in below:
        return below["Faces"]
    inner = [path for name, path in below.items() if name in _ALIGNED.values()]
    if inner:
        return _faces_folder(inner[0])
    return folder if folder.name in _ALIGNED.values() else None


def _has_image(folder: Path) -> bool:
    with os.scandir(folder) as entries:
        return any(entry.name.lower().endswith(_IMAGES) for entry in entries)


def _video(
    found: _Tree,
    key: str,
    clips: dict[str, _Source],
    faces: dict[str, _Source],
    films: dict[str, tuple[str, str]],
) -> Video:
    split, name = key.split("/")
    clip, face = clips.get(name), faces.get(name)
    if clip and face and clip.label != face.label:
        found.problems.add(
            f"clip {key} is {clip.label} by {found.inner(clip.path)!r} and {face.label} by "
            f"{found.inner(face.path)!r}"
        )
    source = face or clips[name]
    label = clip.label if clip else source.label
    path = found.inner(source.path)
    if not face and not source.path.is_file():
        found.missing[f"afew:{key}"] = f"{path} is no file"
    film, actor = films.get(name, ("", ""))
    attributes = {"split": split, "pixels": "aligned" if face else "video"}
    attributes |= {"actor": actor} if actor else {}
    return Video(
        f"afew:{key}", path, label, group=film or None, attributes=attributes, aligned=bool(face)
    )


def _films(found: _Tree, places: tuple[Path, ...], ids: set[str]) -> dict[str, tuple[str, str]]:
    """Id -> film and actors, of the innermost element that speaks of one clip and one film."""
    films: dict[str, tuple[str, str]] = {}
    for path in places:
        for element in _elements(found, path) if path.is_file() else ():
            words = [text for one in element.iter() for text in (*one.attrib.values(), one.text)]
            names = {Path(word.strip()).stem for word in words if word} & ids
            titles = {one.get("MovieTitle", "").strip() for one in element.iter()} - {""}
            actors = {one.get("NameOfActor", "").strip() for one in element.iter()} - {""}
            if len(names) == len(titles) == 1:
                films[names.pop()] = titles.pop(), ", ".join(sorted(actors))
    return films


class _NoDoctype(TreeBuilder):
    """Refuses a DOCTYPE: entities in it could fill the memory."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ParseError(f"a DOCTYPE ({name}), which AFEW's files do not have")


def _elements(found: _Tree, path: Path) -> list[Element]:
    try:
        return list(parse(path, XMLParser(target=_NoDoctype())).iter())
    except (ParseError, ValueError, LookupError) as error:
        found.problems.add(f"{found.inner(path)!r} is no XML that can be read: {error}")
        return []


def _count_test(found: _Tree, place: Path) -> None:
    for test in (path for path in tree.folders(place) if path.name.lower() in _TEST):
        count = sum(len(_avis(found, folder)) for folder in (test, *tree.folders(test)))
        found.left_out.update({"clip of Test, which has no labels": count} if count else {})


def _pixels(videos: tuple[Video, ...]) -> list[str]:
    aligned = sum(video.attributes["pixels"] == "aligned" for video in videos)
    if not aligned:
        return []
    rest = len(videos) - aligned
    return [f"Pixels are the aligned faces of {aligned} clips, and the .avi of {rest} without any."]


def _doubles(ids: list[str]) -> tuple[tuple[str, str], ...]:
    """Train and Val clip of each name that is in both."""
    train, val = (
        {id[-9:]: id for id in ids if id.startswith(f"afew:{split}/")} for split in _FILMS
    )
    return tuple((train[name], val[name]) for name in sorted(train.keys() & val))


def _shared(doubles: tuple[tuple[str, str], ...]) -> list[str]:
    if not doubles:
        return []
    names = {one[-9:] for one, _ in doubles}
    return [f"In Train and in Val, as different videos: {tree.known(names)}."]
