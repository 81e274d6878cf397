"""A twin of the MMI database: drawn people in the distributor's layout, with its quirks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from bench.frames.parallel import each
from bench.synthesis import mmi_xml as xml
from bench.synthesis.canvas import Image
from bench.synthesis.face import draw
from bench.synthesis.folder import draw_folder
from bench.synthesis.identity import Identity
from bench.synthesis.performance import Difficulty, Performance, perform
from bench.synthesis.profile import draw_profile
from bench.synthesis.video import write_video
from bench.synthesis.watch import Watch, give_up, quiet

VERSION = 2
HEIGHT, WIDTH, RATE = 288, 360, 25
"""PAL's shape at a quarter of its area."""
CODES = {"angry": 1, "disgust": 2, "fear": 3, "happy": 4, "sad": 5, "surprise": 6}
"""Values of the Emotion tag; the distributor uses more, which no benchmark scores."""
SUBJECTS = (1, 2, 3, 5, 6, 15, 16, 21, 28, 30, 31, 32, 33, 34, 35, 36, 37, 39, 40, 41, 42, 43)
"""Numbers that the database uses first; further people count on from 55."""
QUIRKS = {1: "left", 4: "unmarked", 6: "right", 9: "broken", 11: "rotated"}
"""Which of each twelve sessions is odd, and how."""
EXTRAS = ("code 7", "code 10", "untagged", "untagged", "profile", "profile", "images")
"""Sessions added to the basic ones, which no benchmark scores."""

_STUDIO = Difficulty((0.6, 1.0), stray=0.0, talking=0.0, motion=0.5, roughness=0.4, frames=(50, 80))


@dataclass(frozen=True, slots=True)
class Session:
    """One folder of the tree."""

    folder: Path
    subject: int
    number: int
    """Of the recording among those of its subject."""
    expression: str
    quirk: str
    seed: int

    @property
    def name(self) -> str:
        """Stem of the session's files, as in `S001-117`."""
        return f"S{self.subject:03d}-{self.number:03d}"

    @property
    def identity(self) -> Identity:
        """Who is seen."""
        return Identity.of(f"mmi/{self.seed}/S{self.subject:03d}")


def write(
    out: Path, subjects: int = 20, seed: int = 0, watch: Watch = quiet, workers: int = 0
) -> None:
    """Draw the twin into a folder; each subject shows the six basic emotions once.

        out/
          SYNTHETIC                              drawn, not filmed
          Sessions/100/session.xml               subject, view, names of the annotations
          Sessions/100/S001-001.avi              360 x 288, 25 frames a second, MPEG-4
          Sessions/100/S001-001.xml              the Emotion tag
          Sessions/100/S001-001-oao_aucs.xml     onset, apex and offset of every action unit

    Of each twelve such sessions two are dual-view (`left`, `right`: the pane of the frontal face),
    two are stored rotated by 90 degrees counter-clockwise (`unmarked` has no action units either),
    and one has `broken` marker order. `EXTRAS` follow, all to be left out of a benchmark.

    Args:
        out: folder; missing, empty, or drawn by an earlier call.
        subjects: people; ten or more allow the usual 10-fold protocol.
        seed: other people, other motion.
        watch: wraps an iterable to show progress.
        workers: processes, 0 for one a core; they change nothing in the result.

    Raises:
        BenchError: the folder holds something else.
    """

    def fill(scratch: Path) -> None:
        sessions = plan(scratch / "Sessions", subjects, seed)
        done = each(_record, sessions, workers, died=give_up)
        for _ in watch(done, "drawing the MMI twin", len(sessions)):
            pass

    draw_folder(out, {"like": "mmi", "version": VERSION, "subjects": subjects, "seed": seed}, fill)


def plan(folder: Path, subjects: int, seed: int) -> list[Session]:
    """The sessions of a twin, in order: the basic emotions of every subject, then the extras."""
    names = [*SUBJECTS, *range(55, 55 + subjects)][:subjects]
    sessions: list[Session] = []
    for position, subject in enumerate(names):
        for turn, expression in enumerate(CODES):
            slot = (turn + position // 2) % 6 + 6 * (position % 2)
            quirk = QUIRKS.get(slot, "")
            place = folder / str(100 + 3 * len(sessions))
            sessions.append(Session(place, subject, 1 + turn, expression, quirk, seed))
    for turn, quirk in enumerate(EXTRAS):
        subject, expression = names[turn % len(names)], [*CODES][turn % 6]
        place = folder / str(100 + 3 * len(sessions))
        sessions.append(Session(place, subject, 101 + turn, expression, quirk, seed))
    return sessions


def script_of(session: Session) -> Performance:
    """What the person of a session does."""
    take = str(session.number)
    return perform(session.identity, session.expression, take, _STUDIO, scale=0.6)


def _record(session: Session) -> None:
    """Draw one session and write its files."""
    script = script_of(session)
    session.folder.mkdir(parents=True)
    frames = _frames(session.identity, script, session.quirk)
    if session.quirk == "images":
        for number, frame in enumerate(list(frames)[:: len(script.states) // 3]):
            name = f"{session.name}-{number:03d}.jpg"
            cv2.imwrite(str(session.folder / name), frame[:, :, ::-1])
    else:
        write_video(session.folder / f"{session.name}.avi", frames, RATE, "mpeg4")
    _annotate(session, script)


def _frames(identity: Identity, script: Performance, quirk: str) -> Iterator[Image]:
    for state in script.states:
        if quirk == "profile":
            yield draw_profile(identity, state, HEIGHT, WIDTH)
        elif quirk in ("left", "right"):
            front = draw(identity, state, HEIGHT, WIDTH // 2)
            side = draw_profile(identity, state, HEIGHT, WIDTH // 2)
            panes = (front, side[:, ::-1]) if quirk == "left" else (side, front)
            yield np.concatenate(panes, axis=1)
        elif quirk in ("rotated", "unmarked"):
            yield cv2.rotate(draw(identity, state, HEIGHT, WIDTH), cv2.ROTATE_90_COUNTERCLOCKWISE)
        else:
            yield draw(identity, state, HEIGHT, WIDTH)


def _annotate(session: Session, script: Performance) -> None:
    """Write the XML files; the emotion stands only in the one named like the video."""
    view = {"left": 2, "right": 2, "profile": 1}.get(session.quirk, 0)
    emotion, markers = f"{session.name}.xml", f"{session.name}-oao_aucs.xml"
    listed: Sequence[str] = (emotion, markers)
    if session.quirk in ("unmarked", "images"):
        listed = (emotion,)
    elif session.quirk == "rotated":
        listed = (markers, emotion)
    code: int | None = CODES[session.expression]
    if session.quirk.startswith("code"):
        code = int(session.quirk.split()[1])
    elif session.quirk == "untagged":
        code = None
    xml.write_session(session.folder / "session.xml", session.subject, view, listed)
    xml.write_emotion(session.folder / emotion, session.name, code)
    if markers in listed:
        broken = session.quirk == "broken"
        xml.write_markers(session.folder / markers, session.name, script.phases, broken)
