import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from bench.errors import BenchError
from bench.frames.batches import VideoFrames, collate, loader, to_float
from bench.frames.notes import Note, frames_path, save_note
from bench.frames.pixels import write
from bench.frames.store import FrameStore
from bench.records import InputSpec, Sampling, Video, Views

ROOT = Path(__file__).parents[3]
CLASSES = ("happy", "sad")
VIDEOS = tuple(Video(f"set:v{i}", f"v{i}.mp4", CLASSES[i % 2]) for i in range(6))
EVEN = Sampling("uniform", frames=4)
SMALL = InputSpec(train=EVEN, test=EVEN, size=16)


def keep(folder, number, frames, lost=(), status="scored"):
    np.save(frames_path(folder, f"set:v{number}"), frames)
    save_note(folder, Note(f"set:v{number}", status, "", len(frames), 0, 0, 25.0, lost, None, ""))


@pytest.fixture
def store(tmp_path):
    """Six videos of 20 frames; a frame's grey level is ten times the video plus the frame."""
    for number in range(6):
        levels = (10 * number + np.arange(20)).astype(np.uint8)
        keep(tmp_path, number, np.broadcast_to(levels[:, None, None, None], (20, 16, 16, 3)))
    return FrameStore(tmp_path)


def show(store, videos=VIDEOS, input=SMALL, train=True, seed=0, **options):
    return VideoFrames(store, videos, CLASSES, input, train=train, seed=seed, **options)


def test_an_item_shows_the_frames_that_its_choice_names(store):
    item = show(store)[3]
    assert item.video.shape == (3, 4, 16, 16)
    assert item.video.dtype == torch.uint8
    assert item.video[:, :, 5, 5].tolist() == [[30 + frame for frame in item.choice.frames]] * 3
    assert (item.label, item.index) == (1, 3)


