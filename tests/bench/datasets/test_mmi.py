import pytest

from bench.datasets.mmi import CLASSES, load
from bench.errors import BenchError
from bench.records import Video

PHASES = [(1, 0), (11, 1), (21, 2), (41, 3), (51, 0)]


def write_session(
    root, number, *, code="4", view="0", subject="1", video=True, markers=None, stem=None, last=None
):
    """One session folder; `markers`: (action unit, [(frame, type), ...]) pairs."""
    stem = stem or f"S{int(subject):03d}-{number:03d}"
    folder = root / "Sessions" / str(number)
    folder.mkdir(parents=True)
    names = [f"{stem}.xml", *([f"{stem}-oao_aucs.xml"] if markers is not None else [])]
    names += [last] if last else []
    listed = "".join(f'<annotation filename="{name}"/>' for name in names)
    (folder / "session.xml").write_text(
        f'<session><subject id="{subject}"/><track view="{view}">{listed}</track></session>'
    )
    tag = "" if code is None else f'<Metatag Name="Emotion" Value="{code}"/>'
    (folder / f"{stem}.xml").write_text(
        f'<recording><Metatag Name="Other" Value="1"/>{tag}</recording>'
    )
    if markers is not None:
        units = "".join(
            f'<ActionUnit Number="{unit}">'
            + "".join(f'<Marker Frame="{frame}" Type="{kind}"/>' for frame, kind in marks)
            + "</ActionUnit>"
            for unit, marks in markers
        )
        (folder / f"{stem}-oao_aucs.xml").write_text(f"<sheet><units>{units}</units></sheet>")
    if video:
        (folder / f"{stem}.avi").write_bytes(b"frames")
    return folder


def test_a_frontal_session_becomes_a_video(tmp_path):
    write_session(tmp_path, 117, subject="12", markers=[(12, PHASES)])
    assert load(tmp_path).videos == (
        Video(
            id="mmi:117/S012-117",
            path="Sessions/117/S012-117.avi",
            label="happy",
            subject="S012",
            attributes={"session": "117", "view": "frontal"},
            apex=(20, 40),
        ),
    )


def test_the_six_codes_are_the_six_classes_in_order(tmp_path):
    for code in range(1, 7):
        write_session(tmp_path, 100 + code, code=str(code))
    dataset = load(tmp_path)
    assert tuple(video.label for video in dataset.videos) == dataset.classes == CLASSES
    assert list(CLASSES) == sorted(CLASSES)


@pytest.mark.parametrize("code", ["7", "10", "16", "0"])
def test_other_codes_are_left_out_and_counted(tmp_path, code):
    write_session(tmp_path, 100, code=code)
    dataset = load(tmp_path)
    assert dataset.videos == ()
    assert dataset.left_out == {f"emotion code {code}": 1}


@pytest.mark.parametrize("code", [None, "", " "])
def test_a_session_without_emotion_is_left_out_and_counted(tmp_path, code):
    write_session(tmp_path, 100, code=code)
    assert load(tmp_path).left_out == {"no emotion tag": 1}


def test_a_session_with_action_units_only_is_left_out(tmp_path):
    folder = write_session(tmp_path, 100, markers=[(12, PHASES)])
    (folder / "S001-100.xml").unlink()
    (folder / "session.xml").write_text(
        '<session><subject id="1"/><track view="0">'
        '<annotation filename="S001-100-oao_aucs.xml"/></track></session>'
    )
    assert load(tmp_path).left_out == {"no emotion tag": 1}


def test_the_emotion_is_found_by_its_name_wherever_it_stands(tmp_path):
    folder = write_session(tmp_path, 100)
    (folder / "S001-100.xml").write_text(
        '<r><Metatag Name="Emotion" Value="6"/><Metatag Name="View" Value="1"/></r>'
    )
    assert load(tmp_path).videos[0].label == "surprise"


def test_a_profile_view_is_left_out_and_counted(tmp_path):
    write_session(tmp_path, 100, view="1")
    assert load(tmp_path).left_out == {"profile view": 1}


def test_an_unknown_view_is_left_out_and_counted(tmp_path):
    write_session(tmp_path, 100, view="3")
    assert load(tmp_path).left_out == {"unknown view '3'": 1}


def test_a_dual_view_keeps_both_panes_and_is_never_turned(tmp_path):
    write_session(tmp_path, 100, view="2")
    (video,) = load(tmp_path).videos
    assert (video.panes, video.rotation, video.attributes["view"]) == (2, 0, "dual")


def test_a_frontal_session_whose_last_annotation_has_no_markers_lies_on_its_side(tmp_path):
    write_session(tmp_path, 100, markers=[(12, PHASES)])
    write_session(tmp_path, 101)
    write_session(tmp_path, 102, markers=[(12, PHASES)], last="S001-102-other.xml")
    assert [video.rotation for video in load(tmp_path).videos] == [0, 90, 90]


