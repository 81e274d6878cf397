import pytest

from bench import protocols
from bench.audit import audit
from bench.datasets.afew import CLASSES, load
from bench.errors import BenchError
from bench.records import Fold, Video

FOLDERS = ("Angry", "Disgust", "Fear", "Happy", "Neutral", "Sad", "Surprise")
REMEDY = "Restore the organisers' files, or remove what is not theirs."
FACES = "Train_AFEW/AlignedFaces_LBPTOP_Points/Faces"
XML = """<Clips>
  <Clip><Name>000000001.avi</Name><Start>000000099</Start>
    <Film MovieTitle="Deja Vu"/><Person NameOfActor="B. Two"/><Person NameOfActor="A. One"/></Clip>
  <Clip Name="000000003" MovieTitle="21" NameOfActor="J. Sturgess"><Length>61</Length></Clip>
  <Clip Name="999999999" MovieTitle="Unknown"/>
</Clips>"""


def clip(root, name):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"frames")
    return path


@pytest.fixture
def root(tmp_path):
    """Ids 000000001 … 7 in Train and 000000011 … 17 in Val, a clip a class."""
    for number, name in enumerate(FOLDERS, start=1):
        clip(tmp_path, f"Train_AFEW/{name}/{number:09d}.avi")
        clip(tmp_path, f"Val_AFEW/{name}/{number + 10:09d}.avi")
    return tmp_path


def refusal(root):
    with pytest.raises(BenchError) as error:
        load(root)
    return str(error.value)


def video_of(dataset, id):
    return next(video for video in dataset.videos if video.id == id)


def test_a_clip_becomes_a_video_keyed_by_its_split(root):
    assert load(root).videos[0] == Video(
        id="afew:train/000000001",
        path="Train_AFEW/Angry/000000001.avi",
        label="angry",
        attributes={"split": "train", "pixels": "video"},
    )


def test_the_seven_folders_are_the_seven_classes(root):
    dataset = load(root)
    assert tuple(video.label for video in dataset.videos) == CLASSES * 2
    assert dataset.classes == CLASSES == tuple(sorted(CLASSES))


def test_the_official_fold_trains_on_train_and_tests_on_val(root):
    assert load(root).official == {
        "official": (
            Fold(
                0,
                tuple(f"afew:train/{number:09d}" for number in range(1, 8)),
                tuple(f"afew:val/{number:09d}" for number in range(11, 18)),
            ),
        )
    }


def test_an_id_of_both_splits_is_two_videos_and_noted(root):
    clip(root, "Train_AFEW/Sad/001703120.avi")
    clip(root, "Val_AFEW/Happy/001703120.avi")
    clip(root, "Train_AFEW/Disgust/005153760.avi")
    clip(root, "Val_AFEW/Surprise/005153760.avi")
    dataset = load(root)
    assert video_of(dataset, "afew:train/001703120").label == "sad"
    assert video_of(dataset, "afew:val/001703120").label == "happy"
    assert dataset.notes == ("In Train and in Val, as different videos: 001703120, 005153760.",)
    assert dataset.doubles == (
        ("afew:train/001703120", "afew:val/001703120"),
        ("afew:train/005153760", "afew:val/005153760"),
    )


def test_ids_that_the_organisers_ship_twice_are_known_and_a_third_one_blocks(root):
    for name in ("001703120", "005153760"):
        clip(root, f"Train_AFEW/Sad/{name}.avi")
        clip(root, f"Val_AFEW/Happy/{name}.avi")
    dataset = load(root)
    found = audit(protocols.split(dataset, "official"), dataset)
    assert [finding.text for finding in found if finding.kind == "known"] == [
        f"'afew:train/{name}' is in train and 'afew:val/{name}' in test of fold 1 of 'official', "
        f"as the distributor ships them."
        for name in ("001703120", "005153760")
    ]
    clip(root, "Val_AFEW/Fear/000000001.avi")
    dataset = load(root)
    with pytest.raises(BenchError) as error:
        audit(protocols.split(dataset, "official"), dataset)
    assert str(error.value) == (
        "'afew:train/000000001' is in train and 'afew:val/000000001' in test of fold 1 of "
        "'official': the distributor gives them one name, and the protocol does not list them as "
        "known. Restore the distributor's files, or mend the split."
    )


