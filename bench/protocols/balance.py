"""Dealing units (subjects, or videos) out to equal parts so that every part has each class."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bench.records import Video

RESTARTS = 48
"""Seeded beginnings that are tried; the best end is kept."""

SWAP_LIMIT = 400
"""Most units among which pairs are swapped; more of them balance by single moves alone."""


def deal(counts: Mapping[str, Sequence[int]], parts: int, *, seed: int) -> dict[str, int]:
    """Give every unit one part, balanced in each class, in videos and in units.

    Minimised is the sum over parts of the squared deviations from an equal share: of the videos of
    each class, of all videos, and of the units. Each restart deals the units greedily in a seeded
    order and then makes the best single move or swap until none helps. Only integers are compared
    and the order comes from sha256, so every machine finds the same answer; the order of the
    mapping plays no role. No part is left empty while there are at least as many units as parts.

    Args:
        counts: unit -> its number of videos of each class.
        parts: how many parts; at most one a unit.
        seed: another one gives another, equally good, answer.

    Returns:
        unit -> part, from 0.
    """
    units = sorted(counts)
    classes = np.array([counts[unit] for unit in units], dtype=np.int64)
    ones = np.ones((len(units), 1), dtype=np.int64)
    features = np.hstack([classes, classes.sum(axis=1, keepdims=True), ones])
    ends = (
        _settle(features, _greedy(features, _order(units, seed, restart), parts), parts)
        for restart in range(RESTARTS)
    )
    best = min(ends, key=lambda owner: deviation(features, owner, parts))
    return {unit: int(part) for unit, part in zip(units, best, strict=True)}


def deviation(features: NDArray[np.int64], owner: NDArray[np.int64], parts: int) -> int:
    """Sum of squares of what the parts hold: the objective up to a constant.

    Args:
        features: what each unit brings, shape (units, features).
        owner: part of each unit, shape (units,).
        parts: how many parts there are.
    """
    return int((_held(features, owner, parts) ** 2).sum())


def _order(units: Sequence[str], seed: int, restart: int) -> list[int]:
    digests = [hashlib.sha256(f"{seed}/{restart}/{unit}".encode()).digest() for unit in units]
    return sorted(range(len(units)), key=digests.__getitem__)


def _held(features: NDArray[np.int64], owner: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    held = np.zeros((parts, features.shape[1]), dtype=np.int64)
    np.add.at(held, owner, features)
    return held


def _greedy(features: NDArray[np.int64], order: Sequence[int], parts: int) -> NDArray[np.int64]:
    """Each unit goes where the sum of squares grows least: (h + x)² - h² = 2 h·x + x²."""
    held = np.zeros((parts, features.shape[1]), dtype=np.int64)
    owner = np.zeros(len(features), dtype=np.int64)
    for unit in order:
        owner[unit] = np.argmin(held @ features[unit])
        held[owner[unit]] += features[unit]
    return owner


def _settle(features: NDArray[np.int64], owner: NDArray[np.int64], parts: int) -> NDArray[np.int64]:
    """Make the best move or swap until none lowers the sum of squares, which is then a minimum."""
    everyone = np.arange(len(features))
    squares = (features**2).sum(axis=1)
    swapping = len(features) <= SWAP_LIMIT
    between = squares[:, None] + squares - 2 * features @ features.T if swapping else None
    while True:
        meets = features @ _held(features, owner, parts).T  # (units, parts)
        own = meets[everyone, owner]
        move = meets - own[:, None] + squares[:, None]
        move[everyone, owner] = 0
        unit, part = divmod(int(move.argmin()), move.shape[1])
        gain = move[unit, part]
        if between is not None:
            across = meets[:, owner]  # what unit i meets in the part of unit j
            swap = across + across.T - own[:, None] - own + between
            one, other = divmod(int(swap.argmin()), swap.shape[1])
            if swap[one, other] < gain:
                owner[one], owner[other] = owner[other], owner[one]
                continue
        if gain >= 0:
            return owner
        owner[unit] = part


def class_counts(
    units: Mapping[str, Sequence[Video]], classes: Sequence[str]
) -> dict[str, list[int]]:
    """Unit -> its number of videos of each class, in the order of the classes."""
    labels = {unit: Counter(video.label for video in videos) for unit, videos in units.items()}
    return {unit: [count[name] for name in classes] for unit, count in labels.items()}
