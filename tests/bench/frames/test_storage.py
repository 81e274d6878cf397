import io
from dataclasses import replace

import cv2
import numpy as np
import pytest

from bench.errors import BenchError
from bench.frames.batches import VideoFrames
from bench.frames.notes import frames_path, load_note
from bench.frames.prepare import prepare
from bench.frames.storage import ImageFrames, JpegFrames, JpegWriter, RawWriter
from bench.frames.store import FrameStore
from bench.records import Dataset, InputSpec, Preprocessing, Sampling, Video

from .conftest import levels, write_video

JPEG = Preprocessing("none", 32, storage="jpeg")


def smooth(count, side=32):
    """Frames of soft colours that JPEG keeps to a few levels."""
    y, x = np.mgrid[:side, :side] * (180 / side)
    return [np.stack([x + n, y, 255 - x], axis=-1).astype(np.uint8) for n in range(count)]


def written(path, frames):
    with path.open("wb") as file:
        writer = JpegWriter(file)
        for frame in frames:
            writer.add(frame)
        writer.close()
    return path


def aligned(path, label="happy"):
    return Dataset("set", (label,), (Video("set:a", path, label, aligned=True),))


def test_raw_frames_written_one_by_one_are_an_ordinary_array():
    file = io.BytesIO()
    writer = RawWriter(file, 8)
    frames = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8)
    for frame in frames:
        writer.add(frame)
    writer.close()
    file.seek(0)
    assert (np.load(file) == frames).all()


def test_jpeg_frames_come_back_nearly_as_they_were_colour_by_colour(tmp_path):
    frames = smooth(5)
    read = JpegFrames(written(tmp_path / "a.jpegs", frames), 5)
    assert len(read) == 5
    for position, frame in enumerate(frames):
        assert np.abs(read[position].astype(int) - frame).mean() < 2
    with pytest.raises(IndexError):
        read[5]


def test_a_video_without_frames_is_a_file_of_none(tmp_path):
    assert len(JpegFrames(written(tmp_path / "a.jpegs", []), 0)) == 0


@pytest.mark.parametrize("cut", [1, 8, 4000])
def test_a_jpeg_file_that_is_not_whole_is_refused(tmp_path, cut):
    path = written(tmp_path / "a.jpegs", smooth(5))
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(ValueError):
        JpegFrames(path, 5)


def test_a_frame_that_cannot_be_decoded_is_named(tmp_path):
    path = written(tmp_path / "a.jpegs", smooth(3))
    data = bytearray(path.read_bytes())
    data[:100] = bytes(100)
    path.write_bytes(data)
    with pytest.raises(BenchError) as error:
        JpegFrames(path, 3)[0]
    assert str(error.value) == (
        f"frame 0 in {path} cannot be decoded. Delete the file and run `bench data prepare` again."
    )
    assert JpegFrames(path, 3)[1].shape == (32, 32, 3)


def test_the_jpeg_store_holds_what_the_raw_store_holds_in_less_room(tmp_path):
    write_video(tmp_path / "a.mp4", levels(20))
    dataset = Dataset("set", ("happy",), (Video("set:a", "a.mp4", "happy"),))
    for storage in ("raw", "jpeg"):
        prepare(dataset, tmp_path, replace(JPEG, storage=storage), tmp_path / storage)
    raw, jpeg = (FrameStore(tmp_path / storage).read("set:a") for storage in ("raw", "jpeg"))
    assert len(jpeg.frames) == len(raw.frames) == 20
    assert max(np.abs(raw.frames[n].astype(int) - jpeg.frames[n]).max() for n in range(20)) <= 3
    sizes = [frames_path(tmp_path / kind, "set:a", kind).stat().st_size for kind in ("raw", "jpeg")]
    assert sizes[1] < sizes[0] / 3


def test_a_jpeg_file_that_lost_its_end_is_named_with_the_remedy(tmp_path):
    write_video(tmp_path / "a.mp4", levels(5))
    dataset = Dataset("set", ("happy",), (Video("set:a", "a.mp4", "happy"),))
    prepare(dataset, tmp_path, JPEG, tmp_path / "store")
    path = frames_path(tmp_path / "store", "set:a", "jpeg")
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(BenchError) as error:
        FrameStore(tmp_path / "store").read("set:a")
    assert str(error.value) == (
        f"{path} cannot be read: it does not hold 5 frames. Delete it and run `bench data prepare` "
        f"again."
    )


