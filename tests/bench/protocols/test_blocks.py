import json
import shutil
from dataclasses import replace

import pytest

from bench.datasets import splits
from bench.errors import BenchError
from bench.protocols import blocks, freeze, split
from bench.records import Dataset, Video

SIXTY = [f"{sex}{number:03d}" for sex in "FM" for number in range(1, 31)]
PEOPLE = [*(f"F{n:03d}" for n in range(1, 59)), *(f"M{n:03d}" for n in range(1, 44))]
MMI = [1, 2, 3, 5, 6, 15, 16, 21, 28, *range(30, 38), *range(39, 51), 53, 54]
PERSONS = [f"s{number:02d}" for number in range(1, 45) if number != 6]
RULES = {
    ("bu4dfe", "sub60"): splits.every_nth(SIXTY, 10),
    ("bu4dfe", "subject-10-fold"): splits.every_nth(PEOPLE, 10),
    ("mmi", "subject-10-fold"): splits.every_nth([f"S{n:03d}" for n in MMI], 10),
    ("oulu-casia", "subject-10-fold"): splits.runs([f"P{n:03d}" for n in range(1, 81)], [8] * 10),
    ("ravdess", "blocks-6-fold"): splits.runs([f"Actor_{n:02d}" for n in range(1, 25)], [4] * 6),
    ("crema-d", "blocks-5-fold"): splits.runs(
        [str(n) for n in range(1001, 1092)], [18, 18, 18, 18, 19]
    ),
    ("enterface05", "blocks-5-fold"): splits.runs(PERSONS, [9, 9, 9, 9, 7]),
    ("baum1s", "speaker-5-fold"): splits.every_nth([f"s{n:03d}" for n in range(1, 32)], 5),
}
"""How each file says that its blocks were made."""


def file(dataset, protocol):
    found = blocks.shipped(dataset, protocol)
    assert found
    return found


def faces(name, subjects):
    videos = (
        Video(f"{name}:{subject}-{label}", "x", label, subject)
        for subject in subjects
        for label in ("happy", "sad")
    )
    return Dataset(name, ("happy", "sad"), tuple(sorted(videos, key=lambda video: video.id)))


@pytest.mark.parametrize(("dataset", "protocol"), RULES)
def test_the_blocks_of_every_file_are_those_of_its_rule(dataset, protocol):
    found = file(dataset, protocol)
    assert [list(block) for block in found.blocks] == RULES[dataset, protocol]
    assert (found.dataset, found.protocol) == (dataset, protocol)
    assert found.rule


def test_every_file_is_read_and_named():
    listed = {(name, protocol) for protocol, sets in blocks.every().items() for name in sets}
    assert listed == set(RULES)
    paths = {(path.parent.name, path.stem) for path in blocks.FOLDER.glob("*/*.json")}
    assert paths - listed == {("afew", "official")}


def test_the_two_names_that_afew_ships_twice_are_known_overlaps():
    found = file("afew", "official")
    assert found.overlaps == (
        ("afew:train/001703120", "afew:val/001703120"),
        ("afew:train/005153760", "afew:val/005153760"),
    )
    assert blocks.names("afew") == []


def test_a_name_that_leads_to_a_file_by_another_way_is_none():
    elsewhere = blocks.FOLDER / "mmi" / "subject-10-fold"
    for name in ("./subject-10-fold", "../mmi/subject-10-fold", str(elsewhere)):
        assert blocks.shipped("mmi", name) is None