def test_colours_stay_in_their_order(tmp_path):
    keep(tmp_path, 0, np.broadcast_to(np.array([1, 2, 3], np.uint8), (4, 16, 16, 3)))
    item = show(FrameStore(tmp_path), VIDEOS[:1])[0]
    assert item.video[:, 0, 0, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize(("size", "how"), [(8, cv2.INTER_AREA), (24, cv2.INTER_LINEAR)])
def test_frames_are_resized(tmp_path, size, how):
    frames = np.random.default_rng(0).integers(0, 256, (4, 16, 16, 3), np.uint8)
    keep(tmp_path, 0, frames)
    spec = InputSpec(train=EVEN, test=EVEN, size=size)
    item = show(FrameStore(tmp_path), VIDEOS[:1], spec, train=False)[0]
    expected = [cv2.resize(frame, (size, size), interpolation=how) for frame in frames]
    assert (item.video.permute(1, 2, 3, 0).numpy() == np.stack(expected)).all()


def test_a_repeated_frame_is_shown_each_time(tmp_path):
    keep(
        tmp_path,
        0,
        np.arange(2, dtype=np.uint8)[:, None, None, None].repeat(16, 1).repeat(16, 2).repeat(3, 3),
    )
    item = show(FrameStore(tmp_path), VIDEOS[:1], train=False)[0]
    assert item.video[0, :, 0, 0].tolist() == [0, 0, 1, 1]


def test_a_training_item_depends_on_seed_epoch_and_video_alone(store):
    one, other = show(store), show(store, VIDEOS[::-1])
    one.set_epoch(3)
    other.set_epoch(3)
    [one[i] for i in (5, 1, 1)]
    assert one[2].choice == other[3].choice


def test_another_epoch_seed_or_video_draws_other_frames(store):
    data = show(store)
    first = data[0].choice
    others = [data[2].choice, show(store, seed=1)[0].choice]
    data.set_epoch(1)
    others.append(data[0].choice)
    assert first not in others


def test_a_test_item_never_changes(store):
    data = show(store, train=False)
    before = data[1].choice
    data.set_epoch(7)
    assert data[1].choice == before
    assert data[1].choice == show(store, train=False, seed=9)[1].choice


def test_about_half_of_the_videos_are_to_be_mirrored(store):
    data = show(store, flip=True)
    mirrored = []
    for epoch in range(20):
        data.set_epoch(epoch)
        mirrored += data.__getitems__(range(6)).mirrored
    assert 0.3 < np.mean(mirrored) < 0.7


def test_the_same_videos_are_mirrored_as_ever(store):
    # stored results depend on these draws
    data = show(store, flip=True, seed=3)
    data.set_epoch(2)
    assert data.__getitems__(range(6)).mirrored == (True, False, True, True, True, True)


def test_mirroring_changes_no_choice_and_no_test(store):
    assert show(store, flip=True)[0].choice == show(store)[0].choice
    assert show(store, train=False, flip=True).__getitems__([0, 1]).mirrored == ()


def test_a_row_has_a_seed_by_run_epoch_and_video(store):
    one, other = show(store), show(store, VIDEOS[::-1], flip=True)
    assert one.__getitems__([0, 2]).seeds == other.__getitems__([5, 3]).seeds
    first = one.__getitems__(range(6)).seeds
    again = show(store, seed=1).__getitems__(range(6)).seeds
    one.set_epoch(1)
    assert len({*first, *again, *one.__getitems__(range(6)).seeds}) == 18


def test_a_test_has_no_seeds(store):
    assert show(store, train=False).__getitems__([0]).seeds == ()


def test_a_video_that_an_epoch_shows_again_is_drawn_anew(store):
    batch = show(store).__getitems__([1, 7, 13])
    assert batch.indices == (1, 1, 1)
    assert len(set(batch.choices)) == len(set(batch.seeds)) == 3
    assert batch.labels.tolist() == [1, 1, 1]


def transformed(name, **more):
    return InputSpec(train=EVEN, test=EVEN, size=16, transform=name, **more)


@pytest.mark.parametrize("train", [True, False])
def test_the_middle_frame_is_all_that_is_shown(store, train):
    item = show(store, input=transformed("middle-frame"), train=train)[2]
    assert item.choice.frames == (9, 9, 9, 9)
    assert item.choice.spans == ((9, 10),)
    assert item.video[0, :, 0, 0].tolist() == [29, 29, 29, 29]


def test_shuffled_frames_are_the_chosen_ones_in_another_order(store):
    chosen = show(store)[2].choice.frames
    item = show(store, input=transformed("shuffled-frames"))[2]
    assert sorted(item.choice.frames) == sorted(chosen)
    assert item.choice.frames != chosen
    assert item.video[0, :, 0, 0].tolist() == [20 + frame for frame in item.choice.frames]


def test_a_test_shuffles_each_video_in_its_own_way_for_ever(store):
    data = show(store, input=transformed("shuffled-frames"), train=False)
    orders = [data[i].choice.frames for i in range(6)]
    assert len(set(orders)) > 3
    data.set_epoch(4)
    again = show(store, VIDEOS[::-1], transformed("shuffled-frames"), train=False, seed=8)
    assert [data[i].choice.frames for i in range(6)] == orders
    assert [again[5 - i].choice.frames for i in range(6)] == orders


def test_training_shuffles_anew_in_each_epoch(store):
    data = show(store, input=transformed("shuffled-frames"))
    ranks = []
    for epoch in range(6):
        data.set_epoch(epoch)
        ranks.append(tuple(np.argsort(data[0].choice.frames)))
    assert len(set(ranks)) > 2


def test_a_shuffled_choice_is_told_in_original_numbers(tmp_path):
    keep(tmp_path, 0, np.zeros((4, 16, 16, 3), np.uint8), lost=(1, 2))
    data = show(FrameStore(tmp_path), VIDEOS[:1], transformed("shuffled-frames"), train=False)
    assert sorted(data[0].choice.frames) == [0, 3, 4, 5]
    assert data[0].choice.spans == ((0, 6),)


@pytest.mark.parametrize("train", [True, False])
def test_a_masked_face_leaves_the_corners(tmp_path, train):
    keep(tmp_path, 0, np.full((4, 16, 16, 3), 10, np.uint8))
    store = FrameStore(tmp_path)
    video = show(store, VIDEOS[:1], transformed("masked-face"), train=train)[0].video
    assert (video[:, :, 8, 8] == 127).all()
    assert (video[:, :, [0, 0, 15, 15], [0, 15, 0, 15]] == 10).all()


def test_an_unknown_transform_is_refused(store):
    with pytest.raises(BenchError) as error:
        show(store, input=transformed("middle-frames"))
    assert str(error.value) == (
        "unknown input transform 'middle-frames'. Did you mean 'middle-frame'? Known: "
        "masked-face, middle-frame, shuffled-frames."
    )


def test_each_temporal_view_is_an_item_of_its_own(store):
    dense = Sampling("dense", frames=4)
    spec = InputSpec(train=dense, test=dense, size=16, views=Views(temporal=3))
    data = show(store, input=spec, train=False)
    assert len(data) == 18
    assert [data[i].index for i in range(6)] == [0, 0, 0, 1, 1, 1]
    assert [data[i].choice.frames[0] for i in range(3)] == [0, 8, 16]
    assert len(show(store, input=spec)) == 6


def test_spatial_views_are_refused(store):
    spec = InputSpec(train=EVEN, test=EVEN, size=16, views=Views(spatial=3))
    with pytest.raises(BenchError) as error:
        show(store, input=spec, train=False)
    assert str(error.value) == (
        "input asks for 3 spatial views; a square face crop has 1. Set views.spatial to 1, or "
        "ask for temporal views."
    )


def test_a_video_is_brought_to_the_length_that_the_input_asks_for(store):
    spec = InputSpec(train=EVEN, test=EVEN, size=16, resample=4)
    assert show(store, input=spec, train=False)[0].choice.frames == (8, 9, 10, 11)


def test_choices_are_told_in_original_numbers(tmp_path):
    keep(tmp_path, 0, np.zeros((4, 16, 16, 3), np.uint8), lost=(1, 2))
    choice = show(FrameStore(tmp_path), VIDEOS[:1], train=False)[0].choice
    assert choice.frames == (0, 3, 4, 5)
    assert choice.spans == ((0, 6),)


def test_training_goes_on_without_a_video_that_cannot_be_read(store):
    save_note(store.folder, Note("set:v1", "unreadable", "cut.", 0, 0, 0, None, (), None, ""))
    data = show(store)
    assert data.unreadable == ("set:v1",)
    assert [video.id for video in data.videos] == ["set:v0", "set:v2", "set:v3", "set:v4", "set:v5"]
    assert data[1].index == 1


def test_a_test_refuses_a_video_that_cannot_be_read(store):
    save_note(store.folder, Note("set:v1", "unreadable", "cut.", 0, 0, 0, None, (), None, ""))
    with pytest.raises(BenchError, match="video 'set:v1' has no frames"):
        show(store, train=False)[1]


def test_a_label_that_is_no_class_is_named(store):
    with pytest.raises(BenchError) as error:
        show(store, [Video("set:v0", "v0.mp4", "bored")])
    assert str(error.value) == (
        "video 'set:v0' is labelled 'bored'; expected one of happy, sad. Correct its label or "
        "leave it out."
    )


def test_a_batch_stacks_videos_and_labels(store):
    data = show(store)
    batch = collate([data[0], data[3]])
    assert batch.video.shape == (2, 3, 4, 16, 16)
    assert batch.labels.tolist() == [0, 1]
    assert batch.labels.dtype == torch.int64
    assert batch.indices == (0, 3)
    assert batch.choices == (data[0].choice, data[3].choice)


def test_a_loader_gives_every_video_once_in_order(store):
    batches = list(loader(show(store, train=False), 4))
    assert [batch.indices for batch in batches] == [(0, 1, 2, 3), (4, 5)]


def test_a_loader_follows_the_order_it_is_given(store):
    batches = list(loader(show(store), 2, order=[5, 0, 3]))
    assert [batch.indices for batch in batches] == [(5, 0), (3,)]


def test_videos_of_any_length_come_one_by_one(store):
    sampling = Sampling("all")
    spec = InputSpec(train=sampling, test=sampling, size=16)
    batches = list(loader(show(store, input=spec, train=False), 4))
    assert [batch.video.shape[2] for batch in batches] == [20] * 6


def test_workers_change_nothing(store):
    alone, shared = show(store), show(store)
    alone.set_epoch(2)
    shared.set_epoch(2)
    one, two = list(loader(alone, 4)), list(loader(shared, 4, workers=1))
    assert [batch.choices for batch in one] == [batch.choices for batch in two]
    assert torch.equal(torch.cat([b.video for b in one]), torch.cat([b.video for b in two]))


@pytest.mark.parametrize("workers", [0, 1])
def test_what_goes_wrong_in_a_loading_process_is_said_in_its_own_words(store, workers):
    frames_path(store.folder, "set:v3").write_bytes(b"no array")
    with pytest.raises(BenchError) as error:
        list(loader(show(store, train=False), 2, workers=workers))
    assert str(error.value).startswith(f"{frames_path(store.folder, 'set:v3')} cannot be read: ")
    assert "Traceback" not in str(error.value)


FORKED = """
import signal, sys
from pathlib import Path
import cv2, numpy as np
from bench.frames.batches import VideoFrames, loader
from bench.frames.store import FrameStore
from bench.records import InputSpec, Sampling, Video
signal.alarm(40)
cv2.setNumThreads(4)
picture = np.zeros((2000, 2000, 3), np.uint8)
for _ in range(5):
    cv2.GaussianBlur(picture, (31, 31), 0)
rule = Sampling("uniform", frames=2)
videos = [Video(f"set:v{n}", f"v{n}.mp4", "happy") for n in range(6)]
store = FrameStore(Path(sys.argv[1]))
shown = VideoFrames(store, videos, ("happy",), InputSpec(rule, rule, 16), train=False, seed=0)
for _ in range(5):
    assert len(list(loader(shown, 2, workers=2))) == 3
"""


def test_workers_start_beside_a_process_in_which_opencv_has_threads(store):
    folder = str(store.folder)
    command = [sys.executable, "-W", "ignore", "-c", FORKED, folder]
    # no pipes: a process that hangs would keep them open, and this one waiting
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode == 0


def test_a_model_is_fed_normalised_numbers():
    video = torch.full((1, 2, 4, 4, 3), 255, dtype=torch.uint8).permute(0, 4, 1, 2, 3)
    spec = InputSpec(EVEN, EVEN, 1, mean=(0.5, 0.4, 0.0), std=(0.5, 0.3, 1.0))
    fed = to_float(video, spec)
    assert fed.is_contiguous()
    assert fed.dtype == torch.float32
    assert fed[0, :, 0, 0, 0].tolist() == pytest.approx([1.0, 2.0, 1.0])


def test_frames_that_overlapping_clips_choose_stay_in_the_order_of_the_clips():
    frames = np.arange(8, dtype=np.uint8)[:, None, None, None] * np.ones((1, 4, 4, 3), np.uint8)
    pixels = np.empty((4, 4, 4, 3), np.uint8)
    write(frames, (1, 5, 3, 7), pixels)
    assert pixels[:, 0, 0, 0].tolist() == [1, 5, 3, 7]
