"""Eighteen videos of coloured squares: six people, three classes."""

from collections.abc import Mapping
from pathlib import Path

import av
import numpy as np

from bench.errors import BenchError
from bench.records import Dataset, Video

CLASSES = ("angry", "happy", "sad")


def load(root: Path) -> Dataset:
    """The tiny set: the class is the colour of the square.

    root/
      s1/angry.mp4 ...      one folder a person, one file a class
    """
    if not any(root.glob("s*")):
        raise BenchError(f"dataset 'tiny-faces' not found in {root}: no folder s*. Pass --root.")
    videos = tuple(
        Video(
            f"tiny-faces:{p.parent.name}/{p.stem}",
            p.relative_to(root).as_posix(),
            p.stem,
            subject=p.parent.name,
        )
        for p in sorted(root.glob("s*/*.mp4"))
    )
    return Dataset("tiny-faces", CLASSES, videos)


def generate(folder: Path, watch=None) -> None:
    """Draw the set once."""
    del watch
    if folder.exists():
        return
    for person in range(6):
        draw(person, {name: folder / f"s{person + 1}" / f"{name}.mp4" for name in CLASSES})
    (folder / "SYNTHETIC").write_text("drawn\n")


def draw(person: int, paths: Mapping[str, Path]) -> None:
    """One video of a person for each class: a square of its colour before a wall of the person's.

    Args:
        person: number; another one, another wall and other places of the square.
        paths: class -> file.
    """
    rng = np.random.default_rng(person)
    for label, name in enumerate(CLASSES):
        paths[name].parent.mkdir(parents=True, exist_ok=True)
        _write(paths[name], label, rng)


def _write(path: Path, label: int, rng: np.random.Generator) -> None:
    wall = np.kron(rng.integers(20, 120, (6, 6, 1)), np.ones((8, 8, 3))).astype(np.uint8)
    left, top = rng.integers(6, 18, 2).tolist()
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width = stream.height = 48
        stream.pix_fmt = "yuv420p"
        for frame in range(12):
            picture = wall.copy()
            picture[top + frame % 3 : top + 24, left : left + 24, label] = 220
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
