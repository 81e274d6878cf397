import pytest

from bench.datasets.crema_d import BROKEN, CLASSES, load
from bench.errors import BenchError
from bench.protocols import blocks
from bench.records import Video

REMEDY = "Run `git lfs pull` in the clone, or copy the distributor's files again."
STUB = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 700000\n"


def protocol() -> blocks.Shipped:
    file = blocks.shipped("crema-d", "blocks-5-fold")
    assert file
    return file


def clip(root, stem, content=b"FLV\x01"):
    path = root / "VideoFlash" / f"{stem}.flv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


@pytest.fixture
def root(tmp_path):
    for actor in range(1001, 1092):
        clip(tmp_path, f"{actor}_DFA_ANG_XX")
    return tmp_path


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def test_a_file_name_becomes_a_video(tmp_path):
    clip(tmp_path, "1001_IEO_HAP_LO")
    assert load(tmp_path).videos == (
        Video(
            id="crema-d:1001_IEO_HAP_LO",
            path="VideoFlash/1001_IEO_HAP_LO.flv",
            label="happy",
            subject="1001",
            attributes={"sentence": "IEO", "intensity": "low"},
        ),
    )


def test_the_six_codes_are_the_six_classes(tmp_path):
    for code in ("ANG", "DIS", "FEA", "HAP", "NEU", "SAD"):
        clip(tmp_path, f"1001_DFA_{code}_XX")
    assert tuple(video.label for video in load(tmp_path).videos) == CLASSES


def test_the_four_codes_of_intensity_are_words(tmp_path):
    for code in ("LO", "MD", "HI", "XX"):
        clip(tmp_path, f"1001_DFA_ANG_{code}")
    found = {video.id[-2:]: video.attributes["intensity"] for video in load(tmp_path).videos}
    assert found == {"LO": "low", "MD": "medium", "HI": "high", "XX": "unspecified"}


def test_five_blocks_of_consecutive_actors_are_tested(root):
    dataset = load(root)
    folds = blocks.folds(protocol(), dataset) or ()
    actors = [sorted(id[8:12] for id in fold.test) for fold in folds]
    assert [len(block) for block in actors] == [18, 18, 18, 18, 19]
    assert [block[0] for block in actors] == ["1001", "1019", "1037", "1055", "1073"]
    assert actors[4][-1] == "1091"
    assert all(
        sorted((*fold.train, *fold.test)) == [v.id for v in dataset.videos] for fold in folds
    )
    assert dataset.notes == ()


def test_one_actor_of_every_block_is_enough(tmp_path):
    for actor in (1018, 1019, 1054, 1055, 1091):
        clip(tmp_path, f"{actor}_DFA_ANG_XX")
    folds = blocks.folds(protocol(), load(tmp_path)) or ()
    assert [fold.test[0][8:12] for fold in folds] == ["1018", "1019", "1054", "1055", "1091"]


def test_the_four_broken_clips_are_kept_and_named(root):
    for stem in BROKEN:
        clip(root, stem)
    dataset = load(root)
    assert len(dataset.videos) == 95
    assert dataset.notes == (
        "Known by the distributor to be broken, and kept: 1064_IEO_DIS_MD, 1064_TIE_SAD_XX, "
        "1076_MTI_NEU_XX, 1076_MTI_SAD_XX.",
    )


def test_pointers_of_git_lfs_are_named_with_their_remedy(root):
    clip(root, "1001_DFA_ANG_XX", STUB)
    clip(root, "1002_DFA_ANG_XX", STUB)
    assert refusal(root) == (
        f"dataset 'crema-d' has 1 problem:\n"
        f"  2 files of {root / 'VideoFlash'} are pointers of Git LFS, not videos: "
        f"1001_DFA_ANG_XX.flv, 1002_DFA_ANG_XX.flv\n{REMEDY}"
    )


def test_many_pointers_are_one_problem(root):
    for path in (root / "VideoFlash").iterdir():
        path.write_bytes(STUB)
    lines = refusal(root).splitlines()
    assert len(lines) == 3
    assert lines[1].startswith(f"  91 files of {root / 'VideoFlash'} are pointers of Git LFS")
    assert lines[1].endswith("and 81 more")


