"""Dealing clips to classes and folds, without the rules that the adapters check them by."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from itertools import accumulate, pairwise
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def portions(total: int, weights: Sequence[int]) -> list[int]:
    """Whole numbers that sum to a total, in proportion to weights."""
    ends = [total * part // sum(weights) for part in accumulate(weights)]
    return [last - first for first, last in pairwise([0, *ends])]


def spread(counts: Mapping[Key, int]) -> list[Key]:
    """Every key as often as it counts, mixed so that each recurs evenly."""
    places = [((turn + 0.5) / count, key) for key, count in counts.items() for turn in range(count)]
    return [key for _, key in sorted(places, key=lambda place: place[0])]


def fifths(labels: Mapping[str, str]) -> list[list[str]]:
    """Five test sides of numbered clips: runs of each class, the first ones longer by one.

    Args:
        labels: number -> class, in the order of the numbers.
    """
    classes: dict[str, list[str]] = defaultdict(list)
    for number, label in labels.items():
        classes[label].append(number)
    tests: list[list[str]] = [[] for _ in range(5)]
    for numbers in classes.values():
        left = iter(numbers)
        for fold, test in enumerate(tests):
            test += [next(left) for _ in range((len(numbers) + 4 - fold) // 5)]
    return [sorted(test) for test in tests]
