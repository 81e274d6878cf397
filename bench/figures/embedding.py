"""t-SNE of what classifiers are given of each video, a panel a model (Fig. 7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from bench.companions import FEATURES
from bench.errors import BenchError
from bench.figures.drawing import Drawing
from bench.figures.groups import Group, System
from bench.figures.style import COLUMN, PAGE, blank, in_style, look
from bench.records import FoldRecord
from bench.store import said_fold

Features: TypeAlias = Callable[[FoldRecord], "NDArray[np.float32] | None"]
"""Features of a fold's test videos, shape (videos, D), in the order of its rows; None: not kept."""

_EXACT = 1500
"""So many videos are embedded by the exact method; more by Barnes and Hut's, which is faster."""

_SEED = 0
"""Of the embedding, whatever the seed of the run."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """The videos of one fold in the plane."""

    points: NDArray[np.float64]
    """Shape (videos, 2)."""
    labels: tuple[str, ...]
    silhouette: float
    """Of the classes among the features themselves, Euclidean, in [-1, 1]."""
    left_out: int
    """Videos without features."""


@in_style
def embeddings(
    groups: Sequence[Group], features: Features, fold: int = 0, seed: int = 0
) -> list[Drawing]:
    """A figure for each group, a panel for each system whose features of that fold were kept.

    Args:
        groups: what may share a picture.
        features: reads what `bench run --record-features` kept of a fold.
        fold: number of the fold, from 0; other folds have other networks, and so other features.
        seed: of the run.

    Raises:
        BenchError: no features were kept, or there are too few videos to embed.
    """
    found = [d for group in groups if (d := _drawing(group, features, fold, seed))]
    if not found:
        raise BenchError(
            f"no features are stored of seed {seed}, {said_fold(fold)}. Run `bench run --model "
            f"NAME --dataset NAME --record-features` first, or choose another with --fold and "
            f"--seed."
        )
    return found


def embed(features: NDArray[np.float32], labels: Sequence[str]) -> Embedded:
    """t-SNE from the first two principal components, always with the same seed.

    Args:
        features: shape (videos, D); rows of NaN are left out.
        labels: class of each video.

    Raises:
        BenchError: fewer than five videos are left, or only one class.
    """
    from sklearn.manifold import TSNE
    from sklearn.metrics import silhouette_score

    kept = np.asarray(np.isfinite(features).all(axis=1))
    data = features[kept].astype(np.float64)
    classes = tuple(label for label, there in zip(labels, kept, strict=True) if there)
    if len(classes) < 5 or not 1 < len(set(classes)) < len(classes):
        raise BenchError(
            f"{len(classes)} videos of {len(set(classes))} classes have features; expected at "
            f"least 5 of at least 2, some of one class. Choose a larger fold with --fold."
        )
    embedding = TSNE(
        perplexity=min(30.0, (len(data) - 1) / 3),
        init="pca",
        learning_rate="auto",
        random_state=_SEED,
        method="exact" if len(data) <= _EXACT else "barnes_hut",
    )
    score = float(silhouette_score(data, np.asarray(classes)))
    return Embedded(embedding.fit_transform(data), classes, score, int((~kept).sum()))


def _drawing(group: Group, features: Features, fold: int, seed: int) -> Drawing | None:
    panels: list[tuple[System, Embedded]] = []
    for system in group.systems:
        for result in system.seeds.get(seed, ()):
            if result.fold != fold or FEATURES not in result.beside:
                continue
            kept = features(system.record(result))
            if kept is not None:  # a damaged file counts as none
                panels.append((system, embed(kept, result.videos.true)))
    if not panels:
        return None
    columns = 1 if len(panels) == 1 else 2 if len(panels) <= 4 else 3
    rows = -(-len(panels) // columns)
    width = COLUMN if columns == 1 else PAGE
    foot = f"{group.title} · test videos of {said_fold(fold)}, seed {seed}"
    figure = blank(width, rows * width / columns + 0.7, foot)
    classes = group.systems[0].request.classes
    for place, (system, embedded) in enumerate(panels):
        _panel(figure.add_subplot(rows, columns, place + 1), system, embedded, classes)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside upper center",
        ncols=min(len(labels), 4 if columns == 1 else 8),
        handletextpad=0.1,
        columnspacing=1.0,
    )
    scores = "; ".join(
        f"{system.title}: {len(found.labels)} videos, silhouette {found.silhouette:.3f}"
        + (f", {found.left_out} without features" if found.left_out else "")
        for system, found in panels
    )
    return Drawing(
        f"embedding-{group.stem}-fold-{fold}-seed-{seed}",
        figure,
        group.caption(
            f"t-SNE (PCA start, perplexity at most 30, fixed seed) of the features of the test "
            f"videos of {said_fold(fold)}, seed {seed}; each fold trains a network of its own, so "
            f"that folds share no panel. Silhouette of the true classes among the features "
            f"themselves, Euclidean. {scores}.",
        ),
    )


def _panel(axes: Axes, system: System, embedded: Embedded, classes: Sequence[str]) -> None:
    labels = np.asarray(embedded.labels)
    for number, name in enumerate(classes):
        x, y = embedded.points[labels == name].T
        axes.plot(x, y, linestyle="", markersize=3.5, markeredgewidth=0, label=name, **look(number))
    axes.set(xticks=[], yticks=[], aspect="equal", adjustable="datalim")
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color("#bbbbbb")
    axes.set_title(f"{system.title}, silhouette {embedded.silhouette:.2f}")
