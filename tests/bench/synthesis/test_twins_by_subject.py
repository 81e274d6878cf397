from collections import Counter
from io import BytesIO
from zipfile import ZipFile

import pytest

from bench.audit import audit
from bench.datasets.check import check
from bench.errors import BenchError
from bench.protocols import split
from bench.registry import load, resolve
from bench.sources import open_dataset
from bench.synthesis import TWINS, is_synthetic
from bench.synthesis.actions import EXPRESSIONS
from bench.synthesis.twin import write
from tests.brief_twins import brief

SMALLEST = {
    "baum1s": (30, 5, [6] * 5),
    "bu4dfe": (60, 10, [6] * 10),
    "ckplus": (70, 10, [7] * 10),
    "crema-d": (46, 7, [6, 6, 6, 14, 14]),
    "enterface05": (114, 9, [36, 30, 24, 12, 12]),
    "mmi": (60, 10, [6] * 10),
    "oulu-casia": (60, 10, [6] * 10),
    "ravdess": (54, 6, [9] * 6),
    "rml": (72, 8, [6, 12, 6, 18, 6, 6, 12, 6]),
}
"""Dataset -> videos, subjects, and test videos of each fold of its default protocol."""
PEOPLE = {name: subjects for name, (_, subjects, _) in SMALLEST.items()}
PEOPLE |= {"ckplus": 11, "enterface05": 10}
"""Drawn in the smallest twin; one of these two has no video that counts."""
WHOLE = {
    "baum1s": [127, 111, 109, 108, 109],
    "bu4dfe": [66] + [60] * 9,
    "ckplus": [33, 39, 40, 35, 30, 37, 29, 29, 33, 22],
    "crema-d": [1456, 1476, 1476, 1476, 1558],
    "enterface05": [270, 270, 267, 270, 210],
    "mmi": [24, 23, 20, 20, 20, 20, 20, 20, 19, 19],
    "oulu-casia": [48] * 10,
    "ravdess": [240] * 6,
    "rml": [79, 81, 81, 81, 85, 102, 105, 106],
}
"""Dataset -> test videos of each fold of the twin at full count."""


def plan_of(name):
    return resolve(TWINS[name], name)


