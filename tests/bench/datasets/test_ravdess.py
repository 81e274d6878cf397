import pytest

from bench.datasets.ravdess import CLASSES, load
from bench.errors import BenchError
from bench.protocols import blocks
from bench.records import Video

REMEDY = "Unpack the archives Video_Speech_Actor_NN.zip anew, each once."


def protocol() -> blocks.Shipped:
    file = blocks.shipped("ravdess", "blocks-6-fold")
    assert file
    return file


def clip(root, name, folder=None):
    path = root / (folder or f"Actor_{name[18:20]}") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"frames")
    return path


@pytest.fixture
def root(tmp_path):
    for actor in range(1, 25):
        for modality in ("01", "02"):
            clip(tmp_path, f"{modality}-01-03-01-02-01-{actor:02d}.mp4")
    return tmp_path


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_the_twins_of_a_recording_are_one_video_read_without_sound(root):
    dataset = load(root)
    assert dataset.videos[0] == Video(
        id="ravdess:01-03-01-02-01-01",
        path="Actor_01/02-01-03-01-02-01-01.mp4",
        label="happy",
        subject="Actor_01",
        attributes={
            "modality": "video only",
            "intensity": "normal",
            "statement": "2",
            "repetition": "1",
            "gender": "male",
        },
    )
    assert len(dataset.videos) == 24
    assert dataset.left_out == {"other file of a recording": 24}
    assert dataset.notes == ()


def test_a_recording_that_is_there_with_sound_only_keeps_its_id_and_is_noted(root):
    (root / "Actor_02/02-01-03-01-02-01-02.mp4").unlink()
    dataset = load(root)
    video = dataset.videos[1]
    assert (video.id, video.path) == (
        "ravdess:01-03-01-02-01-02",
        "Actor_02/01-01-03-01-02-01-02.mp4",
    )
    assert video.attributes["modality"] == "audio and video"
    assert video.attributes["gender"] == "female"
    assert dataset.left_out == {"other file of a recording": 23}
    assert dataset.notes == (
        "1 of 24 recordings have no file without sound; the one with sound is read, whose picture "
        "is the same.",
    )


def test_the_eight_codes_are_the_eight_classes(tmp_path):
    for code in range(1, 9):
        clip(tmp_path, f"02-01-{code:02d}-01-01-01-01.mp4")
    labels = [video.label for video in load(tmp_path).videos]
    assert labels == ["neutral", "calm", "happy", "sad", "angry", "fear", "disgust", "surprise"]
    assert sorted(labels) == list(CLASSES)


def test_songs_and_sound_alone_are_left_out_and_counted(root):
    clip(root, "01-02-03-01-02-01-01.mp4")
    clip(root, "02-02-03-01-02-01-01.mp4")
    clip(root, "03-01-03-01-02-01-01.wav", "Audio_Speech_Actors_01-24/Actor_01")
    clip(root, "my best take.mp4", "Actor_01")
    dataset = load(root)
    assert len(dataset.videos) == 24
    assert dataset.left_out == {
        "song": 2,
        "sound without picture": 1,
        "file name that is no recording's": 1,
        "other file of a recording": 24,
    }


def test_six_blocks_of_four_consecutive_actors_are_tested(root):
    dataset = load(root)
    folds = blocks.folds(protocol(), dataset) or ()
    assert [[int(id[-2:]) for id in fold.test] for fold in folds] == [
        list(range(first, first + 4)) for first in range(1, 25, 4)
    ]
    ids = sorted(video.id for video in dataset.videos)
    assert all(sorted((*fold.train, *fold.test)) == ids for fold in folds)


def test_without_an_actor_of_every_block_the_blocks_are_refused(tmp_path):
    clip(tmp_path, "02-01-03-01-02-01-05.mp4")
    with pytest.raises(BenchError) as refused:
        blocks.folds(protocol(), load(tmp_path))
    assert str(refused.value) == (
        "protocol 'blocks-6-fold' of dataset 'ravdess' tests the subjects Actor_01, Actor_02, "
        "Actor_03, Actor_04 in fold 1, and none of them is there. Complete the dataset, or choose "
        "'subject-<k>-fold'."
    )


