"""The scores of `accuracy` for many confusions at once, to the last bit."""

import numpy as np
from numpy.typing import NDArray

from bench.measurement import accuracy
from bench.measurement.accuracy import Counts

Scores = NDArray[np.float64]


def wars(counts: Counts) -> Scores:
    """WAR of each confusion.

    Args:
        counts: shape (N, K, K + 1), each as `accuracy.confusion` gives it, with a video at least.

    Returns:
        shape (N,).
    """
    return _hits(counts).sum(axis=1) / counts.sum(axis=(1, 2))


def uars(counts: Counts) -> Scores:
    """UAR of each confusion, over the classes that it has.

    Args:
        counts: as for `wars`.

    Returns:
        shape (N,).
    """
    videos = _videos(counts)
    present = videos > 0
    recalls = np.divide(_hits(counts), videos, out=np.zeros(videos.shape), where=present)
    return recalls.sum(axis=1) / present.sum(axis=1)


def macro_f1s(counts: Counts) -> Scores:
    """Macro F1 of each confusion, over the classes that it has.

    Args:
        counts: as for `wars`.

    Returns:
        shape (N,).
    """
    videos = _videos(counts)
    if not videos.all():  # over fewer classes the same terms may be added in another order
        whole = videos.all(axis=1)
        found = np.empty(len(counts))
        found[whole] = macro_f1s(counts[whole])
        found[~whole] = [accuracy.macro_f1(confusion) for confusion in counts[~whole]]
        return found
    answers = np.einsum("nij->nj", counts[:, :, :-1])
    return (2 * _hits(counts) / (videos + answers)).mean(axis=1)


def _videos(counts: Counts) -> Counts:
    """Videos of each class, shape (N, K); einsum takes half the time of a sum over few numbers."""
    return np.einsum("nij->ni", counts)


def _hits(counts: Counts) -> Counts:
    """Right answers of each class, shape (N, K), laid out row by row."""
    return np.ascontiguousarray(counts.diagonal(axis1=1, axis2=2))
