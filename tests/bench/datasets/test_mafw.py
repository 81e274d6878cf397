import pytest

from bench.datasets.mafw import CLASSES, load, load_compound
from bench.errors import BenchError
from bench.records import Video

NAMES = (
    "anger",
    "anxiety",
    "contempt",
    "disappointment",
    "disgust",
    "fear",
    "happiness",
    "helplessness",
    "neutral",
    "sadness",
    "surprise",
)
"""The distributor's, in the order of the canonical ones."""
LABELS = {f"{n:05}": NAMES[n % 11] for n in range(1, 67)}
COMPOUND = {f"{n:05}": ("sadness_anxiety_helplessness", "anger_disgust")[n % 2] for n in range(20)}


def fifths(labels):
    tests = [set() for _ in range(5)]
    for name in set(labels.values()):
        numbers = sorted(number for number, label in labels.items() if label == name)
        size, longer = divmod(len(numbers), 5)
        start = 0
        for k, test in enumerate(tests):
            stop = start + size + (k < longer)
            test.update(numbers[start:stop])
            start = stop
    return tests


def write_lists(root, labels=LABELS, *, part="single", caption=False, folds=range(1, 6)):
    """Lists by the rule: the k-th fifth of each class, the first ones longer."""
    home = root / "Train & Test Set" / part / ("with_caption" if caption else "no_caption")
    for k, test in enumerate(fifths(labels), start=1):
        if k not in folds:
            continue
        (home / f"set_{k}").mkdir(parents=True, exist_ok=True)
        for side in ("train", "test"):
            listed = [n for n in labels if (n in test) == (side == "test")]
            lines = [
                f"{n}.mp4\t{labels[n]}\t一个男人在笑\tA man smiles" if caption
                else f"{n}.mp4 {labels[n]}"
                for n in listed
            ]  # fmt: skip
            path = home / f"set_{k}" / f"{side}.txt"
            path.write_bytes("\n".join(lines).encode("gbk" if caption else "utf-8"))
    return home


def write_clips(root, numbers=LABELS, kind="clips", data="data"):
    for number in numbers:
        place = root / data / kind
        place.mkdir(parents=True, exist_ok=True)
        if kind == "clips":
            (place / f"{number}.mp4").write_bytes(b"")
        else:
            (place / number).mkdir()


def refusal(root, loader=load):
    with pytest.raises(BenchError) as error:
        loader(root)
    return str(error.value)


def test_a_listed_clip_becomes_a_video(tmp_path):
    write_lists(tmp_path)
    write_clips(tmp_path)
    dataset = load(tmp_path)
    assert dataset.name == "mafw"
    assert dataset.classes == CLASSES == tuple(sorted(CLASSES))
    assert dataset.videos[0] == Video(
        "mafw:00001", "data/clips/00001.mp4", "anxiety", attributes={"pixels": "clips"}
    )
    assert [video.id for video in dataset.videos] == [f"mafw:{number}" for number in LABELS]
    assert dataset.missing == dataset.left_out == {}
    assert dataset.notes == ("Frames are those of clips.",)


def test_the_eleven_names_are_the_eleven_classes_in_order(tmp_path):
    write_lists(tmp_path)
    write_clips(tmp_path)
    labels = {video.id: video.label for video in load(tmp_path).videos}
    assert tuple(labels[f"mafw:{n:05}"] for n in range(11, 22)) == CLASSES


def test_the_official_folds_test_the_fifths_of_each_class(tmp_path):
    write_lists(tmp_path)
    write_clips(tmp_path)
    folds = load(tmp_path).official["official-5-fold"]
    assert [len(fold.test) for fold in folds] == [22, 11, 11, 11, 11]
    assert set(folds[0].test) == {f"mafw:{n:05}" for n in range(1, 23)}
    assert all(len(fold.train) == 66 - len(fold.test) for fold in folds)


