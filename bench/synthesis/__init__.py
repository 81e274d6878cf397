"""Faces drawn by this program, with known emotion: a data set that needs no licence."""

from collections.abc import Mapping
from itertools import chain
from pathlib import Path

MARKER = "SYNTHETIC"
"""Name of the file in a data root that says: drawn, not filmed."""

TWINS: Mapping[str, str] = {
    name: f"bench.synthesis.layouts.{module}:plan"
    for name, module in {
        "afew": "afew",
        "baum1s": "baum1s",
        "bu4dfe": "bu4dfe",
        "caer": "caer",
        "ckplus": "ckplus",
        "ckplus-8": "ckplus",
        "crema-d": "crema_d",
        "csv": "manifest",
        "dfew": "dfew",
        "enterface05": "enterface05",
        "ferv39k": "ferv39k",
        "folder": "folder",
        "mafw": "mafw",
        "mafw-compound": "mafw",
        "mmi": "mmi",
        "oulu-casia": "oulu_casia",
        "ravdess": "ravdess",
        "rml": "rml",
    }.items()
}
"""Dataset whose distributor's layout can be imitated -> `module:attribute` of its plan."""


def is_synthetic(root: Path) -> bool:
    """Whether the tree under a data root was drawn by this package.

    Loaders also accept a folder around a dataset, or one in it that holds the videos; so the marker
    is looked for three levels up and two levels down.
    """
    above = (folder / MARKER for folder in (root, *root.resolve().parents[:3]))
    below = (path for depth in ("*", "*/*") for path in root.glob(f"{depth}/{MARKER}"))
    return any(path.is_file() for path in chain(above, below))
