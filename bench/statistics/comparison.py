"""Two systems that answered the same videos: the difference, and what supports it."""

from dataclasses import dataclass, replace
from typing import Literal

from bench.statistics.answers import Answers, Floats, Metric, over_folds, pooled
from bench.statistics.components import seeds_needed
from bench.statistics.folds import Student, corrected_t, effect, plain_t, repeated_t, sign_flip
from bench.statistics.resampling import DRAWS, Interval, interval, resample

LEVEL = 0.05

Basis = Literal["folds", "seeds", "none"]
"""What trained again: folds, seeds of the one fold, or nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The first of two systems minus the second, in one score."""

    first: float
    second: float
    difference: float
    """Of the pooled scores, a mean over the seeds."""
    interval: Interval | None
    """Of the difference, over clusters."""
    basis: Basis
    test: Student | None
    """Corrected over folds, or plain over seeds."""
    repeated: Student | None
    """Over folds and seeds, where there are several of both."""
    signs: float | None
    """p of flipped signs of the folds."""
    effect: float | None
    """Cohen's d over the folds."""

    @property
    def p(self) -> float | None:
        """Of the test that decides, before any correction for other tests."""
        return self.test.p if self.test else None

    def turned(self) -> "Comparison":
        """The second minus the first."""
        found = self.interval
        return replace(
            self,
            first=self.second,
            second=self.first,
            difference=-self.difference,
            interval=Interval(-found.high, -found.low) if found else None,
            test=_turned(self.test),
            repeated=_turned(self.repeated),
            effect=None if self.effect is None else -self.effect,
        )


def _turned(test: Student | None) -> Student | None:
    return replace(test, t=-test.t) if test else None


def compare(
    answers: Answers, metric: Metric, level: float = LEVEL, drawn: Floats | None = None
) -> Comparison:
    """Compare the two systems of some answers.

    Args:
        answers: of two systems, shape (2, S, V).
        metric: what is compared.
        level: of the interval, which covers 1 - level.
        drawn: their resampled scores, shape (draws, 2, S), where they are known already.
    """
    first, second = pooled(answers, metric).mean(axis=1).tolist()
    scores = over_folds(answers, metric)
    differences = scores[0] - scores[1]  # (S, F)
    basis, test = trained_again(differences, answers.ratio)
    several = answers.folds > 1
    drawn = resample(answers)[metric] if drawn is None else drawn
    return Comparison(
        first,
        second,
        first - second,
        interval(_lead(drawn), answers.clusters, level),
        basis,
        test,
        repeated_t(differences, answers.ratio) if several and len(differences) > 1 else None,
        sign_flip(differences.mean(axis=0)) if several else None,
        effect(differences.mean(axis=0)),
    )


def trained_again(differences: Floats, ratio: float) -> tuple[Basis, Student | None]:
    """The test of whether training again would show the difference again.

    Args:
        differences: shape (S seeds, F folds).
        ratio: test videos over training videos of a fold.
    """
    seeds, folds = differences.shape
    if folds > 1:
        return "folds", corrected_t(differences.mean(axis=0), ratio)
    if seeds > 1:
        return "seeds", plain_t(differences[:, 0])
    return "none", None


def seeds_to_separate(answers: Answers, metric: Metric, level: float = LEVEL) -> int | None:
    """How many seeds of each fold would show the difference of two systems.

    Args:
        answers: of two systems under at least two seeds, in at least two folds.
        metric: what is compared.
        level: of the test that is to show it.

    Returns:
        None where no number of seeds would; see `seeds_needed`.
    """
    scores = over_folds(answers, metric)
    differences = scores[0] - scores[1]
    seeds, folds = differences.shape
    within = float(differences.var(axis=0, ddof=1).mean())
    means = differences.mean(axis=0)
    between = max(0.0, float(means.var(ddof=1)) - within / seeds)
    return seeds_needed(float(means.mean()), between, within, 1 / folds + answers.ratio, level)


def supported(p: float | None, found: Interval | None, level: float = LEVEL) -> bool:
    """Whether a difference is to be believed: other training and other people would show it too.

    Both must say so: p, corrected where there are several tests, lies below the level, and the
    interval over people excludes 0.
    """
    return p is not None and p < level and found is not None and found.excludes_zero()


def is_supported(
    answers: Answers, metric: Metric, level: float = LEVEL, draws: int = DRAWS
) -> bool:
    """Whether one difference of two systems is supported, asking the cheap test first."""
    scores = over_folds(answers, metric)
    _, test = trained_again(scores[0] - scores[1], answers.ratio)
    if test is None or test.p >= level:
        return False
    lead = _lead(resample(answers, draws)[metric])
    return supported(test.p, interval(lead, answers.clusters, level), level)


def _lead(drawn: Floats) -> Floats:
    """The first minus the second of resampled scores, a mean over the seeds; shape (draws,)."""
    return (drawn[:, 0] - drawn[:, 1]).mean(axis=-1)