@pytest.mark.parametrize("data", ["data", "."])
def test_faces_are_preferred_to_frames_and_frames_to_clips(tmp_path, data):
    write_lists(tmp_path)
    for kind, suffix in {"clips": ".mp4", "frames": "", "faces": ""}.items():
        write_clips(tmp_path, kind=kind, data=data)
        dataset = load(tmp_path)
        prefix = "" if data == "." else "data/"
        assert dataset.videos[0].path == f"{prefix}{kind}/00001{suffix}"
        assert dataset.notes == (f"Frames are those of {kind}.",)
        assert dataset.videos[0].aligned == (kind == "faces")


@pytest.mark.parametrize("home", ["MAFW", "download/MAFW"])
def test_the_tree_may_lie_deeper(tmp_path, home):
    write_lists(tmp_path / home)
    write_clips(tmp_path / home)
    assert load(tmp_path).videos[0].path == f"{home}/data/clips/00001.mp4"


def test_lists_and_clips_may_be_nested_twice(tmp_path):
    write_lists(tmp_path / "Train & Test Set")
    write_clips(tmp_path, kind="clips", data="data/clips")
    assert load(tmp_path).videos[0].path == "data/clips/clips/00001.mp4"


def test_a_compound_class_is_its_names_sorted(tmp_path):
    write_lists(tmp_path, COMPOUND, part="compound")
    write_clips(tmp_path, COMPOUND)
    dataset = load_compound(tmp_path)
    assert dataset.name == "mafw-compound"
    assert dataset.classes == ("angry_disgust", "anxiety_helplessness_sad")
    assert dataset.videos[0].id == "mafw-compound:00000"
    assert dataset.videos[0].label == "anxiety_helplessness_sad"
    assert [len(fold.test) for fold in dataset.official["official-5-fold"]] == [4] * 5


def test_single_and_compound_lists_lie_side_by_side(tmp_path):
    write_lists(tmp_path)
    write_lists(tmp_path, COMPOUND, part="compound")
    write_clips(tmp_path, {*LABELS, *COMPOUND, "09999"})
    assert load(tmp_path).left_out == {"in no list": 2}
    assert load_compound(tmp_path).left_out == {"in no list": 48}


def test_lists_with_captions_are_not_read_beside_those_without(tmp_path):
    write_lists(tmp_path)
    write_lists(tmp_path, {"00001": "joy"}, caption=True)
    write_clips(tmp_path)
    assert len(load(tmp_path).videos) == 66


def test_lists_with_captions_alone_give_clips_and_no_official_folds(tmp_path):
    labels = {number: label for number, label in LABELS.items() if label != "neutral"}
    write_lists(tmp_path, labels, caption=True)
    write_clips(tmp_path)
    dataset = load(tmp_path)
    assert len(dataset.videos) == 60
    assert dataset.official == {}
    assert dataset.left_out == {"in no list": 6}
    assert dataset.notes[1] == (
        "Only lists with captions are there, which omit neutral clips: 60 clips are known, and "
        "there are no official folds."
    )


def test_absent_lists_are_made_by_the_rule(tmp_path):
    write_lists(tmp_path, folds=[2])
    write_clips(tmp_path)
    dataset = load(tmp_path)
    assert dataset.notes[1] == (
        "Lists made by the rule of the official split: train 1, train 3, train 4, train 5, "
        "test 1, test 3, test 4, test 5."
    )
    write_lists(tmp_path)
    assert load(tmp_path).official == dataset.official


def test_a_list_that_differs_from_the_rule_is_refused(tmp_path):
    home = write_lists(tmp_path)
    write_clips(tmp_path)
    path = home / "set_3" / "test.txt"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(lines[1:]))
    assert refusal(tmp_path) == (
        f"a list of dataset 'mafw' differs from the official split in 1 ids of fold 3, the first "
        f"is {lines[0][:5]!r}. Restore the distributor's files, or pass your own with --split."
    )