def test_a_session_of_still_images_is_left_out_and_counted(tmp_path):
    folder = write_session(tmp_path, 100, video=False)
    (folder / "S001-100-1.JPG").write_bytes(b"")
    assert load(tmp_path).left_out == {"still images": 1}


@pytest.mark.parametrize("sign", ["wave file", "audio track"])
def test_a_session_with_sound_is_left_out_and_counted(tmp_path, sign):
    folder = write_session(tmp_path, 100)
    if sign == "wave file":
        (folder / "S001-100.wav").write_bytes(b"")
    else:
        text = (folder / "session.xml").read_text()
        (folder / "session.xml").write_text(
            text.replace("</session>", '<track type="Audio"/></session>')
        )
    assert load(tmp_path).left_out == {"audio-visual session": 1}


def test_a_session_without_its_video_is_missing_by_name(tmp_path):
    write_session(tmp_path, 99)
    folder = write_session(tmp_path, 100, video=False)
    dataset = load(tmp_path)
    assert len(dataset.videos) == 1
    assert dataset.missing == {"mmi:100": f"{folder / 'S001-100.avi'} is missing"}


def test_a_video_that_is_a_link_out_of_the_root_or_a_folder_is_missing_by_name(
    tmp_path, tmp_path_factory
):
    outside = tmp_path_factory.mktemp("outside") / "film.avi"
    outside.write_bytes(b"frames")
    linked = write_session(tmp_path, 100, video=False) / "S001-100.avi"
    linked.symlink_to(outside)
    made = write_session(tmp_path, 101, video=False) / "S001-101.avi"
    made.mkdir()
    assert load(tmp_path).missing == {
        "mmi:100": f"{linked} is a link that leaves the root",
        "mmi:101": f"{made} is no file",
    }


def test_numbers_that_no_person_or_frame_has_are_passed_over(tmp_path):
    endless = "9" * 5000
    folder = write_session(tmp_path, 100, markers=[(12, PHASES), (endless, PHASES)])
    session = folder / "session.xml"
    session.write_text(session.read_text().replace('id="1"', f'id="{endless}"'))
    markers = folder / "S001-100-oao_aucs.xml"
    markers.write_text(markers.read_text().replace('Frame="1"', f'Frame="{endless}"', 1))
    (video,) = load(tmp_path).videos
    assert video.subject == "S001"
    assert video.apex == (20, 40)


def test_an_emotion_file_that_is_listed_and_absent_is_named(tmp_path):
    folder = write_session(tmp_path, 100)
    (folder / "S001-100.xml").unlink()
    assert load(tmp_path).missing == {
        "mmi:100": f"{folder / 'S001-100.xml'} is listed in session.xml and missing"
    }


@pytest.mark.parametrize("name", ["session.xml", "S001-100.xml"])
def test_a_malformed_file_is_named_and_stops_nothing(tmp_path, name):
    write_session(tmp_path, 99)
    folder = write_session(tmp_path, 100)
    (folder / name).write_text("<session><subject")
    dataset = load(tmp_path)
    assert len(dataset.videos) == 1
    assert dataset.missing["mmi:100"].startswith(f"{folder / name} is no XML that can be read: ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_with_entities_is_refused_before_they_grow(tmp_path, encoding):
    folder = write_session(tmp_path, 100)
    levels = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 12))
    (folder / "session.xml").write_text(
        f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE s [<!ENTITY e0 "a">{levels}]>'
        f"<session>&e11;</session>",
        encoding=encoding,
    )
    assert load(tmp_path).missing == {
        "mmi:100": f"{folder / 'session.xml'} is no XML that can be read: a DOCTYPE (s), which "
        f"MMI's files do not have"
    }


def test_two_emotions_in_one_file_are_named(tmp_path):
    folder = write_session(tmp_path, 100)
    (folder / "S001-100.xml").write_text(
        '<r><Metatag Name="Emotion" Value="6"/><Metatag Name="Emotion" Value="1"/></r>'
    )
    assert load(tmp_path).missing == {
        "mmi:100": f"{folder / 'S001-100.xml'} has several emotions: 1, 6"
    }


def test_a_path_in_an_xml_file_never_leaves_its_session(tmp_path):
    outside = write_session(tmp_path / "outside", 7)
    folder = write_session(tmp_path / "tree", 100)
    (folder / "S001-100.xml").unlink()
    (folder / "session.xml").write_text(
        '<session><subject id="1"/><track view="0">'
        f'<annotation filename="../../../outside/Sessions/7/S001-007.xml"/>'
        f'<annotation filename="{outside}/S001-007.xml"/></track></session>'
    )
    dataset = load(tmp_path / "tree")
    assert dataset.videos == ()
    assert dataset.left_out == {"no emotion tag": 1}


