"""Whether the clip that a model weighs most is one in which the expression is at its apex."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from bench.records import Prediction

SHARE = 0.5
"""Of the shorter one of clip and apex, what the two must have in common."""

RULE = (
    "Hit: the located clip (highest clip score, ties to the earliest) and the apex share at least "
    "half of the frames of the shorter one of the two. Clips overlap, so several may be a hit; "
    "chance is the mean, over the same videos, of the share of clips that would be one."
)
"""What a reader is told."""

Aside: TypeAlias = Literal["no_apex", "no_clip_scores", "apex_outside"]

ASIDE: Mapping[Aside, str] = {
    "no_apex": "without an apex",
    "no_clip_scores": "without a weight for each clip",
    "apex_outside": "with an apex that no clip shows",
}
"""Why a video cannot be asked about: nobody marked an apex, the model gave no weights (or looked at
several views), or no clip reaches the apex, so that no answer could be right."""


@dataclass(frozen=True, slots=True)
class Located:
    """What became of one video."""

    hit: bool
    chance: float
    """Share of its clips that would be a hit, in (0, 1]."""


def rich(spans: Sequence[tuple[int, int]], apex: tuple[int, int]) -> tuple[bool, ...]:
    """For each clip whether it shows the apex, by `SHARE` of the shorter one of the two.

    Args:
        spans: original frames [first, last) of each clip, shape (N, 2).
        apex: original frames [first, last) of the strongest expression.
    """
    return tuple(_common(span, apex) >= SHARE * min(_length(span), _length(apex)) for span in spans)


def locate(prediction: Prediction) -> Located | Aside:
    """Whether the clip of the highest score shows the apex, or why that cannot be asked."""
    scores, spans = prediction.clip_scores, prediction.spans
    if prediction.apex is None:
        return "no_apex"
    if not scores or len(scores) != len(spans):
        return "no_clip_scores"
    right = rich(spans, prediction.apex)
    if not any(right):
        return "apex_outside"
    return Located(right[scores.index(max(scores))], sum(right) / len(right))


def _common(one: tuple[int, int], other: tuple[int, int]) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


def _length(span: tuple[int, int]) -> int:
    return span[1] - span[0]
