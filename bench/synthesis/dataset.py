"""The embedded dataset `synthetic`: drawn people, seven expressions, encoded video, a manifest."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.frames.parallel import each
from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.face import draw
from bench.synthesis.folder import draw_folder
from bench.synthesis.identity import Identity
from bench.synthesis.performance import HARD, Difficulty, Performance, perform
from bench.synthesis.video import write_video
from bench.synthesis.watch import Watch, give_up, quiet

VERSION = 2
"""Of the drawing: another number, and cached datasets are drawn anew."""
SIZE = 160
RATE = 25
COLUMNS = ("key", "path", "label", "subject", "frames", "apex_first", "apex_last", "intensity")
"""Of manifest.csv; the apex is frames [first, last) from 0, empty for neutral videos."""


@dataclass(frozen=True, slots=True)
class Job:
    """One video to draw."""

    folder: Path
    subject: str
    expression: str
    seed: int
    difficulty: Difficulty

    @property
    def key(self) -> str:
        """Name of the video."""
        return f"{self.subject}-{self.expression}"

    @property
    def path(self) -> str:
        """File of the video, relative to the dataset's root."""
        return f"videos/{self.key}.mp4"


def generate(
    folder: Path,
    watch: Watch = quiet,
    subjects: int = 18,
    seed: int = 0,
    difficulty: Difficulty | None = None,
    workers: int = 0,
) -> None:
    """Draw the dataset into a folder, or leave it as it is when it is there already.

        folder/
          SYNTHETIC                        drawn, not filmed; what the drawing depends on
          manifest.csv                     a row a video, see `COLUMNS`
          intensity.csv                    a row a frame: key, frame from 0, intensity in [0, 1]
          videos/s000-happy.mp4 …          160 x 160, 25 frames a second, H.264

    Args:
        folder: where it is wanted; missing, empty, or drawn by an earlier call.
        watch: wraps an iterable to show progress.
        subjects: people; each shows every expression once.
        seed: other people, other motion.
        difficulty: how clearly the expressions show; None: the benchmark's.
        workers: processes, 0 for one a core; they change nothing in the result.

    Raises:
        BenchError: the folder holds something else.
    """
    difficulty = difficulty or Difficulty()
    recipe = {"version": VERSION, "subjects": subjects, "seed": seed, **asdict(difficulty)}

    def write(scratch: Path) -> None:
        people = [f"s{number:03d}" for number in range(subjects)]
        (scratch / "videos").mkdir()
        jobs = [Job(scratch, who, what, seed, difficulty) for who in people for what in EXPRESSIONS]
        done = watch(
            each(_film, jobs, workers, died=give_up), "drawing synthetic videos", len(jobs)
        )
        _write_lists(scratch, zip(jobs, done, strict=True))

    draw_folder(folder, recipe, write)


def generate_hard(folder: Path, watch: Watch = quiet) -> None:
    """Draw the same people with brief expressions among much motion that means nothing."""
    generate(folder, watch, difficulty=HARD)


def _film(job: Job) -> Performance:
    """Draw and encode one video."""
    identity = Identity.of(f"synthetic/{job.seed}/{job.subject}")
    script = perform(identity, job.expression, "0", job.difficulty)
    frames = (draw(identity, state, SIZE) for state in script.states)
    write_video(job.folder / job.path, frames, RATE)
    return script


def _write_lists(folder: Path, filmed: Iterable[tuple[Job, Performance]]) -> None:
    with (
        (folder / "manifest.csv").open("w", newline="") as manifest,
        (folder / "intensity.csv").open("w", newline="") as curves,
    ):
        videos, frames = csv.writer(manifest), csv.writer(curves)
        videos.writerow(COLUMNS)
        frames.writerow(("key", "frame", "intensity"))
        for job, script in filmed:
            row = (job.key, job.path, job.expression, job.subject, len(script.states))
            peak = f"{script.intensity.max():.4f}"
            videos.writerow((*row, *(script.apex or ("", "")), peak))
            frames.writerows(
                (job.key, number, f"{value:.4f}") for number, value in enumerate(script.intensity)
            )
