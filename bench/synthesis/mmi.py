"""The twin of MMI with any number of people, also fewer than its ten folds need."""

from pathlib import Path

from bench.synthesis import twin
from bench.synthesis.layout import Layout
from bench.synthesis.layouts.mmi import layout_of, sessions
from bench.synthesis.watch import Watch, quiet


def write(
    out: Path, subjects: int = 20, seed: int = 0, watch: Watch = quiet, workers: int = 0
) -> None:
    """Draw the twin into a folder, as `bench.synthesis.twin.write` does."""
    twin.write("mmi", plan, out, subjects, seed, watch, workers)


def plan(subjects: int, full: bool) -> Layout:
    """The tree of exactly so many people."""
    return layout_of(sessions(subjects, full))
