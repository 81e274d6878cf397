"""Lists as public repositories ship them, over small trees in the distributors' layouts."""

import hashlib
from dataclasses import replace

import pytest

from bench.audit import audit
from bench.datasets import afew, ckplus, ferv39k, mafw, ravdess
from bench.errors import BenchError
from bench.protocols import content_hash, freeze, split, thaw
from bench.protocols.importing import Request, import_folds
from bench.records import Dataset, Video

SCENES = {("Action", "Sad"): 6, ("War", "Fear"): 5}
"""Clips of each scene and emotion; the first fifth, rounded up, is tested."""
TEST = ["Action/Sad/0000", "Action/Sad/0001", "War/Fear/0000"]
TRAIN = [f"Action/Sad/{n:04}" for n in range(2, 6)] + [f"War/Fear/{n:04}" for n in range(1, 5)]
CODES = {"Sad": 1, "Fear": 6}


@pytest.fixture
def ferv(tmp_path):
    for (scene, emotion), count in SCENES.items():
        for number in range(count):
            folder = tmp_path / "2_ClipsforFaceCrop" / scene / emotion / f"{number:04}"
            folder.mkdir(parents=True)
    return ferv39k.load(tmp_path)


@pytest.fixture
def written(tmp_path):
    """Writes a list of lines; gives its path."""

    def write(name, *lines):
        path = tmp_path / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return path

    return write


@pytest.fixture
def refusal(tmp_path):
    """The sentence that refuses a request, without the folder of the test."""

    def refused(request, dataset):
        with pytest.raises(BenchError) as error:
            import_folds(request, dataset)
        return str(error.value).replace(f"{tmp_path}/", "")

    return refused


def counted(keys):
    """Lines as `path num_frames label`."""
    return [f"/home/user/FERV39k/{key} 28 {CODES[key.split('/')[1]]}" for key in keys]


def ids(keys, name="ferv39k"):
    return tuple(f"{name}:{key}" for key in keys)


def test_a_list_of_each_side_makes_the_official_fold(ferv, written):
    test, train = written("test.txt", *counted(TEST)), written("train.txt", *counted(TRAIN))
    made = import_folds(Request("former-dfer", (test,), (train,)), ferv)
    (fold,) = made.protocol.folds
    assert (fold.test, fold.train) == (ids(TEST), ids(TRAIN))
    assert made.notes == (
        "read as 'path num_frames label': test.txt, train.txt",
        "labels: 1 sad, 6 fear",
        "beside 'official': equal: the same folds",
    )


def test_the_protocol_names_its_files_and_survives_freezing(ferv, written, tmp_path):
    test = written("test.txt", *counted(TEST))
    protocol = import_folds(Request("mine", (test,)), ferv).protocol
    digest = hashlib.sha256(test.read_bytes()).hexdigest()
    assert protocol.source == f"the lists test.txt (sha256 {digest})"
    assert (protocol.name, protocol.dataset, protocol.classes) == ("mine", "ferv39k", ferv.classes)
    assert protocol.hash == content_hash(ferv.classes, protocol.folds, "pool")
    freeze(protocol, tmp_path / "mine.json")
    assert thaw(tmp_path / "mine.json") == protocol
    assert audit(protocol, ferv) == ()


def test_without_a_training_list_the_rest_is_trained_on(ferv, written):
    made = import_folds(Request("mine", (written("test.txt", *counted(TEST)),)), ferv)
    assert made.protocol.folds[0].train == ids(TRAIN)


def test_a_clip_that_a_loader_dropped_with_the_first_line_is_named(ferv, written):
    test = written("test.txt", *counted(TEST))
    train = written("train.txt", *counted(TRAIN[1:]))
    made = import_folds(Request("dropped", (test,), (train,)), ferv)
    assert made.notes[2:] == (
        "on neither side of every fold: 1 video, ferv39k:Action/Sad/0002",
        "beside 'official': different: 1 video only in 'official'",
    )


def test_lists_of_names_are_compared_by_class(ferv, written):
    lines = [f"{key} {key.split('/')[1]}" for key in TEST]
    assert import_folds(Request("mine", (written("test_All.csv", *lines),)), ferv).notes[0] == (
        "read as 'path label': test_All.csv"
    )


def test_a_label_of_another_class_is_refused_with_the_clip(ferv, written, refusal):
    test = written("t.csv", "Action/Sad/0000 Happy", "Action/Sad/0001 sadness", "War/Fear/0000 no")
    assert refusal(Request("mine", (test,)), ferv) == (
        "dataset 'ferv39k' has 2 problems:\n"
        "  t.csv, line 1: 'ferv39k:Action/Sad/0000' is 'Happy'; in the dataset it is 'sad'\n"
        "  t.csv, line 3: 'ferv39k:War/Fear/0000' is 'no'; in the dataset it is 'fear'\n"
        "Check that the lists are of this dataset; --own-labels imports the folds though labels "
        "differ."
    )