def entry_of(name):
    return load().dataset(name)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The smallest twin of a dataset that its default protocol takes, of two or three frames."""
    made = {}

    def draw(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp("small") / name
            short = brief(plan_of(name), frames=(2, 3))
            write(name, short, made[name], PEOPLE[name], workers=1)
        return made[name], open_dataset(entry_of(name), made[name])

    return draw


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The twin of a dataset at full count."""
    made = {}

    def listed(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp("whole") / name
            write(name, plan_of(name), made[name], full=True)
        return made[name], open_dataset(entry_of(name), made[name])

    return listed


def folds(dataset, name):
    """Test videos of each fold of the default protocol, whose audit finds nothing."""
    protocol = split(dataset, entry_of(name).protocol)
    assert audit(protocol, dataset) == ()
    return [len(fold.test) for fold in protocol.folds]


@pytest.mark.parametrize("name", SMALLEST)
class TestEveryTwin:
    def test_the_small_one_passes_the_check_of_its_dataset(self, small, name):
        root, dataset = small(name)
        report = check(dataset, entry_of(name), root)
        videos, subjects, _ = SMALLEST[name]
        assert (report.counts["videos"].found, report.counts["subjects"].found) == (
            videos,
            subjects,
        )
        assert report.clean
        assert dataset.synthetic

    def test_the_small_one_is_split_by_its_default_protocol(self, small, name):
        assert folds(small(name)[1], name) == SMALLEST[name][2]

    def test_the_whole_one_has_the_published_counts(self, whole, name):
        dataset = whole(name)[1]
        counts = Counter(video.label for video in dataset.videos)
        counts["videos"] = len(dataset.videos)
        counts["subjects"] = len({video.subject for video in dataset.videos})
        published = entry_of(name).published
        assert {key: counts[key] for key in published} == published
        assert dataset.missing == {}

    def test_the_whole_one_is_split_by_its_default_protocol(self, whole, name):
        assert folds(whole(name)[1], name) == WHOLE[name]

    @pytest.mark.parametrize("full", [False, True])
    def test_no_path_is_planned_twice(self, name, full):
        layout = plan_of(name)(20, full)
        paths = [
            *(shot.path for shot in layout.shots if not shot.images),
            *(shot.image(shot.first) for shot in layout.shots if shot.images),
            *layout.files,
            *layout.copies,
        ]
        assert [path for path, count in Counter(paths).items() if count > 1] == []
        assert [path for path in paths if path.startswith("/") or ".." in path] == []

    def test_only_expressions_that_can_be_drawn_are_planned(self, name):
        shots = plan_of(name)(20, True).shots
        assert {shot.expression for shot in shots} <= set(EXPRESSIONS)


@pytest.mark.parametrize("name", SMALLEST)
def test_fewer_people_than_the_folds_need_are_raised_to_the_need(name):
    assert people(name, 1) == PEOPLE[name]


@pytest.mark.parametrize("name", sorted(SMALLEST.keys() - {"rml"}))
def test_as_many_people_as_asked_are_drawn(name):
    assert people(name, 13) == 13


def people(name, count):
    return len({shot.person for shot in plan_of(name)(count, False).shots})


class TestBu4dfe:
    def test_women_and_men_take_part(self, small):
        videos = small("bu4dfe")[1].videos
        assert Counter(v.attributes["gender"] for v in videos) == {"female": 36, "male": 24}

    def test_the_viewer_is_skipped_and_one_mesh_has_no_picture(self, small):
        root, dataset = small("bu4dfe")
        assert (root / "BU_WrlViewer_V2").is_dir()
        assert dataset.left_out == {"mesh without the picture of its frame": 1}
        first = root / "F001/Angry"
        pictures, meshes = [*first.glob("*.jpg")], [*first.glob("*.wrl")]
        assert len(meshes) == len(pictures) + 1

    def test_sixty_subjects_are_there_at_full_count_only(self, small, whole):
        assert len(split(whole("bu4dfe")[1], "sub60").folds) == 10
        with pytest.raises(BenchError):
            split(small("bu4dfe")[1], "sub60")


class TestCkplus:
    def test_a_label_is_a_float_after_blanks(self, small):
        root, _ = small("ckplus")
        texts = {path.read_text() for path in root.rglob("*_emotion.txt")}
        assert texts == {f"   {code}.0000000e+00\n" for code in range(1, 8)}

    def test_the_label_is_named_for_the_last_frame_which_is_the_apex(self, small):
        root, dataset = small("ckplus")
        for video in dataset.videos:
            frames = len([*(root / video.path).glob("*.png")])
            assert video.apex == (frames - 1, frames)

    def test_folders_of_labels_are_empty_where_there_is_none(self, small):
        root, dataset = small("ckplus")
        empty = [path for path in root.glob("Emotion/S*/*") if not any(path.iterdir())]
        assert len(empty) == dataset.left_out["no emotion label"] == 11

    def test_the_whole_one_has_the_sequences_without_a_label_too(self, whole):
        root, dataset = whole("ckplus")
        assert len([*root.glob("cohn-kanade-images/S*/[0-9]*")]) == 593
        assert len([*root.glob("cohn-kanade-images/S*")]) == 123
        assert dataset.left_out == {"no emotion label": 266}


class TestOuluCasia:
    def test_the_tree_is_nested_and_synthetic_from_inside_too(self, small):
        root, _ = small("oulu-casia")
        top = root / "B_OriginalImg/OriginalImg"
        assert (top / "VL/Strong/P001/Anger/000.jpeg").is_file()
        assert is_synthetic(top)

    def test_the_other_conditions_are_left_out_and_counted(self, small, whole):
        conditions = ("VL/Weak", "VL/Dark", "NI/Strong", "NI/Weak", "NI/Dark")
        for made, count in ((small, 6), (whole, 480)):
            left_out = made("oulu-casia")[1].left_out
            assert left_out == {f"condition {name}": count for name in conditions}

    def test_the_whole_one_has_480_sequences_in_the_condition_that_is_used(self, whole):
        assert len(whole("oulu-casia")[1].videos) == 480


class TestCremaD:
    def test_the_clips_that_are_known_to_be_broken_are_kept(self, small, whole):
        for made in (small, whole):
            assert made("crema-d")[1].notes == (
                "Known by the distributor to be broken, and kept: 1064_IEO_DIS_MD, "
                "1064_TIE_SAD_XX, 1076_MTI_NEU_XX, 1076_MTI_SAD_XX.",
            )

    def test_the_sound_is_pointers_that_disturb_nobody(self, small):
        root, _ = small("crema-d")
        (sound, *_) = root.glob("AudioWAV/*.wav")
        assert sound.read_bytes().startswith(b"version https://git-lfs.github.com/spec/v1\n")

    def test_one_broken_clip_is_long_and_another_very_short(self):
        frames = {shot.path[11:-4]: shot.frames for shot in plan_of("crema-d")(1, False).shots}
        assert (frames["1064_IEO_DIS_MD"], frames["1076_MTI_NEU_XX"]) == ((100, 100), (2, 2))

    def test_a_pointer_in_the_place_of_a_video_is_refused(self, small, tmp_path):
        root, _ = small("crema-d")
        (pointer, *_) = root.glob("AudioWAV/*.wav")
        (tmp_path / "VideoFlash").mkdir()
        (tmp_path / "VideoFlash/1001_DFA_ANG_XX.flv").write_bytes(pointer.read_bytes())
        with pytest.raises(BenchError, match=r"1 files of .* are pointers of Git LFS, not videos"):
            open_dataset(entry_of("crema-d"), tmp_path)


class TestRavdess:
    def test_every_recording_is_there_with_sound_and_without(self, small):
        root, dataset = small("ravdess")
        assert dataset.left_out == {
            "other file of a recording": 54,
            "song": 1,
            "sound without picture": 1,
        }
        for video in dataset.videos:
            silent = root / video.path
            sounding = silent.with_name(f"01{silent.name[2:]}")
            assert silent.name.startswith("02-")
            assert sounding.read_bytes().startswith(silent.read_bytes())
            assert sounding.read_bytes() != silent.read_bytes()

    def test_an_actor_is_still_in_the_folder_of_the_archive(self, small):
        root, _ = small("ravdess")
        assert (root / "Video_Speech_Actor_05/Actor_05").is_dir()
        assert (root / "Actor_01").is_dir()

    def test_calm_is_a_class_of_its_own(self, small):
        labels = Counter(video.label for video in small("ravdess")[1].videos)
        assert (labels["calm"], labels["neutral"]) == (6, 6)

    def test_the_whole_one_has_two_files_of_every_recording(self, whole):
        root, _ = whole("ravdess")
        assert len([*root.rglob("*.mp4")]) == 2880


class TestRml:
    def test_some_speakers_have_a_folder_a_language(self, small):
        videos = small("rml")[1].videos
        languages = {
            name: {video.attributes.get("language") for video in videos if video.subject == name}
            for name in ("s1", "s2", "s7")
        }
        assert languages == {
            "s1": {None},
            "s2": {"English", "Mandarin"},
            "s7": {"Persian", "Italian"},
        }

    def test_files_are_in_upper_case_and_stray_ones_lie_beside(self, small):
        root, dataset = small("rml")
        assert (root / "rml-1/s3/AN1.AVI").is_file()
        assert (root / "rml-2/s7/Italian/Thumbs.db").is_file()
        assert dataset.left_out == {}

    def test_the_parts_of_the_whole_one_share_the_clips_as_published(self, whole):
        paths = [video.path for video in whole("rml")[1].videos]
        assert Counter(path[:5] for path in paths) == {"rml-1": 407, "rml-2": 313}


class TestEnterface05:
    def test_a_person_without_folders_of_sentences_is_left_out(self, small, whole):
        for made in (small, whole):
            root, dataset = made("enterface05")
            assert (root / "enterface database/subject 6/happiness/s6_ha.avi").is_file()
            assert dataset.left_out == {"subject 6: no sentence folders": 6}

    @pytest.mark.parametrize(
        "path",
        [
            "subject 11/anger/sentence 1/s12_an_1.avi",
            "subject 16/surprise/sentence 3/s16_su_3avi.avi",
            "subject 2/anger/sentence 1/s2_an_2.avi",
            "subject 2/anger/sentence 2/s2_an_1.avi",
            "subject 3/fear/sentence 1/s3_fe_1.avi",
            "subject 3/fear/sentence 2/s_3_fe_2.avi",
            "subject 1/anger/sentence 1/Thumbs.db",
        ],
    )
    def test_odd_names_are_there(self, small, whole, path):
        for made in (small, whole):
            assert (made("enterface05")[0] / "enterface database" / path).is_file()

    def test_a_person_is_happy_in_two_sentences_only(self, small, whole):
        for made in (small, whole):
            videos = made("enterface05")[1].videos
            happy = [v.id for v in videos if v.subject == "s23" and v.label == "happy"]
            assert happy == ["enterface05:s23/happiness/4", "enterface05:s23/happiness/5"]


class TestBaum1s:
    def test_the_acted_part_lies_beside_and_is_not_read(self, small):
        root, dataset = small("baum1s")
        assert len([*root.glob("BAUM1a_MP4_all/s001/*.mp4")]) == 7
        assert (root / "Annotations_BAUM1a.xlsx").is_file()
        assert {video.path.split("/")[0] for video in dataset.videos} == {"BAUM1s_MP4 - All"}

    def test_the_text_of_a_clip_is_at_odds_with_its_code(self, small, whole):
        for made in (small, whole):
            note, *_ = made("baum1s")[1].notes
            assert note == (
                "S015_007 has the code of happy and the text 'neutral'; the code counts."
            )

    def test_a_clip_has_no_line(self, small):
        assert small("baum1s")[1].left_out["no line in the annotations"] == 1

    def test_the_whole_one_has_the_clips_that_the_paper_counts(self, whole):
        _, dataset = whole("baum1s")
        without_line = dataset.left_out["no line in the annotations"]
        assert len(dataset.videos) + sum(dataset.left_out.values()) - without_line == 1222

    def test_the_sheet_tells_nothing_of_when_it_was_written(self):
        sheet = plan_of("baum1s")(5, False).files["Annotations_BAUM1s.xlsx"]
        with ZipFile(BytesIO(sheet)) as book:
            assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert book.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
