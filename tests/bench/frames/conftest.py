import av
import cv2
import numpy as np
import pytest


def write_video(path, pictures, codec="libx264", fps=25):
    """Encode RGB pictures, shape (T, H, W, 3), and return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = pixels
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    return path


def levels(count, height=48, width=64):
    """Pictures that say their number by their grey level: 10, 15, 20, ..."""
    return np.stack([np.full((height, width, 3), 10 + 5 * i, np.uint8) for i in range(count)])


@pytest.fixture
def video(tmp_path):
    """Twenty grey frames, each brighter than the one before, as H.264."""
    return write_video(tmp_path / "video.mp4", levels(20))


@pytest.fixture
def image_folder(tmp_path):
    """Twelve grey images, numbered from 1 without zeros before the number."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number, picture in enumerate(levels(12), start=1):
        cv2.imwrite(str(folder / f"{number}.png"), picture)
    return folder