def test_a_number_that_stands_for_two_classes_is_refused_with_both_clips(ferv, written, refusal):
    lines = [*counted(TEST[:2]), "War/Fear/0000 28 1"]
    assert refusal(Request("mine", (written("t.txt", *lines),)), ferv).splitlines()[1] == (
        "  t.txt, line 3: label 1 of 'ferv39k:War/Fear/0000', which is 'fear', is that of "
        "'ferv39k:Action/Sad/0000', which is 'sad'"
    )


def test_two_numbers_for_one_class_are_refused(ferv, written, refusal):
    test = written("t.txt", "Action/Sad/0000 1", "Action/Sad/0001 2")
    assert refusal(Request("mine", (test,)), ferv).splitlines()[1] == (
        "  labels 1 and 2 both stand for 'sad'"
    )


def test_labels_that_differ_may_be_overruled_and_are_said(ferv, written):
    test = written("t.csv", "Action/Sad/0000 Happy", "Action/Sad/0001 Sad")
    made = import_folds(Request("mine", (test,), own_labels=True), ferv)
    assert made.protocol.folds[0].test == ids(TEST[:2])
    assert made.notes[1] == (
        f"labels that differ from the dataset's, which count: 1, the first is {test}, line 1: "
        f"'ferv39k:Action/Sad/0000' is 'Happy'; in the dataset it is 'sad'"
    )


def test_paths_of_no_video_are_gathered_over_all_lists(ferv, written, refusal):
    test, train = written("a.txt", "Action/Sad/0009 1"), written("b.txt", "War/Fear/0008 6")
    assert refusal(Request("mine", (test,), (train,)), ferv) == (
        "dataset 'ferv39k' has 2 problems:\n"
        "  a.txt, line 1: 'Action/Sad/0009' is no video of 'ferv39k'\n"
        "  b.txt, line 1: 'War/Fear/0008' is no video of 'ferv39k'\n"
        "Mend the lists, or complete the dataset."
    )


def test_a_video_that_one_side_has_twice_is_refused(ferv, written, refusal):
    test = written("t.txt", "Action/Sad/0000 1", "x/action/sad/0 1")
    assert refusal(Request("mine", (test,)), ferv).splitlines()[1] == (
        "  t.txt, line 2: 'ferv39k:Action/Sad/0000' a second time, after 'Action/Sad/0000'"
    )


def test_a_video_on_both_sides_is_left_to_the_audit(ferv, written):
    test = written("test.txt", *counted(TEST))
    train = written("train.txt", *counted([*TRAIN, TEST[0]]))
    made = import_folds(Request("leaks", (test,), (train,)), ferv)
    with pytest.raises(BenchError, match="lists video 'ferv39k:Action/Sad/0000' 2 times"):
        audit(made.protocol, ferv)


def test_the_counts_of_lists_must_agree(ferv, written, refusal):
    one = written("one.txt", *counted(TEST))
    assert refusal(Request("mine", (one, one), (one,)), ferv) == (
        "1 list with --train and 2 with --test; expected one of each for every fold, or none with "
        "--train to train on all other videos."
    )


def test_a_name_that_cannot_name_a_folder_is_refused(ferv, written, refusal):
    assert refusal(Request("a/b", (written("one.txt", *counted(TEST)),)), ferv) == (
        "--name 'a/b' cannot name a folder; expected letters, digits, '-', '_' and '.'."
    )


class TestBlocks:
    """Emotion-FAN's list of CK+, one file of ten folds."""

    @pytest.fixture
    def people(self, tmp_path):
        for number in range(11):
            stem = f"S{number:03}_001"
            images = tmp_path / "cohn-kanade-images" / f"S{number:03}" / "001"
            emotion = tmp_path / "Emotion" / f"S{number:03}" / "001"
            images.mkdir(parents=True)
            emotion.mkdir(parents=True)
            (images / f"{stem}_00000001.png").touch()
            (emotion / f"{stem}_00000001_emotion.txt").write_text("   5.0000000e+00\n")
        return ckplus.load(tmp_path)

    @pytest.fixture
    def lines(self):
        tested = [[n for n in range(11) if n % 10 == k] for k in range(10)]
        return [
            line
            for k, numbers in enumerate(tested, start=1)
            for line in [f"{k}-fold {len(numbers)}", *(f"S{n:03}/001 Happy" for n in numbers)]
        ]

    def test_the_folds_of_the_list_are_those_of_the_rule(self, people, lines, written):
        made = import_folds(Request("fan", (written("ck.txt", *lines),)), people)
        assert made.protocol.folds == people.official["fan-10-fold"]
        assert made.notes[0] == "read as 'k-fold blocks of path label': ck.txt"

    def test_a_list_of_several_folds_takes_no_training_list(self, people, lines, written, refusal):
        one = written("ck.txt", *lines)
        assert refusal(Request("fan", (one,), (one,)), people) == (
            "ck.txt names several folds or both sides itself. Pass it with --test, and nothing "
            "with --train."
        )


