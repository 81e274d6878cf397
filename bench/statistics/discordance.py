"""The videos on which two systems disagree."""

from dataclasses import dataclass

from bench.statistics.folds import stable

FEW = 25
"""Below so many disagreements the binomial distribution is asked, not its limit."""


@dataclass(frozen=True, slots=True)
class Discordance:
    """McNemar's test of one training of each system."""

    first: int
    """Videos that only the first one got right."""
    second: int
    """Videos that only the second one got right."""
    p: float
    exact: bool


def mcnemar(first: int, second: int) -> Discordance:
    """Two-sided p of a fair coin for each video on which only one is right.

    Exact below 25 disagreements; else chi-squared with Edwards' correction. It takes videos for
    independent and knows nothing of persons, folds or classes: an extra.

    Source: McNemar, "Note on the Sampling Error of the Difference Between Correlated Proportions",
        Psychometrika 12, 1947; Edwards, Psychometrika 13, 1948.
    """
    from scipy.stats import binom, chi2

    both = first + second
    exact = both < FEW
    if exact:
        p = min(1.0, 2 * binom.cdf(min(first, second), both, 0.5))
    else:
        p = chi2.sf(max(0, abs(first - second) - 1) ** 2 / both, 1)
    return Discordance(first, second, stable(p), exact)
