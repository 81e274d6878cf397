"""What a twin consists of before it is drawn: who is filmed where, and what lies beside it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Literal

from bench.synthesis.performance import Performance


@dataclass(frozen=True, slots=True)
class Shot:
    """One video to draw."""

    path: str
    """Video file, or folder of images, relative to the twin's root with forward slashes."""
    person: str
    """Who is seen; the same person looks the same in every shot of a twin."""
    expression: str
    """One of `EXPRESSIONS`."""
    take: str = ""
    """Names the occasion; empty: the path does."""
    images: str = ""
    """Format of the name of an image, as `{:03d}.jpg` or `{folder}_{:05d}.jpg`, where `{folder}`
    is the name of the folder; empty: the path is a video file."""
    first: int = 0
    """Number of the first image."""
    height: int = 160
    """In pixels; even, as the width, and below 640."""
    width: int = 128
    rate: int = 25
    """Frames a second."""
    frames: tuple[int, int] = (16, 28)
    """Shortest and longest video, in frames."""
    until_apex: bool = False
    """The recording ends when the expression is at its strongest."""
    close: bool = False
    """The face fills a square picture of this height, as an aligned crop."""
    codec: str = "libx264"
    turn: int = 0
    """Degrees clockwise by which the stored picture is turned: 0, 90, 180 or 270."""
    view: Literal["front", "profile", "left", "right"] = "front"
    """Left and right: two panes, and which of them has the frontal face."""
    beside: Callable[[Performance], Mapping[str, bytes]] | None = None
    """Files that say how it was acted, path -> content; a function that can be pickled."""

    def image(self, number: int) -> str:
        """Path of the image with a number, counted from `first`."""
        folder = PurePosixPath(self.path).name
        return f"{self.path}/{self.images.format(number, folder=folder)}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole tree of a twin, every path relative to its root with forward slashes."""

    shots: tuple[Shot, ...]
    files: Mapping[str, bytes]
    """Written as they are: lists, sheets, stray files, stubs."""
    folders: tuple[str, ...] = ()
    """Empty ones."""
    copies: Mapping[str, str] = field(default_factory=dict[str, str])
    """Video file -> path of the shot of the same pixels; its bytes are others."""


Plan = Callable[[int, bool], Layout]
"""`plan(subjects, full)`: a tree of at least so many people, more where the folds need them; with
`full` the whole tree with the published counts, whatever the number."""
