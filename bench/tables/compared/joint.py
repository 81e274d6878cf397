"""Systems that answered the same videos are paired and resampled once, all together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.statistics import Metric, resample
from bench.tables.compared.members import Members
from bench.tables.compared.pairing import Folds, Paired, paired


@dataclass(slots=True)
class Joint:
    """Systems that answered the same, so that they share their draws."""

    systems: list[Folds] = field(default_factory=list[Folds])
    known: Paired | None = None
    drawn: Mapping[Metric, np.ndarray] = field(default_factory=dict[Metric, np.ndarray])

    def paired(self) -> Paired:
        """All of them, side by side."""
        self.known = self.known or paired(self.systems)
        return self.known

    def resampled(self, metric: Metric) -> np.ndarray:
        """Their resampled scores, shape (draws, systems, seeds)."""
        self.drawn = self.drawn or resample(self.paired().answers)
        return self.drawn[metric]


def joint(rows: Members) -> list[tuple[Joint, int]]:
    """For each row the systems that answered the same, and its place among them."""
    found: dict[tuple[Any, ...], Joint] = {}
    places: list[tuple[Joint, int]] = []
    for member in rows:
        folds = member.folds()
        same = found.setdefault(_extent(folds), Joint())
        places.append((same, len(same.systems)))
        same.systems.append(folds)
    return places


def _extent(mine: Folds) -> tuple[Any, ...]:
    """What a system answered: seeds, folds, videos."""
    return tuple(
        (r.request.seed, r.request.fold.index, tuple(sorted({p.video for p in r.predictions})))
        for r in mine
    )
