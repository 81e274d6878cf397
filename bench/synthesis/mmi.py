"""The twin of MMI, drawn from Python."""

from pathlib import Path

from bench.synthesis import twin
from bench.synthesis.layouts.mmi import plan
from bench.synthesis.watch import Watch, quiet


def write(
    out: Path, subjects: int = 20, seed: int = 0, watch: Watch = quiet, workers: int = 0
) -> None:
    """Draw the twin into a folder: `bench.synthesis.twin.write` with the plan of MMI."""
    twin.write("mmi", plan, out, subjects, seed, watch, workers)