@pytest.mark.parametrize("names", [("Train", "Val"), ("train", "VAL_AFEW")])
def test_the_splits_may_have_other_names(root, names):
    (root / "Train_AFEW").rename(root / names[0])
    (root / "Val_AFEW").rename(root / names[1])
    assert len(load(root).videos) == 14


def test_a_split_that_was_unpacked_into_itself_is_found(root):
    (root / "Train_AFEW").rename(root / "inner")
    (root / "Train_AFEW").mkdir()
    (root / "inner").rename(root / "Train_AFEW/Train")
    assert load(root).videos[0].path == "Train_AFEW/Train/Angry/000000001.avi"


def test_test_has_no_labels_and_is_counted(root):
    clip(root, "Test_AFEW/000000021.avi")
    clip(root, "Test_AFEW/more/000000022.avi")
    dataset = load(root)
    assert dataset.left_out == {"clip of Test, which has no labels": 2}
    assert len(dataset.videos) == 14


@pytest.mark.parametrize(
    "folder",
    [
        FACES,
        "Train_AFEW/Faces",
        "Train_AFEW/AlignedFaces_LBPTOP_Points",
        "Train_AFEW/AlignedFaces_LBPTOP_Points/AlignedFaces_LBPTOP_Points/Faces",
        "Train_AFEW/AlignedFaces_LBPTOP_Points/AlignedFaces_LBPTOP_Points/Angry",
        "Train_AFEW/AlignedFaces_LBPTOP_Points/Faces/Angry",
        "AlignedFaces_LBPTOP_Points/Faces",
    ],
)
def test_aligned_faces_are_preferred_wherever_they_were_unpacked(root, folder):
    clip(root, f"{folder}/000000001/1.jpg")
    dataset = load(root)
    video = dataset.videos[0]
    assert video.path == f"{folder}/000000001"
    assert video.attributes["pixels"] == "aligned"
    assert dataset.notes == (
        "Pixels are the aligned faces of 1 clips, and the .avi of 13 without any.",
    )
    assert dataset.left_out == {}


def test_the_aligned_faces_of_val_are_those_of_val(root):
    clip(root, "Val_AFEW/AlignedFaces_LBPTOP_Points_Val/Faces/000000011/1.jpg")
    video = video_of(load(root), "afew:val/000000011")
    assert video.path == "Val_AFEW/AlignedFaces_LBPTOP_Points_Val/Faces/000000011"


def test_a_clip_without_a_face_falls_back_to_its_video(root):
    clip(root, f"{FACES}/000000001/1.jpg")
    (root / FACES / "000000002").mkdir()
    dataset = load(root)
    assert [video.attributes["pixels"] for video in dataset.videos[:3]] == [
        "aligned",
        "video",
        "video",
    ]
    assert dataset.videos[1].path == "Train_AFEW/Disgust/000000002.avi"


def test_aligned_faces_alone_need_a_class(root):
    clip(root, f"{FACES}/000000008/1.jpg")
    clip(root, f"{FACES}/Anger/000000009/1.jpg")
    dataset = load(root)
    assert dataset.left_out == {"aligned faces of no clip": 1}
    assert video_of(dataset, "afew:train/000000009") == Video(
        id="afew:train/000000009",
        path=f"{FACES}/Anger/000000009",
        label="angry",
        attributes={"split": "train", "pixels": "aligned"},
        aligned=True,
    )
    assert len(dataset.videos) == 15


@pytest.mark.parametrize("place", ["Train_AFEW", "."])
def test_film_and_actor_come_from_the_xml_file(root, place):
    (root / place / "Train_6.xml").write_text(XML)
    dataset = load(root)
    found = [(video.group, video.attributes.get("actor")) for video in dataset.videos[:4]]
    assert found == [
        ("Deja Vu", "A. One, B. Two"),
        (None, None),
        ("21", "J. Sturgess"),
        (None, None),
    ]
    assert {video.subject for video in dataset.videos} == {None}


def test_xml_with_entities_is_refused_before_they_grow(root):
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    (root / "Val_AFEW/Val_6.xml").write_text(
        f'<!DOCTYPE s [<!ENTITY e0 "a">{levels}]><Clips>&e11;</Clips>'
    )
    assert refusal(root) == (
        "dataset 'afew' has 1 problem:\n"
        "  'Val_AFEW/Val_6.xml' is no XML that can be read: a DOCTYPE (s), which AFEW's files do "
        f"not have\n{REMEDY}"
    )