def test_actors_may_lie_in_the_folders_of_their_archives(tmp_path):
    for actor in ("01", "02"):
        for kind, channel in (("Speech", "01"), ("Song", "02")):
            folder = f"Video_{kind}_Actor_{actor}/Actor_{actor}"
            clip(tmp_path / "around", f"02-{channel}-03-01-02-01-{actor}.mp4", folder)
    dataset = load(tmp_path)
    assert [video.path for video in dataset.videos] == [
        f"around/Video_Speech_Actor_{actor}/Actor_{actor}/02-01-03-01-02-01-{actor}.mp4"
        for actor in ("01", "02")
    ]
    assert dataset.left_out == {"song": 2}


def test_everything_that_is_wrong_is_said_at_once(root):
    clip(root, "02-01-09-01-01-01-01.mp4")
    clip(root, "04-01-01-01-01-01-01.mp4")
    clip(root, "02-01-01-01-01-01-25.mp4", "Actor_01")
    clip(root, "02-01-03-01-02-01-01.mp4", "Video_Speech_Actor_01/Actor_01")
    assert refusal(root) == (
        "dataset 'ravdess' has 4 problems:\n"
        "  'Actor_01/02-01-01-01-01-01-25.mp4' is of actor '25' in the folder of another\n"
        "  'Actor_01/02-01-09-01-01-01-01.mp4': emotion '09' is none of 01, 02, 03, 04, 05, 06, "
        "07, 08\n"
        "  'Actor_01/04-01-01-01-01-01-01.mp4': modality '04' is none of 01, 02, 03\n"
        "  'Video_Speech_Actor_01/Actor_01/02-01-03-01-02-01-01.mp4' and "
        f"'Actor_01/02-01-03-01-02-01-01.mp4' are the same file\n{REMEDY}"
    )


def test_a_wrong_root_says_what_was_looked_for(tmp_path):
    assert refusal(tmp_path) == (
        f"dataset 'ravdess' not found under {tmp_path}: looked for Actor_01/ … Actor_24/ there and "
        f"up to 3 folders deeper. Check --root, or complete the download."
    )


def test_an_archive_that_is_still_packed_is_named(tmp_path):
    (tmp_path / "Video_Speech_Actor_01.zip").touch()
    assert refusal(tmp_path).endswith("Unpack Video_Speech_Actor_01.zip.")


@pytest.mark.parametrize("files", [(), ("02-02-03-01-02-01-01.mp4",)])
def test_a_tree_without_speech_is_refused(tmp_path, files):
    (tmp_path / "Actor_01").mkdir()
    for name in files:
        clip(tmp_path, name)
    assert refusal(tmp_path) == (
        f"dataset 'ravdess' has 1 problem:\n"
        f"  {tmp_path} has no speech video like 02-01-06-01-02-01-12.mp4\n{REMEDY}"
    )


def test_a_root_that_cannot_be_read_is_refused(tmp_path):
    root = tmp_path / ("x" * 300)
    assert refusal(root) == (
        f"dataset 'ravdess': {root} cannot be read: File name too long. Mend its rights or copy it "
        f"again from its source."
    )


def test_a_link_that_leaves_the_root_is_refused(root, tmp_path_factory):
    outside = clip(tmp_path_factory.mktemp("outside"), "02-01-04-01-02-01-01.mp4")
    (root / "Actor_01/02-01-04-01-02-01-01.mp4").symlink_to(outside)
    (root / "Video_Speech_Actor_01").mkdir()
    (root / "Video_Speech_Actor_01/Actor_01").symlink_to(outside.parent)
    assert refusal(root) == (
        "dataset 'ravdess' has 2 problems:\n"
        "  'Actor_01/02-01-04-01-02-01-01.mp4' is a link that leaves the root\n"
        f"  'Video_Speech_Actor_01/Actor_01' is a link that leaves the root\n{REMEDY}"
    )


def test_a_twin_that_is_no_file_gives_way_to_the_other(root):
    path = root / "Actor_01/02-01-03-01-02-01-01.mp4"
    path.unlink()
    path.mkdir()
    dataset = load(root)
    assert dataset.videos[0].path == "Actor_01/01-01-03-01-02-01-01.mp4"
    assert dataset.missing == {}


def test_a_recording_without_a_usable_file_stays_and_is_missing(root):
    (root / "Actor_01/02-01-04-01-02-01-01.mp4").symlink_to(root / "gone")
    dataset = load(root)
    assert dataset.missing == {
        "ravdess:01-04-01-02-01-01": "Actor_01/02-01-04-01-02-01-01.mp4 is no file"
    }
    assert len(dataset.videos) == 25