def test_without_a_person_in_the_session_the_file_names_the_subject(tmp_path):
    folder = write_session(tmp_path, 100, subject="31")
    text = (folder / "session.xml").read_text().replace('<subject id="31"/>', "")
    (folder / "session.xml").write_text(text)
    assert load(tmp_path).videos[0].subject == "S031"


def test_the_apex_is_where_all_action_units_are_at_theirs(tmp_path):
    early = [(1, 0), (5, 1), (11, 2), (31, 3), (41, 0)]
    late = [(1, 0), (15, 1), (21, 2), (51, 3), (61, 0)]
    write_session(tmp_path, 100, markers=[(6, early), (12, late)])
    assert load(tmp_path).videos[0].apex == (20, 30)


def test_action_units_that_never_meet_span_the_apex_together(tmp_path):
    early = [(1, 0), (5, 1), (11, 2), (15, 3), (20, 0)]
    late = [(1, 0), (15, 1), (21, 2), (51, 3), (61, 0)]
    write_session(tmp_path, 100, markers=[(6, early), (12, late)])
    assert load(tmp_path).videos[0].apex == (10, 50)


@pytest.mark.parametrize(
    "unit",
    [
        (45, [(1, 0), (2, 1), (3, 2), (4, 3), (5, 0)]),
        ("46L", [(1, 0), (2, 1), (3, 2), (4, 3), (5, 0)]),
        (4, [(1, 0), (2, 1), (3, 2)]),
        (4, [(1, 0), (2, 1), (9, 2), (4, 3), (12, 0)]),
        (4, [(1, 0), (2, 1), ("x", 2), (4, 3)]),
    ],
    ids=["blink", "number with a side", "no offset", "offset before apex", "frame is no number"],
)
def test_an_action_unit_that_says_nothing_of_the_apex_is_skipped(tmp_path, unit):
    write_session(tmp_path, 100, markers=[unit, (12, PHASES)])
    assert load(tmp_path).videos[0].apex == (20, 40)


def test_malformed_markers_cost_the_apex_only_and_are_named(tmp_path):
    folder = write_session(tmp_path, 100, markers=[(12, PHASES)])
    (folder / "S001-100-oao_aucs.xml").write_text("<sheet>")
    dataset = load(tmp_path)
    assert dataset.videos[0].apex is None
    ((reason, count),) = dataset.left_out.items()
    assert reason.startswith(f"apex markers: {folder / 'S001-100-oao_aucs.xml'} is no XML")
    assert count == 1


@pytest.mark.parametrize("inside", ["", "Sessions", ".."])
def test_the_root_may_be_the_tree_its_sessions_or_the_folder_around_it(tmp_path, inside):
    tree = tmp_path / "around" / "mmi-download"
    write_session(tree, 100)
    root = (tree / inside).resolve()
    (video,) = load(root).videos
    assert (root / video.path).is_file()


def test_two_downloads_in_one_root_are_named(tmp_path):
    write_session(tmp_path / "a", 100)
    write_session(tmp_path / "b", 101)
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"{tmp_path} holds 2 downloads of MMI: a/Sessions, b/Sessions. Pass one of them with "
        f"--root, or move all sessions into one Sessions folder."
    )


def test_a_wrong_root_says_what_was_looked_for(tmp_path):
    with pytest.raises(BenchError) as error:
        load(tmp_path)
    assert str(error.value) == (
        f"dataset 'mmi' not found under {tmp_path}: looked for Sessions/ there and one folder "
        f"deeper. Check --root, or complete the download."
    )


def test_an_archive_that_is_still_packed_is_named(tmp_path):
    (tmp_path / "mmi.zip").write_bytes(b"")
    with pytest.raises(BenchError, match=r"Unpack mmi\.zip\.$"):
        load(tmp_path)


def test_videos_are_sorted_by_id_and_ids_are_unique(tmp_path):
    for number in (1000, 200, 30):
        write_session(tmp_path, number, stem="S001-001")
    ids = [video.id for video in load(tmp_path).videos]
    assert ids == sorted(set(ids))
    assert len(ids) == 3


def test_other_things_beside_the_sessions_are_ignored(tmp_path):
    write_session(tmp_path, 100)
    (tmp_path / "Sessions" / "Thumbs.db").write_bytes(b"")
    (tmp_path / "Sessions" / "notes").mkdir()
    (tmp_path / "SYNTHETIC").write_text("drawn")
    assert len(load(tmp_path).videos) == 1