def test_all_that_is_wrong_with_the_lists_is_said_at_once(tmp_path):
    home = write_lists(tmp_path)
    path = home / "set_1" / "test.txt"
    path.write_text(
        "00001.mp4 joy\n../00002.mp4 anger\n00003.mp4 disgust disgust\n00004.mp4 anger_fear\n"
        "00005.mp4 happiness\n00006.mp4 happiness\n6.mp4 happiness\n00007\n"
    )
    (home / "set_2" / "test.txt").write_bytes("00001.mp4 高兴".encode("gbk"))
    (home / "set_3" / "test.txt").write_text("\n")
    assert refusal(tmp_path) == (
        "dataset 'mafw' has 9 problems:\n"
        f"  {path}, line 1: unknown label 'joy'\n"
        f"  {path}, line 2: '../00002.mp4 anger' is not like '00025.mp4 anger'\n"
        f"  {path}, line 3: '00003.mp4 disgust disgust' is not like '00025.mp4 anger'\n"
        f"  {path}, line 4: unknown label 'anger_fear'\n"
        f"  {path}, line 7: clip 00006 is listed twice\n"
        f"  {path}, line 8: '00007' is not like '00025.mp4 anger'\n"
        f"  {home / 'set_2' / 'test.txt'} cannot be read: it is no utf-8-sig text\n"
        f"  {home / 'set_3' / 'test.txt'} is empty\n"
        "  clip 00005 is fear in the train list of fold 5 and happy in another list\n"
        "Restore the distributor's files."
    )


@pytest.mark.parametrize("label", ["anger_anger", "anger_", "anger_joy", "_"])
def test_a_compound_label_of_no_distinct_names_is_a_problem(tmp_path, label):
    home = write_lists(tmp_path, COMPOUND, part="compound", folds=[1])
    path = home / "set_1" / "test.txt"
    path.write_text(f"00099.mp4 {label}")
    assert refusal(tmp_path, load_compound) == (
        "dataset 'mafw-compound' has 1 problem:\n"
        f"  {path}, line 1: unknown label {label!r}\n"
        "Restore the distributor's files."
    )


def test_a_folder_without_any_list_says_so(tmp_path):
    home = tmp_path / "Train & Test Set" / "single" / "no_caption"
    home.mkdir(parents=True)
    assert refusal(tmp_path) == (
        "dataset 'mafw' has 1 problem:\n"
        f"  {home} has no set_1/train.txt and no other list\n"
        "Restore the distributor's files."
    )


def test_a_listed_clip_that_lacks_stays_and_is_named(tmp_path):
    write_lists(tmp_path)
    write_clips(tmp_path)
    (tmp_path / "data" / "clips" / "00009.mp4").unlink()
    (tmp_path / "data" / "clips" / "00009.mp4").mkdir()
    dataset = load(tmp_path)
    assert len(dataset.videos) == 66
    assert dataset.missing == {"mafw:00009": "no clip at data/clips/00009.mp4"}


def test_clips_that_are_still_packed_are_named(tmp_path):
    write_lists(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "clips.zip").write_bytes(b"")
    assert refusal(tmp_path) == (
        f"dataset 'mafw' lists 66 videos and 66 of them are missing under {tmp_path}, the first is "
        f"'mafw:00001' (no clip at data/clips/00001.mp4). Unpack clips.zip."
    )


@pytest.mark.parametrize(("loader", "name"), [(load, "mafw"), (load_compound, "mafw-compound")])
def test_a_wrong_root_says_what_was_looked_for(tmp_path, loader, name):
    part = "compound" if loader is load_compound else "single"
    assert refusal(tmp_path, loader) == (
        f"dataset {name!r} not found under {tmp_path}: looked for "
        f"Train & Test Set/{part}/no_caption/ there and up to 3 folders deeper. "
        f"Check --root, or complete the download."
    )