def test_an_unknown_code_is_named_with_its_file(root):
    clip(root, "1001_DFA_CAL_XX")
    clip(root, "1001_DFA_SAD_UP")
    assert refusal(root) == (
        f"dataset 'crema-d' has 2 problems:\n"
        f"  'VideoFlash/1001_DFA_CAL_XX.flv': emotion 'CAL' is none of ANG, DIS, FEA, HAP, NEU, "
        f"SAD\n"
        f"  'VideoFlash/1001_DFA_SAD_UP.flv': intensity 'UP' is none of LO, MD, HI, XX\n{REMEDY}"
    )


def test_files_of_other_names_are_left_out_and_counted(root):
    clip(root, "copy of 1001_DFA_ANG_XX")
    clip(root, "\u0661001_DFA_ANG_XX")
    (root / "VideoFlash" / "notes.txt").touch()
    dataset = load(root)
    assert dataset.left_out == {"file name that is no clip's": 2}
    assert len(dataset.videos) == 91


@pytest.mark.parametrize("inside", ["", "VideoFlash", ".."])
def test_the_root_may_be_the_clone_its_videos_or_the_folder_around_it(tmp_path, inside):
    clip(tmp_path / "around" / "CREMA-D", "1001_DFA_ANG_XX")
    root = (tmp_path / "around" / "CREMA-D" / inside).resolve()
    (video,) = load(root).videos
    assert (root / video.path).is_file()


def test_a_wrong_root_says_what_was_looked_for(tmp_path):
    assert refusal(tmp_path) == (
        f"dataset 'crema-d' not found under {tmp_path}: looked for VideoFlash/ there and up to 3 "
        f"folders deeper. Check --root, or complete the download."
    )


def test_an_empty_folder_is_refused(tmp_path):
    (tmp_path / "VideoFlash").mkdir()
    assert refusal(tmp_path) == (
        f"dataset 'crema-d' has 1 problem:\n"
        f"  {tmp_path / 'VideoFlash'} has no file like 1001_DFA_ANG_XX.flv\n{REMEDY}"
    )


def test_a_root_that_cannot_be_read_is_refused(tmp_path):
    root = tmp_path / ("x" * 300)
    assert refusal(root) == (
        f"dataset 'crema-d': {root} cannot be read: File name too long. Mend its rights or copy it "
        f"again from its source."
    )


def test_a_link_that_leaves_the_root_is_refused(root, tmp_path_factory):
    outside = clip(tmp_path_factory.mktemp("outside"), "1001_DFA_SAD_XX")
    (root / "VideoFlash/1001_DFA_SAD_XX.flv").symlink_to(outside)
    assert refusal(root) == (
        f"dataset 'crema-d' has 1 problem:\n"
        f"  'VideoFlash/1001_DFA_SAD_XX.flv' is a link that leaves the root\n{REMEDY}"
    )


@pytest.mark.parametrize("kind", ["folder", "link to nothing"])
def test_what_is_named_like_a_clip_and_is_no_file_stays_and_is_missing(root, kind):
    path = root / "VideoFlash/1001_DFA_SAD_XX.flv"
    path.mkdir() if kind == "folder" else path.symlink_to(root / "gone")
    dataset = load(root)
    assert dataset.missing == {
        "crema-d:1001_DFA_SAD_XX": "VideoFlash/1001_DFA_SAD_XX.flv is no file"
    }
    assert len(dataset.videos) == 92


def test_a_tree_that_lacks_most_of_its_files_is_refused(tmp_path):
    (tmp_path / "VideoFlash/1001_DFA_SAD_XX.flv").mkdir(parents=True)
    assert refusal(tmp_path) == (
        f"dataset 'crema-d' lists 1 videos and 1 of them are missing under {tmp_path}, the first "
        f"is 'crema-d:1001_DFA_SAD_XX' (VideoFlash/1001_DFA_SAD_XX.flv is no file). Check --root, "
        f"or complete the download."
    )
