"""Which training videos an epoch shows, and in which order."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler


class EpochOrder(Sampler[int]):
    """The items of an epoch, as a function of seed and epoch alone.

    Args:
        labels: class of each video.
        items: how many videos one epoch shows.
        seed: of the run.
        balanced: show each class equally often: its videos in turn, again and again where it has
            few; which classes have one item more is drawn where the number cannot be divided.
    """

    def __init__(
        self, labels: Sequence[int], items: int, seed: int, *, balanced: bool = False
    ) -> None:
        self.labels = np.asarray(labels)
        self.items = items
        self.seed = seed
        self.balanced = balanced
        self.epoch = 0

    def __iter__(self) -> Iterator[int]:
        rng = np.random.default_rng((self.seed, self.epoch))
        order = rng.permutation(len(self.labels))
        shown = self._balanced(order, rng) if self.balanced else order[: self.items]
        return iter(shown.tolist())

    def __len__(self) -> int:
        return self.items

    def _balanced(self, order: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        classes = rng.permutation(np.unique(self.labels))
        shares = (self.items + np.arange(len(classes))[::-1]) // len(classes)
        dealt = [
            self._of(label, share, order) for label, share in zip(classes, shares, strict=True)
        ]
        return rng.permutation(np.concatenate(dealt))

    def _of(self, label: int, share: int, order: NDArray[np.int64]) -> NDArray[np.int64]:
        """So many items of one class; a video that comes again is an item of its own."""
        videos = order[self.labels[order] == label]
        turns = np.arange(share) // len(videos)
        return np.resize(videos, share) + turns * len(self.labels)