class TestInPlace:
    def test_aligned_images_stay_where_they_are(self, image_folder, tmp_path):
        summary = prepare(aligned("images"), tmp_path, JPEG, tmp_path / "store")
        assert (summary.scored, summary.frames) == (1, 12)
        names = {path.suffix for path in (tmp_path / "store").iterdir()}
        assert names == {"", ".json"}
        video = FrameStore(tmp_path / "store").read("set:a")
        assert [video.frames[n].mean() for n in range(12)] == [10 + 5 * n for n in range(12)]
        note = load_note(tmp_path / "store", "set:a")
        assert note.place == str(image_folder)
        assert note.files == tuple(f"{number}.png" for number in range(1, 13))

    def test_a_lost_image_is_skipped_and_the_others_keep_their_numbers(
        self, image_folder, tmp_path
    ):
        (image_folder / "3.png").write_bytes(b"")
        summary = prepare(aligned("images"), tmp_path, JPEG, tmp_path / "store")
        assert "3.png" in summary.broken["set:a"]
        video = FrameStore(tmp_path / "store").read("set:a")
        assert video.lost == (2,)
        assert video.frames[2].mean() == 10 + 5 * video.original(2) == 25

    @pytest.mark.parametrize("change", [{"aligned": False}, {"rotation": 90}, {"panes": 2}, {}])
    def test_what_is_not_what_would_be_stored_is_copied(self, image_folder, tmp_path, change):
        storage = "jpeg" if change else "raw"
        dataset = aligned("images")
        video = replace(dataset.videos[0], **change)
        kind = replace(JPEG, storage=storage)
        prepare(replace(dataset, videos=(video,)), tmp_path, kind, tmp_path / "store")
        assert frames_path(tmp_path / "store", "set:a", storage).is_file()
        assert load_note(tmp_path / "store", "set:a").place == ""

    def test_pictures_of_other_shapes_than_the_first_become_one_batch(self, tmp_path):
        (tmp_path / "images").mkdir()
        for number, shape in enumerate([(20, 20), (40, 40), (20, 40), (50, 30)]):
            picture = np.full((*shape, 3), 50 + 10 * number, np.uint8)
            cv2.imwrite(str(tmp_path / "images" / f"{number}.png"), picture)
        dataset = aligned("images")
        prepare(dataset, tmp_path, JPEG, tmp_path / "store")
        rule = Sampling("uniform", frames=4)
        shown = VideoFrames(
            FrameStore(tmp_path / "store"),
            dataset.videos,
            ("happy",),
            InputSpec(rule, rule, 16),
            train=False,
            seed=0,
        )
        assert shown[0].video.shape == (3, 4, 16, 16)
        assert shown[0].video[0, :, 8, 8].tolist() == [50, 60, 70, 80]

    def test_of_a_picture_that_is_no_square_the_middle_is_shown(self, tmp_path):
        picture = np.zeros((10, 30, 3), np.uint8)
        picture[:, 10:20] = 200
        cv2.imwrite(str(tmp_path / "a.png"), picture)
        assert (ImageFrames(tmp_path, ["a.png"])[0] == np.full((10, 10, 3), 200)).all()

    def test_an_image_that_went_bad_is_named_with_the_remedy(self, image_folder, tmp_path):
        prepare(aligned("images"), tmp_path, JPEG, tmp_path / "store")
        (image_folder / "5.png").write_bytes(b"damaged")
        frames = FrameStore(tmp_path / "store").read("set:a").frames
        with pytest.raises(BenchError) as error:
            frames[4]
        assert str(error.value) == (
            f"{image_folder / '5.png'} was an image when it was prepared, and cannot be read any "
            f"more. Copy the folder again from its source, then run `bench data prepare`."
        )

    def test_a_folder_that_is_gone_has_to_be_prepared_again(self, image_folder, tmp_path):
        prepare(aligned("images"), tmp_path, JPEG, tmp_path / "store")
        image_folder.rename(tmp_path / "elsewhere")
        assert FrameStore(tmp_path / "store").missing(aligned("images").videos) == ("set:a",)

    def test_a_video_that_turns_out_aligned_leaves_no_old_frames(self, image_folder, tmp_path):
        filmed = aligned("images")
        filmed = replace(filmed, videos=(replace(filmed.videos[0], aligned=False),))
        prepare(filmed, tmp_path, JPEG, tmp_path / "store")
        assert prepare(aligned("images"), tmp_path, JPEG, tmp_path / "store").prepared == 1
        assert not frames_path(tmp_path / "store", "set:a", "jpeg").exists()
