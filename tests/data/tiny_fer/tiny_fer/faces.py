"""Eighteen videos of coloured squares: six people, three classes."""

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
        rng = np.random.default_rng(person)
        for label, name in enumerate(CLASSES):
            path = folder / f"s{person + 1}" / f"{name}.mp4"
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, label, rng)
    (folder / "SYNTHETIC").write_text("drawn\n")


def _write(path: Path, label: int, rng: np.random.Generator) -> None:
    shade = int(rng.integers(40, 80))
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=25, options={"preset": "ultrafast"})
        stream.width = stream.height = 48
        stream.pix_fmt = "yuv420p"
        for frame in range(12):
            picture = np.full((48, 48, 3), shade, np.uint8)
            picture[12 + frame % 3 : 36, 12:36, label] = 200
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        file.mux(stream.encode())
