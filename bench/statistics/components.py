"""Where the spread of a score comes from, and how many seeds would settle a difference."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from bench.statistics.folds import stable

POWER = 0.8
"""The chance of seeing a difference that is really there."""

Scores: TypeAlias = tuple[float, ...]
"""Of all trainings of one fold on one machine."""
_Cells: TypeAlias = Sequence[Scores]
"""Of one fold, one item a machine."""


@dataclass(frozen=True, slots=True)
class Components:
    """Variances of a fold's score, of one system; None where the records cannot tell."""

    fold: float | None
    """Other test and training videos; with one training of each fold, the seed's part too."""
    machine: float | None
    """Another machine, in the same fold."""
    seed: float | None
    """Another seed, in the same fold on the same machine."""
    mixed: bool = False
    """The seed's part holds the machine's: no fold was trained twice on one machine."""


def components(scores: Mapping[tuple[int, str], Scores]) -> Components:
    """Variances of nested random effects by the method of moments; a negative one counts as 0.

    Args:
        scores: (fold, machine) -> the score of each training there.

    Source: Searle, Casella and McCulloch, "Variance Components", Wiley 1992, chapter 3.
    """
    folds: dict[int, list[Scores]] = defaultdict(list)
    for (fold, _), trained in sorted(scores.items()):
        folds[fold].append(trained)
    seed = _seed(list(scores.values()))
    if seed is None:
        mixed = [(sum(cells, ()),) for cells in folds.values()]
        seed = _seed([cells[0] for cells in mixed])
        return Components(_fold(mixed, 0.0, seed or 0.0), None, seed, seed is not None)
    machine = _machine([cells for cells in folds.values() if len(cells) > 1], seed)
    return Components(_fold(list(folds.values()), machine or 0.0, seed), machine, seed)


def _seed(cells: _Cells) -> float | None:
    freedom = sum(len(cell) - 1 for cell in cells)
    return sum(_squares(cell) for cell in cells) / freedom if freedom else None


def _machine(folds: Sequence[_Cells], seed: float) -> float | None:
    freedom = sum(len(cells) - 1 for cells in folds)
    if not freedom:
        return None
    between = weight = 0.0
    for cells in folds:
        every = [score for cell in cells for score in cell]
        middle = math.fsum(every) / len(every)
        between += sum(len(cell) * (float(np.mean(cell)) - middle) ** 2 for cell in cells)
        weight += len(every) - sum(len(cell) ** 2 for cell in cells) / len(every)
    return max(0.0, (between / freedom - seed) / (weight / freedom))


def _fold(folds: Sequence[_Cells], machine: float, seed: float) -> float | None:
    if len(folds) < 2:
        return None
    means, noise = [], 0.0
    for cells in folds:
        every = [score for cell in cells for score in cell]
        means.append(math.fsum(every) / len(every))
        noise += machine * sum(len(cell) ** 2 for cell in cells) / len(every) ** 2
        noise += seed / len(every)
    return max(0.0, float(np.var(means, ddof=1)) - noise / len(folds))


def _squares(cell: Scores) -> float:
    return float(((np.array(cell) - np.mean(cell)) ** 2).sum())


def seeds_needed(
    difference: float, folds: float, seeds: float, share: float, level: float = 0.05
) -> int | None:
    """How many seeds of each fold would show a difference, in four of five repetitions.

    By the normal distribution, so that few folds need more. What differs between folds stays
    however many seeds there are.

    Args:
        difference: the true one, as a fraction.
        folds: variance of the difference between folds, seeds apart.
        seeds: variance of the difference of one fold between seeds.
        share: 1/k + test videos / training videos, as in the corrected t test.
        level: of the two-sided test.

    Returns:
        None where no number of seeds would do.
    """
    from scipy.stats import norm

    reach = float(norm.ppf(1 - level / 2) + norm.ppf(POWER))
    room = difference**2 / (reach**2 * share) - folds
    if room <= 0:
        return None
    return max(1, math.ceil(stable(seeds / room)))