def test_a_changed_file_is_refused(tmp_path, monkeypatch):
    shutil.copytree(blocks.FOLDER, tmp_path / "files")
    monkeypatch.setattr(blocks, "FOLDER", tmp_path / "files")
    path = tmp_path / "files/ravdess/blocks-6-fold.json"
    body = json.loads(path.read_text())
    body["blocks"][0][0], body["blocks"][1][0] = body["blocks"][1][0], body["blocks"][0][0]
    path.write_text(json.dumps(body))
    changed = blocks.content(replace(file_of(body), hash=""))
    with pytest.raises(BenchError) as refused:
        blocks.shipped.__wrapped__("ravdess", "blocks-6-fold")
    assert str(refused.value) == (
        f"{path} was changed: its content has the hash {changed[:12]}, it says "
        f"{body['hash'][:12]}. Restore it; folds of your own go into a file for --split."
    )


def file_of(body):
    pairs = tuple(tuple(block) for block in body["blocks"])
    return blocks.Shipped(**{**body, "blocks": pairs})


def test_each_subject_is_tested_once_and_in_its_own_block():
    dataset = faces("bu4dfe", PEOPLE)
    protocol = split(dataset, "subject-10-fold")
    assert protocol.source == file("bu4dfe", "subject-10-fold").rule
    tested = [id for fold in protocol.folds for id in fold.test]
    assert sorted(tested) == [video.id for video in dataset.videos]
    assert {id[7:11] for id in protocol.folds[1].test} == set(PEOPLE[1::10])


def test_a_copy_that_lacks_a_subject_keeps_the_folds_of_the_others():
    whole = split(faces("mmi", [f"S{n:03d}" for n in MMI]), "subject-10-fold")
    part = split(faces("mmi", [f"S{n:03d}" for n in MMI[1:]]), "subject-10-fold")
    lost = {"mmi:S001-happy", "mmi:S001-sad"}
    assert [{*fold.test} for fold in part.folds] == [{*f.test} - lost for f in whole.folds]


def test_where_a_subject_is_in_no_block_all_are_dealt_anew():
    dataset = faces("mmi", [f"S{n:03d}" for n in (*MMI, 99)])
    protocol = split(dataset, "subject-10-fold")
    assert protocol.source == "subject-independent, balanced, seed 0"
    assert sum(len(fold.test) for fold in protocol.folds) == len(dataset.videos)


def test_a_subset_leaves_the_other_subjects_out():
    protocol = split(faces("bu4dfe", PEOPLE), "sub60")
    listed = {id[7:11] for fold in protocol.folds for id in (*fold.train, *fold.test)}
    assert listed == set(SIXTY)


def test_a_subject_in_no_block_is_refused():
    actors = [f"Actor_{number:02d}" for number in range(1, 27)]
    with pytest.raises(BenchError) as refused:
        split(faces("ravdess", actors), "blocks-6-fold")
    assert str(refused.value) == (
        "protocol 'blocks-6-fold' of dataset 'ravdess' has no subject 'Actor_25' (and 1 more); it "
        "divides 24 subjects, Actor_01 to Actor_24. Remove what is not the distributor's, or "
        "choose 'subject-<k>-fold'."
    )


@pytest.fixture
def afew():
    videos = tuple(
        Video(f"afew:{side}/{n:09d}", "x", label)
        for side in ("train", "val")
        for n, label in enumerate(("happy", "sad"))
    )
    ids = [video.id for video in videos]
    official = {"official": splits.folds_of(ids, [ids[2:]])}
    return Dataset("afew", ("happy", "sad"), videos, official=official)


def test_the_known_overlaps_go_with_the_protocol(afew):
    assert split(afew, "official").overlaps == file("afew", "official").overlaps


def test_a_split_file_has_the_known_overlaps_and_can_add_none(afew, tmp_path):
    official = split(afew, "official")
    pair = (afew.videos[0].id, afew.videos[2].id)
    freeze(replace(official, overlaps=(pair,)), tmp_path / "mine.json")
    lines = [f"{video.id},{'train' in video.id:d}" for video in afew.videos]
    (tmp_path / "mine.csv").write_text("\n".join(["id,fold", *lines]))
    for name in ("mine.json", "mine.csv"):
        made = split(afew, "given", file=tmp_path / name)
        assert made.overlaps == official.overlaps
