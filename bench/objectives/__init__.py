"""What training minimises: each factory gives `f(outputs, labels, epoch) -> scalar`."""

from bench.objectives.asked import Objective, Outputs, check, make, takes_shares
from bench.objectives.softmax import binary_cross_entropy, cross_entropy

__all__ = [
    "Objective",
    "Outputs",
    "binary_cross_entropy",
    "check",
    "cross_entropy",
    "make",
    "takes_shares",
]
