"""MMI with lying, dual, profile and still recordings, and sessions that no benchmark scores."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from bench.synthesis.layout import Layout, Shot
from bench.synthesis.layouts import mmi_xml as xml
from bench.synthesis.performance import Performance

HEIGHT, WIDTH = 288, 360
"""PAL's shape at a quarter of its area."""
CODES = {"angry": 1, "disgust": 2, "fear": 3, "happy": 4, "sad": 5, "surprise": 6}
"""Values of the Emotion tag; the distributor uses more, which no benchmark scores."""
COUNTS = {"angry": 31, "disgust": 32, "fear": 28, "happy": 42, "sad": 32, "surprise": 40}
"""Sessions of the subset that papers score, with 30 people."""
PEOPLE = (1, 2, 3, 5, 6, 15, 16, 21, 28, 30, 31, 32, 33, 34, 35, 36, 37, 39, 40, 41, 42, 43, 44)
PEOPLE += (45, 46, 47, 48, 49, 50, 53, 54)
"""Numbers of those who show a basic emotion; further people count on from 55."""
QUIRKS = {1: "left", 4: "unmarked", 6: "right", 9: "broken", 11: "rotated"}
"""Which of each twelve sessions is odd, and how."""
EXTRAS = ("code 7", "code 10", "untagged", "untagged", "profile", "profile", "images")
"""Sessions added to the basic ones, which no benchmark scores."""

_VIEWS = {"left": 2, "right": 2, "profile": 1}


@dataclass(frozen=True, slots=True)
class Session:
    """One folder of the tree."""

    folder: str
    subject: int
    number: int
    """Of the recording among those of its subject."""
    expression: str
    quirk: str

    @property
    def stem(self) -> str:
        """Path of the session's files without their endings."""
        return f"{self.folder}/S{self.subject:03d}-{self.number:03d}"

    @property
    def shot(self) -> Shot:
        """Its video, or its images."""
        stills, name = self.quirk == "images", self.stem.rpartition("/")[2]
        return Shot(
            path=self.folder if stills else f"{self.stem}.avi",
            person=f"S{self.subject:03d}",
            expression=self.expression,
            take=str(self.number),
            images=f"{name}-{{:03d}}.jpg" if stills else "",
            height=HEIGHT,
            width=WIDTH,
            frames=(4, 4) if stills else (50, 80),
            codec="mpeg4",
            turn=270 if self.quirk in ("rotated", "unmarked") else 0,
            view=self.quirk if self.quirk in ("left", "right", "profile") else "front",
            beside=None if self.quirk in ("unmarked", "images") else partial(_markers, self),
        )


def plan(subjects: int, full: bool) -> Layout:
    """The tree of the loader; ten people at least, as its ten folds need.

    Each shows the six basic emotions once. Of each twelve such sessions two are dual-view (`left`,
    `right`: the pane of the frontal face), two are stored rotated by 90 degrees counter-clockwise
    (`unmarked` has no action units either), and one has `broken` marker order. `EXTRAS` follow, all
    to be left out of a benchmark. At full count, 30 people show the published emotions.
    """
    return few(max(subjects, 10), full)


def few(subjects: int, full: bool) -> Layout:
    """The same with exactly so many people, also fewer than the folds need."""
    made = sessions(subjects, full)
    files = {path: content for session in made for path, content in _sheets(session)}
    return Layout(tuple(session.shot for session in made), files)


def sessions(subjects: int, full: bool = False) -> list[Session]:
    """The sessions of a twin, in order: the basic emotions of every subject, then the extras."""
    count = 30 if full else subjects
    names = [*PEOPLE, *range(55, 55 + count)][:count]
    counts = COUNTS if full else dict.fromkeys(CODES, count)
    made: list[Session] = []
    for position, subject in enumerate(names):
        for turn, expression in enumerate(_acts(position, counts, count)):
            slot = (turn + position // 2) % 6 + 6 * (position % 2)
            place = f"Sessions/{100 + 3 * len(made)}"
            made.append(Session(place, subject, 1 + turn, expression, QUIRKS.get(slot, "")))
    for turn, quirk in enumerate(EXTRAS):
        subject, expression = names[turn % count], [*CODES][turn % 6]
        place = f"Sessions/{100 + 3 * len(made)}"
        made.append(Session(place, subject, 101 + turn, expression, quirk))
    return made


def _acts(position: int, counts: Mapping[str, int], people: int) -> Iterator[str]:
    """What one of the people shows: everything once, and as long as it lasts a second time."""
    for place in (position, position + people):
        yield from (expression for expression, count in counts.items() if place < count)


def _sheets(session: Session) -> Iterator[tuple[str, bytes]]:
    """The XML files but the markers; the emotion stands only in the one named like the video."""
    name = session.stem.rpartition("/")[2]
    emotion, markers = f"{name}.xml", f"{name}-oao_aucs.xml"
    listed = (emotion, markers)
    if session.quirk in ("unmarked", "images"):
        listed = (emotion,)
    elif session.quirk == "rotated":
        listed = (markers, emotion)
    view = _VIEWS.get(session.quirk, 0)
    yield f"{session.folder}/session.xml", xml.session(session.subject, view, listed)
    yield f"{session.stem}.xml", xml.emotion(name, _code(session))


def _code(session: Session) -> int | None:
    if session.quirk == "untagged":
        return None
    kind, _, code = session.quirk.partition(" ")
    return int(code) if kind == "code" else CODES[session.expression]


def _markers(session: Session, script: Performance) -> dict[str, bytes]:
    """The sheet of the phases of every action unit, as they were acted."""
    name = session.stem.rpartition("/")[2]
    sheet = xml.markers(name, script.phases, broken=session.quirk == "broken")
    return {f"{session.stem}-oao_aucs.xml": sheet}
