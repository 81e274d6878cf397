"""The answer without looking: how often each class was seen in training."""

import numpy as np
from numpy.typing import NDArray


class Majority:
    """Scores every video alike, by the share that each class has among the training videos.

    Source: the rule that any system has to beat ("ZeroR" in Witten et al., Data Mining, 2011).

    In:  (T, H, W, 3) uint8, which it does not look at.
    Out: (n, K) scores, all rows alike. Its answer is the most frequent class: the UAR is 1/K, and
        the WAR is the share of that class among the test videos.
    """

    def features(self, video: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Nothing of a video: (0,)."""
        del video
        return np.empty(0, np.float32)

    def fit(self, features: NDArray[np.float32], labels: NDArray[np.int64], classes: int) -> None:
        """Count the (n,) labels."""
        del features
        self.shares = np.bincount(labels, minlength=classes) / len(labels)  # (K,)

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """The shares once a video: (n, K)."""
        return np.tile(self.shares, (len(features), 1))
