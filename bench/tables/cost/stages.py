"""From a video file to its answer: where the time goes, per second of video."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.records import Stages
from bench.tables.cost.timings import Cell, Place, Run
from bench.tables.section import Column, Section, decimals, words

_STAGES = ("decode", "face", "crop", "model")


def stages(place: Place, cells: Sequence[Cell]) -> list[Section]:
    """One section for the networks that were timed from the file on; none when there are none.

    Args:
        place: where they were timed.
        cells: as `timings.cells` gives them; the newest run with stages speaks.
    """
    rows = [_row(run, found) for cell in cells for run, found in _newest(cell)]
    if not rows:
        return []
    return [
        Section(
            title=f"From file to answer on {place.title}",
            key={"data": "stages", **place.key},
            columns=(
                Column("System", words("system"), "left"),
                Column("Video", words("video"), "left"),
                Column("Seconds", decimals("video_seconds", 2)),
                Column("Frames", words("video_frames")),
                Column("Detector", words("detector"), "left"),
                *(Column(f"{s.capitalize()}\nms/s", decimals(f"{s}_ms_per_s", 2)) for s in _STAGES),
                Column("Sum\nms/s", decimals("sum_ms_per_s", 2)),
            ),
            rows=tuple(rows),
            notes=(
                "ms/s: milliseconds for one second of video; the median over repetitions of each "
                "stage, one video at a time. Sum: of the stages shown; below 1000 is faster than "
                "the video plays.",
            ),
        )
    ]


def _newest(cell: Cell) -> list[tuple[Run, Stages]]:
    return [(run, run.timing.stages) for run in cell if run.timing.stages][-1:]


def _row(run: Run, found: Stages) -> dict[str, Any]:
    medians = {name: float(np.median(times)) for name, times in found.wall_ms.items() if times}
    return {
        "system": run.record.model.title,
        "model": run.record.model.name,
        "identity": run.record.identity,
        "video": found.video,
        "video_seconds": found.video_seconds,
        "video_frames": found.frames,
        "detector": found.detector,
        **{f"{stage}_ms": medians.get(stage) for stage in _STAGES},
        **{f"{stage}_ms_per_s": _per_second(medians.get(stage), found) for stage in _STAGES},
        "sum_ms_per_s": _per_second(sum(medians.get(stage, 0) for stage in _STAGES), found),
    }


def _per_second(milliseconds: float | None, found: Stages) -> float | None:
    if milliseconds is None or not found.video_seconds:
        return None
    return milliseconds / found.video_seconds
