"""Twins of licensed datasets: drawn people in a distributor's layout, as its plan lists it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from bench.frames.parallel import each
from bench.synthesis.canvas import Image
from bench.synthesis.face import draw
from bench.synthesis.folder import draw_folder
from bench.synthesis.identity import Identity
from bench.synthesis.layout import Layout, Plan, Shot
from bench.synthesis.performance import Difficulty, Performance, perform
from bench.synthesis.profile import draw_profile
from bench.synthesis.state import State
from bench.synthesis.video import write_video
from bench.synthesis.watch import Watch, give_up, quiet

VERSION = 3
"""Of the drawing: another number, and a twin that is there is drawn anew."""

_HEAD, _CLOSE_HEAD = 0.6, 0.85
"""Height of the head as a fraction of the picture's."""
_TURNS = {
    90: cv2.ROTATE_90_CLOCKWISE,
    180: cv2.ROTATE_180,
    270: cv2.ROTATE_90_COUNTERCLOCKWISE,
}
_TAIL = b"\x00\x00\x00\x08free"
"""What a copy has at its end, an empty box of MP4 that no player reads."""


@dataclass(frozen=True, slots=True)
class _Job:
    root: Path
    twin: str
    """Name and seed."""
    shot: Shot


def write(  # noqa: PLR0913  (what is drawn, of whom, and how: no two of them belong together)
    name: str,
    plan: Plan,
    out: Path,
    subjects: int = 20,
    seed: int = 0,
    watch: Watch = quiet,
    workers: int = 0,
    full: bool = False,
) -> Layout:
    """Draw a twin into a folder, or leave it as it is when it is there already.

    Args:
        name: of the dataset.
        plan: lists its tree.
        out: folder; missing, empty, or drawn by an earlier call.
        subjects: people; a plan lists more where the folds of its dataset need them.
        seed: other people, other motion.
        watch: wraps an iterable to show progress.
        workers: processes, 0 for one a core; they change nothing in the result.
        full: list the published tree without drawing: a video is an empty file, or a folder with
            one empty image.

    Returns:
        what was written.

    Raises:
        BenchError: the folder holds something else.
    """
    layout = plan(subjects, full)

    def fill(scratch: Path) -> None:
        jobs = [_Job(scratch, f"{name}/{seed}", shot) for shot in layout.shots]
        done = map(_list, jobs) if full else each(_film, jobs, workers, died=give_up)
        for _ in watch(done, f"{'listing' if full else 'drawing'} the {name} twin", len(jobs)):
            pass
        _write_rest(scratch, layout)

    recipe = {"like": name, "version": VERSION, "subjects": subjects, "seed": seed, "full": full}
    draw_folder(out, recipe, fill)
    return layout


def script_of(twin: str, shot: Shot) -> Performance:
    """What the person of a shot does in the twin of this name and seed, as `mmi/0`."""
    studio = Difficulty((0.6, 1.0), 0.0, talking=0.0, motion=0.5, roughness=0.4, frames=shot.frames)
    scale = _CLOSE_HEAD if shot.close else _HEAD
    take = shot.take or shot.path
    script = perform(_person(twin, shot), shot.expression, take, studio, scale)
    if not shot.until_apex or not script.apex:
        return script
    last = max(script.apex)
    return replace(script, states=script.states[:last], intensity=script.intensity[:last])


def _person(twin: str, shot: Shot) -> Identity:
    return Identity.of(f"{twin}/{shot.person}")


def _film(job: _Job) -> None:
    """Draw one shot and write its files."""
    shot, script = job.shot, script_of(job.twin, job.shot)
    pictures = (_picture(shot, _person(job.twin, shot), state) for state in script.states)
    if shot.images:
        for number, picture in enumerate(pictures, shot.first):
            cv2.imwrite(str(_place(job.root, shot.image(number))), picture[:, :, ::-1])
    else:
        write_video(_place(job.root, shot.path), pictures, shot.rate, shot.codec)
    _write_beside(job, script)


def _list(job: _Job) -> None:
    """Write the files of one shot without pixels."""
    shot = job.shot
    _place(job.root, shot.image(shot.first) if shot.images else shot.path).touch()
    if shot.beside:
        _write_beside(job, script_of(job.twin, shot))


def _write_beside(job: _Job, script: Performance) -> None:
    for path, content in (job.shot.beside(script) if job.shot.beside else {}).items():
        _place(job.root, path).write_bytes(content)


def _write_rest(root: Path, layout: Layout) -> None:
    """Write what is no shot."""
    for path, content in layout.files.items():
        _place(root, path).write_bytes(content)
    for path in layout.folders:
        (root / path).mkdir(parents=True, exist_ok=True)
    for path, shot in layout.copies.items():
        content = (root / shot).read_bytes()
        _place(root, path).write_bytes(content + _TAIL if content else b"")


def _place(root: Path, path: str) -> Path:
    """A file of the twin, whose folder is there."""
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _picture(shot: Shot, identity: Identity, state: State) -> Image:
    """One frame as it is stored."""
    picture = np.concatenate([*_panes(shot, identity, state)], axis=1)
    return cv2.rotate(picture, _TURNS[shot.turn]) if shot.turn else picture


def _panes(shot: Shot, identity: Identity, state: State) -> Iterator[Image]:
    height, width = shot.height, shot.height if shot.close else shot.width
    if shot.view == "front":
        yield draw(identity, state, height, width)
    elif shot.view == "profile":
        yield draw_profile(identity, state, height, width)
    else:
        front = draw(identity, state, height, width // 2)
        side = draw_profile(identity, state, height, width // 2)
        yield from (front, side[:, ::-1]) if shot.view == "left" else (side, front)
