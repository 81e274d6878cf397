import numpy as np
import pytest

from bench.errors import BenchError
from bench.frames.notes import Note, frames_path, load_note, replacing, save_note
from bench.frames.store import (
    FrameStore,
    StoredVideo,
    Stores,
    describe,
    fingerprint,
    store_folder,
)
from bench.records import Preprocessing, Video

NOTE = Note("set:a/1", "scored", "", 3, 1, 1, 25.0, (), (8.0, 8.0, 6.0), "a/1.avi")
FRAMES = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8)


@pytest.fixture
def folder(tmp_path):
    np.save(frames_path(tmp_path, NOTE.video), FRAMES)
    save_note(tmp_path, NOTE)
    return tmp_path


def test_a_note_comes_back_as_it_was_written(folder):
    assert load_note(folder, NOTE.video) == NOTE


def test_a_note_by_other_rules_is_made_anew(folder, monkeypatch):
    monkeypatch.setattr("bench.frames.prints.VERSION", "sketch-0")
    assert load_note(folder, NOTE.video) is None


def test_stored_frames_are_mapped_not_read(folder):
    video = FrameStore(folder).read(NOTE.video)
    assert isinstance(video.frames, np.memmap)
    assert not video.frames.flags.writeable
    assert (video.frames == FRAMES).all()
    assert (video.status, video.fps) == ("scored", 25.0)


def test_what_is_not_prepared_is_missing(folder):
    videos = [Video(id, "x.avi", "happy") for id in ("set:a/1", "set:b")]
    assert FrameStore(folder).missing(videos) == ("set:b",)


def test_a_note_without_its_frames_does_not_count(folder):
    frames_path(folder, NOTE.video).unlink()
    assert load_note(folder, NOTE.video) is None


def test_a_damaged_note_does_not_count(folder):
    frames_path(folder, NOTE.video).with_suffix(".json").write_text('{"video": "set')
    assert load_note(folder, NOTE.video) is None


def test_reading_what_is_not_prepared_says_what_to_run(folder):
    with pytest.raises(BenchError) as error:
        FrameStore(folder).read("set:b")
    assert str(error.value) == (
        f"video 'set:b' is not prepared in {folder}. Run `bench data prepare`."
    )


def test_reading_an_unreadable_video_gives_its_reason(folder):
    save_note(folder, Note("set:c", "unreadable", "c.avi is empty.", 0, 0, 0, None, (), None, ""))
    store = FrameStore(folder)
    assert store.status("set:c") == "unreadable"
    with pytest.raises(BenchError) as error:
        store.read("set:c")
    assert str(error.value) == "video 'set:c' has no frames: c.avi is empty."


def test_several_stores_are_asked_by_the_dataset_that_an_id_names(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    save_note(other, Note("two:a", "unreadable", "a is empty.", 0, 0, 0, None, (), None, ""))
    stores = Stores({"set": folder, "two": other})
    assert (stores.read(NOTE.video).frames == FRAMES).all()
    assert (stores.status("two:a"), stores.status(NOTE.video)) == ("unreadable", "scored")
    assert stores.note("two:b") is None
    videos = [Video(id, "x.avi", "happy") for id in (NOTE.video, "two:a", "two:b")]
    assert stores.missing(videos) == ("two:b",)


def test_a_video_of_no_store_is_named(folder):
    with pytest.raises(BenchError) as error:
        Stores({"set": folder, "two": folder}).read("three:a")
    assert str(error.value) == (
        "video 'three:a' is of no dataset of this run; expected one of set, two. Name its "
        "dataset in the run."
    )


def test_a_damaged_array_is_named(folder):
    path = frames_path(folder, NOTE.video)
    path.write_bytes(b"no array")
    with pytest.raises(BenchError, match=f"{path} cannot be read: "):
        FrameStore(folder).read(NOTE.video)


def test_ids_that_look_alike_have_files_of_their_own(tmp_path):
    names = {frames_path(tmp_path, id).name for id in ("a:1/2", "a:1_2", "A:1_2", "a:1 2")}
    assert len({name.lower() for name in names}) == 4


def test_a_frame_knows_its_original_number_when_others_are_lost():
    video = StoredVideo(FRAMES, "scored", None, lost=(0, 2, 3))
    assert [video.original(position) for position in range(3)] == [1, 4, 5]


def test_a_file_that_is_not_finished_has_no_name(tmp_path):
    with pytest.raises(RuntimeError), replacing(tmp_path / "a.npy") as file:
        file.write(b"half")
        raise RuntimeError
    assert not (tmp_path / "a.npy").exists()


def test_a_preprocessing_of_default_storage_is_described_as_ever():
    assert [*describe(Preprocessing())] == ["decoder", "detector", "crop", "margin", "size"]


OTHERS = [{"detector": "none"}, {"size": 112}, {"margin": 0.3}, {"storage": "jpeg"}]


@pytest.mark.parametrize("change", OTHERS)
def test_another_preprocessing_has_another_fingerprint(change):
    assert fingerprint(Preprocessing(**change)) != fingerprint(Preprocessing())


def test_alignment_is_said_in_the_fingerprint(tmp_path, monkeypatch):
    (tmp_path / "own.onnx").write_bytes(b"weights")
    monkeypatch.setenv("BENCH_YUNET", str(tmp_path / "own.onnx"))
    plain, aligned = Preprocessing("yunet"), Preprocessing("yunet", align=True)
    assert fingerprint(aligned) != fingerprint(plain)
    assert describe(aligned) == {**describe(plain), "align": "arcface-112"}


def test_a_fingerprint_can_be_read():
    assert fingerprint(Preprocessing("none", 112, 0.5)).startswith("none-112-0.5-")


def test_another_decoder_has_another_fingerprint(monkeypatch):
    before = fingerprint(Preprocessing())
    monkeypatch.setattr("bench.frames.decode.VERSION", "another")
    assert fingerprint(Preprocessing()) != before


def test_each_root_of_a_dataset_has_a_store_of_its_own(tmp_path):
    one, two = (store_folder(tmp_path, "mmi", tmp_path / name, Preprocessing()) for name in "ab")
    assert one.parent != two.parent
    assert one.name == two.name == fingerprint(Preprocessing())
    same = store_folder(tmp_path, "mmi", tmp_path / "x" / ".." / "a", Preprocessing())
    assert same == one