class TestSides:
    """A list of RAVDESS that says training, validation or testing in each line."""

    @pytest.fixture
    def actors(self, tmp_path):
        for actor in range(1, 4):
            folder = tmp_path / f"Actor_{actor:02}"
            folder.mkdir()
            (folder / f"02-01-03-01-02-01-{actor:02}.mp4").touch()
        return ravdess.load(tmp_path)

    @pytest.fixture
    def annotations(self, written):
        parts = {"01": "testing", "02": "validation", "03": "training"}
        return written(
            "annotations.txt",
            *(
                f"/r/ACTOR{n}/01-01-03-01-02-01-{n}_facecroppad.npy;/r/{n}_croppad.wav;3;{part}"
                for n, part in parts.items()
            ),
        )

    @pytest.mark.parametrize(("merged", "fate"), [(False, "left out"), (True, "trained on")])
    def test_what_is_set_aside_for_validation_is_left_out_or_merged(
        self, actors, annotations, merged, fate
    ):
        made = import_folds(Request("mine", (annotations,), merge_validation=merged), actors)
        (fold,) = made.protocol.folds
        aside = "ravdess:01-03-01-02-01-02"
        assert fold.test == ("ravdess:01-03-01-02-01-01",)
        assert fold.train == (*([aside] if merged else []), "ravdess:01-03-01-02-01-03")
        assert made.notes == (
            "read as 'video;audio;label;part': annotations.txt",
            "labels: 3 happy",
            f"set aside for validation by the lists: 1 video, {fate} here",
        )


class TestSubsets:
    """Lists that name fewer clips than the distributor, as two of AFEW and one of MAFW do."""

    @pytest.fixture
    def films(self, tmp_path):
        for number, name in enumerate(afew.CLASSES, start=1):
            for split_name, first in (("Train_AFEW", 0), ("Val_AFEW", 10)):
                folder = "Angry" if name == "angry" else name.capitalize()
                path = tmp_path / split_name / folder / f"{first + number:09d}.avi"
                path.parent.mkdir(parents=True)
                path.write_bytes(b"frames")
        return afew.load(tmp_path)

    def test_a_validation_list_without_a_clip_names_it(self, films, written):
        lines = {
            split_name: [
                f"{name.capitalize()}/{first + number:09d} {name.capitalize()}"
                for number, name in enumerate(afew.CLASSES, start=1)
            ]
            for split_name, first in (("train", 0), ("val", 10))
        }
        test = written("afew_eval.txt", *lines["val"][1:])
        made = import_folds(
            Request("fan", (test,), (written("train.txt", *lines["train"]),)), films
        )
        assert made.notes[1:] == (
            "on neither side of every fold: 1 video, afew:val/000000011",
            "beside 'official': different: 1 video only in 'official'",
        )

    def test_the_overlaps_that_the_distributor_ships_stay_known(self, films, written):
        test = written("afew_eval.txt", "Sad/000000016 Sad")
        made = import_folds(Request("fan", (test,)), films)
        assert made.protocol.overlaps == split(films, "official").overlaps != ()

    def test_a_fold_that_lacks_clips_of_other_folds_is_named_with_them(self, tmp_path, written):
        home = tmp_path / "Train & Test Set/single/no_caption"
        numbers = [f"{n:05}" for n in range(1, 11)]
        for k in range(5):
            test = numbers[2 * k : 2 * k + 2]
            (home / f"set_{k + 1}").mkdir(parents=True)
            for side in ("train", "test"):
                lines = [f"{n}.mp4 anger" for n in numbers if (n in test) == (side == "test")]
                (home / f"set_{k + 1}" / f"{side}.txt").write_text("\n".join(lines))
            (tmp_path / "data/clips").mkdir(parents=True, exist_ok=True)
        for number in numbers:
            (tmp_path / f"data/clips/{number}.mp4").touch()
        films = replace(mafw.load(tmp_path), classes=("angry",))
        tests = [written(f"set_{k}_test.txt", f"faces/{numbers[2 * k]} 9 0") for k in range(2)]
        trains = [written(f"set_{k}.txt", *(f"{n} 9 0" for n in numbers[4:])) for k in range(2)]
        trains[1].write_text(trains[1].read_text() + f"{numbers[0]} 9 0\n")
        made = import_folds(Request("dfer-clip", tuple(tests), tuple(trains)), films)
        assert made.notes[2:] == (
            "on neither side of fold 1: 3 videos, mafw:00002, mafw:00003, mafw:00004",
            "on neither side of fold 2: 2 videos, mafw:00002, mafw:00004",
        )


def test_folds_of_another_number_are_not_set_beside_the_known_ones(ferv, written):
    tests = (written("a.txt", *counted(TEST)), written("b.txt", *counted(TRAIN)))
    assert import_folds(Request("two", tests), ferv).notes == (
        "read as 'path num_frames label': a.txt, b.txt",
        "labels: 1 sad, 6 fear",
    )


def test_compound_labels_are_compared_whatever_their_order(written):
    videos = (Video("mafw-compound:00001", "data/clips/00001.mp4", "angry_disgust"),)
    videos += (Video("mafw-compound:00002", "data/clips/00002.mp4", "anxiety_sad"),)
    data = Dataset("mafw-compound", ("angry_disgust", "anxiety_sad"), videos)
    test = written("test.txt", "00001.mp4 disgust_anger")
    made = import_folds(Request("mine", (test,)), data)
    assert made.protocol.folds[0].train == ("mafw-compound:00002",)