def test_broken_xml_is_refused(root):
    (root / "Val_AFEW/Val_6.xml").write_text("<Clips><Clip")
    assert refusal(root) == (
        "dataset 'afew' has 1 problem:\n"
        "  'Val_AFEW/Val_6.xml' is no XML that can be read: unclosed token: line 1, column 7\n"
        f"{REMEDY}"
    )


def test_everything_that_is_wrong_is_said_at_once(root):
    clip(root, "Train_AFEW/Contempt/000000020.avi")
    clip(root, "Train_AFEW/Sad/000000001.avi")
    clip(root, f"{FACES}/Fear/000000002/1.jpg")
    (root / "Val_AFEW/Fear/000000013.avi").unlink()
    assert refusal(root) == (
        "dataset 'afew' has 4 problems:\n"
        "  'Train_AFEW/Contempt' holds 1 clips and names no class of AFEW\n"
        "  'Train_AFEW/Sad/000000001.avi' and 'Train_AFEW/Angry/000000001.avi' are both clip "
        "000000001\n"
        "  clip train/000000002 is disgust by 'Train_AFEW/Disgust/000000002.avi' and fear by "
        f"'{FACES}/Fear/000000002'\n"
        f"  'Val_AFEW' has no clip of fear\n{REMEDY}"
    )


def test_a_split_that_is_there_twice_is_refused(root):
    clip(root, "Train/Angry/000000001.avi")
    assert refusal(root).splitlines()[1] == "  train is there twice: 'Train' and 'Train_AFEW'"


def test_files_of_other_names_are_left_out_and_counted(root):
    clip(root, "Train_AFEW/Angry/46280.avi")
    clip(root, "Train_AFEW/Angry/000000001\n.avi")
    clip(root, "Train_AFEW/Angry/Thumbs.db")
    assert load(root).left_out == {"file name that is no clip's": 2}


@pytest.mark.parametrize("split", ["Train_AFEW", "Val_AFEW"])
def test_a_split_that_is_still_packed_is_named(root, split):
    (root / split).rename(root / "elsewhere")
    (root / f"{split}.zip").touch()
    assert refusal(root) == (
        f"dataset 'afew' not found under {root}: looked for Train_AFEW/ and Val_AFEW/ (or Train/ "
        f"and Val/) there and up to 3 folders deeper. Unpack {split}.zip."
    )


def test_empty_splits_are_refused(tmp_path):
    for split in ("Train", "Val"):
        (tmp_path / split).mkdir()
    classes = ", ".join(CLASSES)
    assert refusal(tmp_path) == (
        "dataset 'afew' has 2 problems:\n"
        f"  'Train' has no clip of {classes}\n  'Val' has no clip of {classes}\n{REMEDY}"
    )


def test_a_root_that_cannot_be_read_is_refused(tmp_path):
    root = tmp_path / ("x" * 300)
    assert refusal(root) == (
        f"dataset 'afew': {root} cannot be read: File name too long. Mend its rights or copy it "
        f"again from its source."
    )


def test_links_that_leave_the_root_are_refused(root, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    clip(outside, "000000001/1.jpg")
    (root / FACES).mkdir(parents=True)
    (root / FACES / "000000001").symlink_to(outside / "000000001")
    (root / "Val_AFEW/Angry/000000020.avi").symlink_to(outside / "000000001/1.jpg")
    assert refusal(root) == (
        "dataset 'afew' has 2 problems:\n"
        f"  '{FACES}/000000001' is a link that leaves the root\n"
        f"  'Val_AFEW/Angry/000000020.avi' is a link that leaves the root\n{REMEDY}"
    )


@pytest.mark.parametrize("kind", ["folder", "link to nothing", "link to itself"])
def test_what_is_named_like_a_clip_and_is_no_file_stays_and_is_missing(root, kind):
    path = root / "Val_AFEW/Angry/000000020.avi"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(path if kind == "link to itself" else root / "gone.avi")
    dataset = load(root)
    assert dataset.missing == {"afew:val/000000020": "Val_AFEW/Angry/000000020.avi is no file"}
    assert "afew:val/000000020" in dataset.official["official"][0].test
