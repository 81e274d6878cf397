"""Faces drawn by this program, with known emotion: a data set that needs no licence."""

from collections.abc import Mapping
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

    Loaders also accept the folder around a dataset, or the one in it that holds the videos; so the
    marker is looked for one level up and one level down.
    """
    inner = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    near = (root, root.resolve().parent, *inner)
    return any((folder / MARKER).is_file() for folder in near)
