"""Reads the MMI facial expression database as its web site delivers it."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser, parse

from bench.datasets.tree import reason, remedy, stays
from bench.errors import BenchError
from bench.records import Dataset, Video

CLASSES = ("angry", "disgust", "fear", "happy", "sad", "surprise")
_CODES = {"1": "angry", "2": "disgust", "3": "fear", "4": "happy", "5": "sad", "6": "surprise"}
_PANES = {"0": 1, "2": 2}
_VIEWS = {"0": "frontal", "2": "dual"}
_EMOTION_FILE = re.compile(r"(S(\d{3})-\d{3})\.xml")
_MARKER_FILE = re.compile(r"S\d{3}-\d{3}-oao_aucs\.xml")
_STILLS = {".jpg", ".jpeg", ".png"}
_NOT_EXPRESSIVE = {45, 46}
"""Blink and wink: action units that come and go beside every expression."""


def load(root: Path) -> Dataset:
    """MMI, posed frontal videos of the six basic emotions.

        root/                                   also: the folder around it, or Sessions itself
          Sessions/
            117/                                one recording; the number names the session
              session.xml                       subject (id), track (view 0 frontal, 1 profile,
                                                2 both), annotation (filename) …
              S001-117.avi                      subject 1, recording 117
              S001-117.xml                      Metatag Name="Emotion" Value="1" … "6": anger,
                                                disgust, fear, happiness, sadness, surprise
              S001-117-oao_aucs.xml             not always: ActionUnit (Number), Marker (Frame
                                                from 1; Type 0 neutral, 1 onset, 2 apex, 3 offset)

    Subject is the person of session.xml; videos keep their neutral ends. Left out and counted:
    other emotion codes, recordings without the tag (coded for action units only), profile views,
    still images, and sessions with sound, which belong to the induced parts IV and V. Of a dual
    view both panes are kept (`panes`). A frontal recording whose last annotation is no marker file
    is stored lying on its side (`rotation`). The apex interval is the time that all action units
    but blinks are at their apex together or, where they never are, the time that any of them is;
    a unit counts when it passes through all four phases in order.
    Source: Pantic et al., ICME 2005, https://doi.org/10.1109/ICME.2005.1521424.

    Raises:
        BenchError: there is no Sessions folder, or more than one.
    """
    videos: list[Video] = []
    left_out: Counter[str] = Counter()
    missing: dict[str, str] = {}
    for folder in _session_folders(root):
        try:
            session = _read_session(folder)
            _require_video(folder / f"{session.stem}.avi", root)
            apex, problem = _apex(folder, session.annotations)
            videos.append(_video(session, folder.relative_to(root).as_posix(), apex))
            left_out.update([problem] if problem else [])
        except _LeftOutError as why:
            left_out[str(why)] += 1
        except _UnusableError as problem:
            missing[f"mmi:{folder.name}"] = str(problem)
    videos.sort(key=lambda video: video.id)
    return Dataset("mmi", CLASSES, tuple(videos), left_out=dict(left_out), missing=missing)


class _LeftOutError(Exception):
    """The session is no video of this set; the text is the reason."""


class _UnusableError(Exception):
    """The session should be a video of this set and cannot be; the text says what is wrong."""


@dataclass(frozen=True, slots=True)
class _Session:
    name: str
    stem: str
    subject: str
    view: str
    label: str
    annotations: tuple[str, ...]


def _session_folders(root: Path) -> list[Path]:
    places = [root] if root.name == "Sessions" else [root / "Sessions", *root.glob("*/Sessions")]
    found = sorted(place for place in places if place.is_dir())
    if len(found) > 1:
        names = ", ".join(str(place.relative_to(root)) for place in found)
        raise BenchError(
            f"{root} holds {len(found)} downloads of MMI: {names}. Pass one of them with --root, "
            f"or move all sessions into one Sessions folder."
        )
    if not found:
        raise BenchError(
            f"dataset 'mmi' not found under {root}: looked for Sessions/ there and one folder "
            f"deeper. {remedy(root)}"
        )
    folders = [path for path in found[0].iterdir() if path.is_dir() and path.name.isdecimal()]
    return sorted(folders, key=lambda path: int(path.name))


def _read_session(folder: Path) -> _Session:
    """What the XML files of one session say, or why it does not count."""
    if not (folder / "session.xml").is_file():
        raise _LeftOutError("no session.xml")
    tree = _parsed(folder / "session.xml")
    names = sorted(path.name for path in folder.iterdir())
    stills = any(Path(name).suffix.lower() in _STILLS for name in names)
    if _has_sound(tree, names):
        raise _LeftOutError("audio-visual session")
    track = _frontal_track(tree, stills)
    annotations = tuple(mark.get("filename", "") for mark in track.iter("annotation"))
    named = [match for name in (*annotations, *names) if (match := _EMOTION_FILE.fullmatch(name))]
    if not named:
        raise _LeftOutError("no emotion tag")
    label = _label(folder / named[0][0])
    if f"{named[0][1]}.avi" not in names:
        if stills:
            raise _LeftOutError("still images")
        raise _UnusableError(f"{folder / named[0][1]}.avi is missing")
    person = next((one.get("id", "") for one in tree.iter("subject")), "")
    number = _number(person.strip())
    number = int(named[0][2]) if number is None else number
    view = track.get("view", "")
    return _Session(folder.name, named[0][1], f"S{number:03d}", view, label, annotations)


def _require_video(path: Path, root: Path) -> None:
    if not path.is_file():
        raise _UnusableError(f"{path} is no file")
    if not stays(path, root):
        raise _UnusableError(f"{path} is a link that leaves the root")


def _frontal_track(tree: Element, stills: bool) -> Element:
    tracks = list(tree.iter("track"))
    for track in tracks:
        if track.get("view") in _PANES:
            return track
    if stills:
        raise _LeftOutError("still images")
    views = [track.get("view", "") for track in tracks]
    raise _LeftOutError("profile view" if "1" in views else f"unknown view {', '.join(views)!r}")


def _has_sound(tree: Element, names: list[str]) -> bool:
    kinds = (track.get("type", "") for track in tree.iter("track"))
    sounds = (name for name in names if name.lower().endswith(".wav"))
    return any("audio" in kind.lower() for kind in kinds) or any(sounds)


def _label(path: Path) -> str:
    if not path.is_file():
        raise _UnusableError(f"{path} is listed in session.xml and missing")
    tags = [tag for tag in _parsed(path).iter("Metatag") if tag.get("Name") == "Emotion"]
    codes = sorted({tag.get("Value", "").strip() for tag in tags} - {""})
    if not codes:
        raise _LeftOutError("no emotion tag")
    if len(codes) > 1:
        raise _UnusableError(f"{path} has several emotions: {', '.join(codes)}")
    if codes[0] not in _CODES:
        raise _LeftOutError(f"emotion code {codes[0]}")
    return _CODES[codes[0]]


def _video(session: _Session, folder: str, apex: tuple[int, int] | None) -> Video:
    last = session.annotations[-1] if session.annotations else ""
    lies = session.view == "0" and not _MARKER_FILE.fullmatch(last)
    return Video(
        id=f"mmi:{session.name}/{session.stem}",
        path=f"{folder}/{session.stem}.avi",
        label=session.label,
        subject=session.subject,
        attributes={"session": session.name, "view": _VIEWS[session.view]},
        apex=apex,
        rotation=90 if lies else 0,
        panes=_PANES[session.view],
    )


def _apex(folder: Path, annotations: tuple[str, ...]) -> tuple[tuple[int, int] | None, str]:
    """Frames [first, last) from 0 of the apex, and what is wrong with its file."""
    names = [name for name in annotations if _MARKER_FILE.fullmatch(name)]
    if not names or not (folder / names[0]).is_file():
        return None, ""
    try:
        units = list(_parsed(folder / names[0]).iter("ActionUnit"))
    except _UnusableError as problem:
        return None, f"apex markers: {problem}"
    spans = [span for unit in units if (span := _unit_apex(unit))]
    if not spans:
        return None, ""
    first, last = max(span[0] for span in spans), min(span[1] for span in spans)
    if first >= last:
        first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    return (first, last), ""


def _unit_apex(unit: Element) -> tuple[int, int] | None:
    """Frames [apex, offset) from 0 of one action unit that passes through all four phases."""
    number = _number(unit.get("Number", ""))
    if number is None or number in _NOT_EXPRESSIVE:
        return None
    marks = sorted(_marks(unit))
    if {"0", "1", "2", "3"} - {kind for _, kind in marks}:
        return None
    first = next(frame for frame, kind in marks if kind == "2")
    last = [frame for frame, kind in marks if kind == "3" and frame > first]
    return (first, last[-1]) if last else None


def _marks(unit: Element) -> Iterator[tuple[int, str]]:
    for mark in unit.iter("Marker"):
        if frame := _number(mark.get("Frame", "")):
            yield frame - 1, mark.get("Type", "")


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


class _NoDoctype(TreeBuilder):
    """Refuses a DOCTYPE: MMI has none, and entities in it could fill the memory."""

    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise ParseError(f"a DOCTYPE ({name}), which MMI's files do not have")


def _parsed(path: Path) -> Element:
    try:
        root = parse(path, XMLParser(target=_NoDoctype())).getroot()
    except (ParseError, OSError, ValueError, LookupError) as error:
        raise _UnusableError(f"{path} is no XML that can be read: {reason(error)}") from error
    if root is None:
        raise _UnusableError(f"{path} is empty")
    return root
