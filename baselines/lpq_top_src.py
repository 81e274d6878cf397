"""LPQ-TOP features and a sparse representation classifier: the classical baseline of the tables."""

import numpy as np
from numpy.typing import NDArray

GREY = np.array([0.299, 0.587, 0.114], np.float32)
"""Luma of ITU-R BT.601."""

PLANES = ((1, 2), (0, 2), (0, 1))
"""XY, XT and YT: two axes each of a video (T, H, W), the slower one first."""

FLAT = 1e-3
"""A coefficient below this, in grey levels, is what rounding leaves of none."""

SWEEPS = 100
"""Most rounds of coordinate descent for one sparse code."""

SLAB = 8
"""Pictures of a plane that are coded at once: few enough to stay in the cache of a core."""

Volume = NDArray[np.float32]


class LpqTopSrc:
    """Phase codes on three orthogonal planes, counted in blocks; classified by sparse coding.

    Source: LPQ: Ojansivu & Heikkilä, "Blur Insensitive Texture Classification Using Local Phase
        Quantization", ICISP 2008. On three planes: Jiang, Valstar, Martinez & Pantic, "A Dynamic
        Appearance Descriptor Approach to Facial Actions Temporal Modeling", IEEE Trans.
        Cybernetics 44, 2014. SRC: Wright et al., "Robust Face Recognition via Sparse
        Representation", IEEE TPAMI 31, 2009.

    In:  (T, H, W, 3) uint8, RGB; any T; H, W >= grid.
    Out: (n, K) scores.
    Differs: the CEFLNet paper quotes one number of this system and none of its sizes, so that
        window, grid, components and penalty are our choice. Codes are not decorrelated. The
        sparse code weighs the l1 norm against the error (the lasso), where SRC bounds the error.
        SRC names the class of the least residual; for scores we take the softmax of the negative
        residuals.

    Args:
        window: odd side of the window of the Fourier transform, in pixels and in frames.
        grid: blocks along each side of the picture; each plane has a histogram in each.
        components: of the PCA before the sparse code, where there are so many videos.
        penalty: weight of the l1 norm of a sparse code against half the squared error.
    """

    def __init__(
        self, *, window: int = 7, grid: int = 4, components: int = 200, penalty: float = 0.01
    ) -> None:
        self.window = window
        self.grid = grid
        self.components = components
        self.penalty = penalty

    def features(self, video: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Histograms of the codes, (3 x grid x grid x 256,); each sums to 1.

        Raises:
            ValueError: a picture has fewer pixels than blocks.
        """
        _, H, W, _ = video.shape
        if min(H, W) < self.grid:
            raise ValueError(f"it has {H} x {W} pixels and {self.grid} blocks along each side")
        volume = _grey(video)  # (T, H, W)
        blocks = _blocks(H, W, self.grid)  # (H, W)
        planes = [
            histograms(codes(volume, axes, self.window), blocks, self.grid**2) for axes in PLANES
        ]
        return np.concatenate(planes).ravel().astype(np.float32)

    def fit(self, features: NDArray[np.float32], labels: NDArray[np.int64], classes: int) -> None:
        """Keep every training video as an atom, a unit vector of PCA components."""
        from sklearn.decomposition import PCA

        components = min(self.components, len(features) - 1, features.shape[1])
        self.pca = PCA(components, random_state=0).fit(features)
        self.dictionary = _unit(self.pca.transform(features))  # (n, d)
        self.members = np.eye(classes)[labels]  # (n, K), 1 where an atom is of a class

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Softmax over the classes of the negative residuals, (n, K)."""
        videos = _unit(self.pca.transform(features))
        residuals = np.stack([self._residuals(video) for video in videos])  # (n, K)
        close = np.exp(-residuals)
        return close / close.sum(axis=1, keepdims=True)

    def _residuals(self, video: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far a video (d,) is from what the atoms of each class alone make of it, (K,)."""
        weights = _sparse_code(self.dictionary, video, self.penalty)  # (n,)
        parts = self.members.T * weights @ self.dictionary  # (K, d)
        return np.linalg.norm(video - parts, axis=1)


def codes(volume: Volume, axes: tuple[int, int], window: int) -> NDArray[np.uint8]:
    """The signs of four local Fourier coefficients in one plane, as 8 bits a pixel.

    With a = 1 / window the frequencies are (0, a), (a, 0), (a, a) and (-a, a); bits 0 to 3 are the
    signs of their real parts, bits 4 to 7 those of their imaginary parts. Where there is no
    texture there is no phase, and the bits are 0.

    Args:
        volume: (T, H, W) grey levels.
        axes: the two of the plane.
        window: odd side of the window.
    """
    (across,) = {0, 1, 2} - set(axes)
    slabs = np.array_split(volume, -(-volume.shape[across] // SLAB), axis=across)
    return np.concatenate([_codes(slab, axes, window) for slab in slabs], axis=across)


def _codes(volume: Volume, axes: tuple[int, int], window: int) -> NDArray[np.uint8]:
    p, q = axes
    flat_q, cos_q, sin_q = _filtered(volume, q, window)
    _, re_p, im_p = _filtered(flat_q, p, window)
    re_q, cos_cos, sin_cos = _filtered(cos_q, p, window)
    im_q, cos_sin, sin_sin = _filtered(sin_q, p, window)
    real = (re_q, re_p, cos_cos - sin_sin, cos_cos + sin_sin)
    imaginary = (im_q, im_p, sin_cos + cos_sin, cos_sin - sin_cos)
    code = np.zeros(volume.shape, np.uint8)
    for bit, part in enumerate((*real, *imaginary)):
        code |= (part > FLAT).astype(np.uint8) << np.uint8(bit)
    return code


def histograms(
    code: NDArray[np.uint8], blocks: NDArray[np.int64], count: int
) -> NDArray[np.float64]:
    """How often each code is seen in each block over all frames, (count, 256); rows sum to 1."""
    places = ((blocks * 256).astype(np.int32) + code).ravel()
    counts = np.bincount(places, minlength=count * 256).reshape(count, 256)
    return counts / counts.sum(axis=1, keepdims=True)


def _filtered(volume: Volume, axis: int, window: int) -> tuple[Volume, Volume, Volume]:
    """Sums over a window along one axis: plain, times a cosine, and times a sine, of one period."""
    radius, length = window // 2, volume.shape[axis]
    margin = [(radius, radius) if at == axis else (0, 0) for at in range(volume.ndim)]
    wide = np.pad(volume, margin, mode="edge")

    def shifted(by: int) -> Volume:
        return wide[(slice(None),) * axis + (slice(radius + by, radius + by + length),)]

    plain, cosine, sine = volume.copy(), volume.copy(), np.zeros_like(volume)
    for k in range(1, radius + 1):
        even, odd = shifted(k) + shifted(-k), shifted(k) - shifted(-k)
        plain += even
        cosine += even * np.float32(np.cos(2 * np.pi * k / window))
        sine += odd * np.float32(np.sin(2 * np.pi * k / window))
    return plain, cosine, sine


def _grey(video: NDArray[np.uint8]) -> Volume:
    return np.einsum("thwc,c->thw", video, GREY, dtype=np.float32)


def _blocks(height: int, width: int, grid: int) -> NDArray[np.int64]:
    """Number of the block of each pixel, (H, W)."""
    rows, columns = (np.arange(side) * grid // side for side in (height, width))
    return rows[:, None] * grid + columns


def _unit(rows: NDArray[np.floating]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.maximum(lengths, np.finfo(np.float32).tiny)


def _sparse_code(
    dictionary: NDArray[np.float64], video: NDArray[np.float64], penalty: float
) -> NDArray[np.float64]:
    """The weights (n,) of the few atoms that together come near a video (d,)."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import Lasso

    # scikit-learn divides the squared error by d
    lasso = Lasso(penalty / len(video), fit_intercept=False, copy_X=False, max_iter=SWEEPS)
    with warnings.catch_warnings():
        # the last digits of a weight decide no class
        warnings.simplefilter("ignore", ConvergenceWarning)
        return lasso.fit(dictionary.T, video).coef_
