import hashlib
import shutil
import time

import cv2
import numpy as np
import pytest

from bench.frames import prints
from bench.frames.decode import opened
from bench.frames.likeness import compare
from tests.bench.frames.conftest import levels, write_video


def test_the_content_of_a_file_is_that_of_its_bytes_under_any_name(video, tmp_path):
    copy = shutil.copy(video, tmp_path / "renamed.avi")
    inner = hashlib.sha256(video.read_bytes()).digest()
    assert prints.content(video) == prints.content(copy) == hashlib.sha256(inner).hexdigest()


def test_the_content_of_a_folder_is_that_of_its_images_in_their_order(image_folder, tmp_path):
    copy = shutil.copytree(image_folder, tmp_path / "copy")
    (copy / "notes.txt").write_text("no image")
    assert prints.content(copy) == prints.content(image_folder)
    (copy / "1.png").rename(copy / "13.png")
    assert prints.content(copy) != prints.content(image_folder)


def test_content_that_cannot_be_read_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        prints.content(tmp_path / "gone.avi")


def test_a_video_without_a_frame_has_no_sketch():
    assert prints.Sketch().text() == ""


def test_a_sketch_takes_no_more_than_two_kilobytes_of_a_long_video():
    sketch = prints.Sketch()
    for picture in [*levels(40)] * 20:
        sketch.add(picture)
    assert len(sketch.text()) == 2224


def test_every_second_frame_gives_the_same_sketch_within_the_bounds():
    whole, half = prints.Sketch(), prints.Sketch()
    for number, picture in enumerate(levels(40)):
        whole.add(picture)
        if number % 2 == 0:
            half.add(picture)
    assert compare(whole.text(), half.text()).motion < 0.1


def test_a_frame_costs_a_small_share_of_its_decoding(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (30, 36, 45, 3), dtype=np.uint8)
    pictures = np.stack([cv2.resize(picture, (720, 576)) for picture in noise])
    path = write_video(tmp_path / "noise.mp4", pictures)

    def decoded():
        with opened(path) as footage:
            return [picture for _, picture in footage.frames]

    def sketched():
        sketch = prints.Sketch()
        for picture in pictures:
            sketch.add(picture)

    assert min(timed(sketched) for _ in range(3)) < 0.5 * min(timed(decoded) for _ in range(3))


def timed(work):
    began = time.process_time()
    work()
    return time.process_time() - began
