"""What may be concluded from answers: intervals, tests, ranks, variances; arrays in.

Nothing here knows a record. Where chance is needed its seed is fixed.
"""

from bench.statistics.answers import METRICS, Answers, Metric, over_folds, pooled, score
from bench.statistics.comparison import (
    LEVEL,
    Comparison,
    compare,
    is_supported,
    seeds_to_separate,
    supported,
)
from bench.statistics.components import Components, components, seeds_needed
from bench.statistics.discordance import Discordance, mcnemar
from bench.statistics.folds import corrected_t, effect, least_p, repeated_t, sign_flip
from bench.statistics.multiple import holm
from bench.statistics.ranks import Ranking, critical_difference, ranking, weakness
from bench.statistics.resampling import DRAWS, Interval, interval, resample

__all__ = [
    "DRAWS",
    "LEVEL",
    "METRICS",
    "Answers",
    "Comparison",
    "Components",
    "Discordance",
    "Interval",
    "Metric",
    "Ranking",
    "compare",
    "components",
    "corrected_t",
    "critical_difference",
    "effect",
    "holm",
    "interval",
    "is_supported",
    "least_p",
    "mcnemar",
    "over_folds",
    "pooled",
    "ranking",
    "repeated_t",
    "resample",
    "score",
    "seeds_needed",
    "seeds_to_separate",
    "sign_flip",
    "supported",
    "weakness",
]
