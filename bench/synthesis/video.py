"""Writing drawn frames as real encoded video."""

from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from bench.synthesis.canvas import Image

H264: Mapping[str, str] = {"preset": "veryfast", "crf": "20", "x264-params": "mbtree=0"}
"""Options of the encoder libx264; its macroblock tree gives other bytes from run to run."""
MPEG4: Mapping[str, str] = {"qmin": "2", "qmax": "4"}
"""Options of the encoder mpeg4, for .avi files as MMI ships them."""


def write_video(path: Path, frames: Iterable[Image], rate: int, codec: str = "libx264") -> None:
    """Encode RGB frames into a file whose name's suffix chooses the container.

    Args:
        path: file to write.
        frames: at least one uint8 picture; all of one even height and width.
        rate: frames a second.
        codec: libx264 or mpeg4.
    """
    frames = iter(frames)
    first = next(frames)
    with av.open(str(path), "w") as container:
        options = dict(H264 if codec == "libx264" else MPEG4)
        stream = cast(VideoStream, container.add_stream(codec, rate=rate, options=options))
        stream.height, stream.width = first.shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.thread_count = 1
        for frame in chain([first], frames):
            picture = av.VideoFrame.from_ndarray(cast(NDArray[np.uint8], frame), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
