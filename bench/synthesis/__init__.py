"""Faces drawn by this program, with known emotion: a data set that needs no licence."""

from collections.abc import Mapping
from pathlib import Path

MARKER = "SYNTHETIC"
"""Name of the file in a data root that says: drawn, not filmed."""

TWINS: Mapping[str, str] = {"mmi": "bench.synthesis.mmi:write"}
"""Dataset whose distributor's layout can be imitated -> `module:function(out, subjects, seed)`."""


def is_synthetic(root: Path) -> bool:
    """Whether the tree under a data root was drawn by this package.

    Loaders also accept the folder around a dataset, or the one in it that holds the videos; so the
    marker is looked for one level up and one level down.
    """
    inner = [path for path in root.iterdir() if path.is_dir()] if root.is_dir() else []
    near = (root, root.resolve().parent, *inner)
    return any((folder / MARKER).is_file() for folder in near)
