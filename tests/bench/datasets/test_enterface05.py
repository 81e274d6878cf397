import pytest

from bench.datasets.enterface05 import CLASSES, load
from bench.errors import BenchError
from bench.protocols import blocks
from bench.records import Video

HOME = "enterface database"
EMOTIONS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise")


def protocol() -> blocks.Shipped:
    file = blocks.shipped("enterface05", "blocks-5-fold")
    assert file
    return file


def write(root, *names):
    for name in names:
        path = root / HOME / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"frames")


def write_blocks(root, persons=(2, 12, 20, 30, 38)):
    """One angry video of a person of each block."""
    write(root, *(f"subject {k}/anger/sentence 1/s{k}_an_1.avi" for k in persons))


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_a_sentence_becomes_a_video_of_its_folders(tmp_path):
    write_blocks(tmp_path)
    assert load(tmp_path).videos[0] == Video(
        id="enterface05:s02/anger/1",
        path="enterface database/subject 2/anger/sentence 1/s2_an_1.avi",
        label="angry",
        subject="s02",
        attributes={"sentence": "1"},
    )


def test_the_six_folders_are_the_six_classes_in_order(tmp_path):
    write_blocks(tmp_path)
    write(tmp_path, *(f"subject 1/{name}/sentence 1/a.avi" for name in EMOTIONS))
    dataset = load(tmp_path)
    labels = tuple(video.label for video in dataset.videos if video.subject == "s01")
    assert labels == dataset.classes == CLASSES


def test_the_persons_are_tested_in_the_five_blocks_of_the_field(tmp_path):
    persons = [k for k in range(1, 45) if k != 6]
    write_blocks(tmp_path, persons)
    dataset = load(tmp_path)
    subject = {video.id: int(str(video.subject)[1:]) for video in dataset.videos}
    folds = blocks.folds(protocol(), dataset) or ()
    assert [[subject[id] for id in fold.test] for fold in folds] == [
        [1, 2, 3, 4, 5, 7, 8, 9, 10],
        list(range(11, 20)),
        list(range(20, 29)),
        list(range(29, 38)),
        list(range(38, 45)),
    ]
    assert all({*fold.train} == {*subject} - {*fold.test} for fold in folds)


def test_a_full_tree_has_the_1287_videos_and_43_persons_of_the_field(tmp_path):
    for person in range(1, 45):
        for emotion in EMOTIONS:
            place = f"subject {person}/{emotion}"
            first = 4 if (person, emotion) == (23, "happiness") else 1
            numbers = [] if person == 6 else range(first, 6)
            write(tmp_path, *(f"{place}/sentence {k}/s_{emotion[:2]}_{k}.avi" for k in numbers))
    write(tmp_path, *(f"subject 6/{name}/s6_{name[:2]}.avi" for name in EMOTIONS))
    dataset = load(tmp_path)
    labels = [video.label for video in dataset.videos]
    assert len(labels) == 1287
    assert [labels.count(name) for name in CLASSES] == [215, 215, 215, 212, 215, 215]
    assert len({video.subject for video in dataset.videos}) == 43
    sizes = [len(fold.test) for fold in blocks.folds(protocol(), dataset) or ()]
    assert sizes == [270, 270, 267, 270, 210]
    assert dataset.left_out == {"subject 6: no sentence folders": 6}


@pytest.mark.parametrize(
    ("person", "emotion", "file"),
    [
        (11, "anger", "s12_an_1.avi"),
        (3, "fear", "s_3_fe_1.avi"),
        (16, "surprise", "s16_su_3avi.avi"),
        (16, "surprise", "s16_su_3avi"),
        (2, "anger", "s2_an_2.avi"),
    ],
)
def test_odd_names_of_files_change_nothing(tmp_path, person, emotion, file):
    write_blocks(tmp_path, (1, 12, 20, 30, 38))
    write(tmp_path, f"subject {person}/{emotion}/sentence 1/{file}")
    dataset = load(tmp_path)
    (video,) = [
        one
        for one in dataset.videos
        if one.path.endswith(f"sentence 1/{file}") and f"subject {person}/" in one.path
    ]
    assert (video.id, video.subject) == (
        f"enterface05:s{person:02d}/{emotion}/1",
        f"s{person:02d}",
    )
    assert dataset.notes == ()


def test_a_file_named_for_another_emotion_counts_as_its_folder_says(tmp_path):
    write_blocks(tmp_path)
    write(tmp_path, "subject 1/fear/sentence 2/s1_sa_2.avi")
    dataset = load(tmp_path)
    assert dataset.videos[0].label == "fear"
    assert dataset.notes == (
        "The folder counts where a file is named for another emotion: enterface database/subject "
        "1/fear/sentence 2/s1_sa_2.avi.",
    )


def test_what_cannot_be_a_video_is_left_out_and_counted(tmp_path):
    write_blocks(tmp_path)
    write(tmp_path, "subject 2/anger/flat.avi", "subject 2/anger/sentence 1/Thumbs.db")
    write(tmp_path, "subject 6/anger/sentence 1/s6_an_1.avi", "subject 2/fear/sentence 1/Thumbs.db")
    link = tmp_path / HOME / "subject 2/fear/sentence 2/s2_fe_2.avi"
    link.parent.mkdir()
    link.symlink_to("/etc/passwd")
    dataset = load(tmp_path)
    assert len(dataset.videos) == 5
    assert dataset.left_out == {
        "subject 6: no sentence folders": 1,
        "outside of a sentence folder": 1,
        "sentence folder without a video": 1,
        "link that leaves the root": 1,
    }


def test_all_folders_that_cannot_be_used_are_said_at_once(tmp_path):
    write_blocks(tmp_path)
    write(tmp_path, "subject 45/anger/sentence 1/a.avi", "subject 2/joy/sentence 1/a.avi")
    write(tmp_path, "subject 2/anger/other/a.avi", "subject 2/anger/sentence 1/b.avi")
    write(tmp_path, "Subject 12/Anger/Sentence 01/a.avi")
    home = tmp_path / HOME
    assert refusal(tmp_path) == (
        "dataset 'enterface05' has 5 problems:\n"
        f"  '{home}/Subject 12/Anger/Sentence 01' and '{home}/subject 12/anger/sentence 1' are "
        "one sentence\n"
        f"  '{home}/subject 2/anger/other' is no sentence; expected sentence 1, sentence 2, ...\n"
        f"  '{home}/subject 2/joy' is no emotion of this set; expected anger, disgust, fear, "
        "happiness, sadness, surprise\n"
        f"  '{home}/subject 45' is no person of this set; expected subject 1 to 44\n"
        f"  '{home}/subject 2/anger/sentence 1' holds 2 videos; expected one\n"
        "Restore the folders as they were delivered."
    )


def test_a_block_without_videos_is_refused(tmp_path):
    write_blocks(tmp_path, (2, 12, 30, 38))
    with pytest.raises(BenchError) as refused:
        blocks.folds(protocol(), load(tmp_path))
    assert str(refused.value) == (
        "protocol 'blocks-5-fold' of dataset 'enterface05' tests the subjects s20, s21, s22, s23, "
        "s24, s25, s26, s27, s28 in fold 3, and none of them is there. Complete the dataset, or "
        "choose 'subject-<k>-fold'."
    )


def test_an_archive_that_is_still_packed_is_named_as_enterface(tmp_path):
    (tmp_path / "enterface.rar").write_bytes(b"")
    assert refusal(tmp_path) == (
        f"dataset 'enterface05' not found under {tmp_path}: looked for folders subject 1, subject "
        f"2, ... there and up to 3 folders deeper. Unpack enterface.rar."
    )
