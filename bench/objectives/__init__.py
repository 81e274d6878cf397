"""What training minimises: each factory gives `f(outputs, labels, epoch) -> scalar`."""

from bench.objectives.asked import (
    Objective,
    Outputs,
    asked_of,
    asks,
    check,
    make,
    needed,
    takes_shares,
)
from bench.objectives.softmax import binary_cross_entropy, cross_entropy

__all__ = [
    "Objective",
    "Outputs",
    "asked_of",
    "asks",
    "binary_cross_entropy",
    "check",
    "cross_entropy",
    "make",
    "needed",
    "takes_shares",
]
