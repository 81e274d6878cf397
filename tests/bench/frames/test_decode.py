import struct

import av
import cv2
import numpy as np
import pytest

from bench.errors import BenchError
from bench.frames.decode import opened, turned

from .conftest import levels, write_video


def read(path, **options):
    with opened(path, **options) as footage:
        return list(footage.frames)


def test_frames_come_in_order_with_their_numbers_in_rgb(video):
    frames = read(video)
    assert [number for number, _ in frames] == list(range(20))
    assert [round(picture.mean()) for _, picture in frames] == pytest.approx(
        levels(20).mean(axis=(1, 2, 3)), abs=2
    )


def test_red_comes_first(tmp_path):
    red = np.zeros((3, 48, 64, 3), np.uint8)
    red[..., 0] = 250
    (_, picture), *_ = read(write_video(tmp_path / "red.mp4", red))
    assert picture[24, 32] == pytest.approx([250, 0, 0], abs=6)


def test_the_rate_is_read_from_the_file(tmp_path):
    with opened(write_video(tmp_path / "fast.avi", levels(5), "mpeg4", fps=50)) as footage:
        assert footage.fps == 50


def test_only_every_fifth_frame_is_given(video):
    assert [number for number, _ in read(video, every=5)] == [0, 5, 10, 15]


def test_only_the_first_frames_are_given(video, image_folder):
    assert [number for number, _ in read(video, limit=3)] == [0, 1, 2]
    assert [number for number, _ in read(image_folder, limit=1)] == [0]


def test_a_folder_of_images_is_read_in_natural_order(image_folder):
    frames = read(image_folder)
    assert [number for number, _ in frames] == list(range(12))
    assert [picture[0, 0, 0] for _, picture in frames] == [10 + 5 * i for i in range(12)]


def test_a_folder_of_images_has_no_rate(image_folder):
    with opened(image_folder) as footage:
        assert footage.fps is None


def test_an_image_that_cannot_be_read_is_named_after_the_others_are_given(image_folder):
    (image_folder / "3.png").write_bytes(b"no image")
    numbers = []
    with pytest.raises(BenchError) as error, opened(image_folder) as footage:
        numbers.extend(number for number, _ in footage.frames)
    assert numbers == [0, 1, *range(3, 12)]
    assert str(error.value) == (
        f"{image_folder} has images that cannot be read: 3.png. "
        f"Copy the folder again from its source."
    )


def test_a_folder_without_images_is_named(tmp_path):
    with pytest.raises(BenchError, match=f"{tmp_path} has no image"):
        read(tmp_path)


def test_a_stored_rotation_is_undone_clockwise(tmp_path):
    pictures = np.zeros((2, 48, 64, 3), np.uint8)
    pictures[:, :, :32] = 200
    (_, picture), *_ = read(write_video(tmp_path / "lying.mp4", pictures), rotation=90)
    assert picture.shape == (64, 48, 3)
    assert picture[:28].mean() > 190
    assert picture[36:].mean() < 10


def test_four_quarter_turns_are_none():
    picture = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    quarter = turned(turned(turned(turned(picture, 90), 90), 90), 90)
    assert (quarter == picture).all()
    assert (turned(turned(picture, 270), 90) == picture).all()


def test_a_turn_that_the_file_asks_for_is_made(tmp_path):
    pictures = np.zeros((2, 48, 64, 3), np.uint8)
    pictures[:, :, :32] = 200
    path = write_video(tmp_path / "phone.mp4", pictures)
    data = bytearray(path.read_bytes())
    matrix = data.find(b"tkhd") + 44
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    (_, picture), *_ = read(path)
    assert picture.shape == (64, 48, 3)
    assert picture[:28].mean() > 190


def test_a_file_that_is_cut_gives_its_first_frames_and_says_so(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (20, 48, 64, 3), np.uint8)
    path = write_video(tmp_path / "cut.avi", noise, "mjpeg")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    numbers = []
    with pytest.raises(BenchError) as error, opened(path) as footage:
        numbers.extend(number for number, _ in footage.frames)
    assert numbers == list(range(len(numbers)))
    assert 2 < len(numbers) < 15
    assert str(error.value) == (
        f"{path} breaks off after {len(numbers)} frames; its header announces 20. "
        f"Copy the file again from its source."
    )


@pytest.mark.parametrize("content", [b"", b"no video" * 50])
def test_a_file_that_is_no_video_is_named_with_its_size(tmp_path, content):
    path = tmp_path / "broken.avi"
    path.write_bytes(content)
    with pytest.raises(BenchError) as error:
        read(path)
    assert str(error.value) == (
        f"{path} ({len(content)} bytes) cannot be opened as a video: Invalid data found when "
        f"processing input. Copy the file again from its source."
    )


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BenchError) as error:
        read(tmp_path / "none.avi")
    assert str(error.value) == (
        f"{tmp_path / 'none.avi'} is missing; expected a video file or a folder of images."
    )


def test_a_file_with_sound_only_is_named(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(BenchError, match="has no video track"):
        read(path)


def test_grey_images_become_rgb(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), np.full((8, 8), 77, np.uint8))
    ((_, picture),) = read(tmp_path)
    assert picture.shape == (8, 8, 3)
    assert (picture == 77).all()


def test_the_colours_of_an_image_come_as_rgb(tmp_path):
    cv2.imwrite(str(tmp_path / "1.png"), np.full((8, 8, 3), (0, 0, 250), np.uint8))  # red in BGR
    ((_, picture),) = read(tmp_path)
    assert picture[0, 0].tolist() == [250, 0, 0]
