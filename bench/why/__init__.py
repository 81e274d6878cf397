"""Why a number is what it is: what it was made from, and what another does not share with it."""

from bench.why.cells import Cell, Place, find
from bench.why.differ import Difference, difference
from bench.why.explain import explain
from bench.why.fields import Change, changes
from bench.why.flips import Flip, Flips, Share, flips
from bench.why.score import Score, score

__all__ = [
    "Cell",
    "Change",
    "Difference",
    "Flip",
    "Flips",
    "Place",
    "Score",
    "Share",
    "changes",
    "difference",
    "explain",
    "find",
    "flips",
    "score",
]
