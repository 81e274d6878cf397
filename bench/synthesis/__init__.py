"""Faces drawn by this program, with known emotion: a data set that needs no licence."""

from pathlib import Path

MARKER = "SYNTHETIC"
"""Name of the file in a data root that says: drawn, not filmed."""


def is_synthetic(root: Path) -> bool:
    """Whether the tree under a data root was drawn by this package."""
    return (root / MARKER).is_file()
