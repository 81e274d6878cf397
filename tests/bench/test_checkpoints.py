"""Trained systems in files: what they say of themselves, and what they may be asked about."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from bench import checkpoints
from bench.errors import BenchError
from bench.records import Dataset, Fold, Protocol, Video

CLASSES = ("angry", "happy", "sad")


def dataset(**subjects: str) -> Dataset:
    videos = (Video(f"faces:{k}", f"{k}.avi", "angry", who) for k, who in sorted(subjects.items()))
    return Dataset("faces", CLASSES, tuple(videos))


FACES = dataset(a="1", b="2", c="3", d="4", e="1")
PROTOCOL = Protocol("two", "faces", CLASSES, (), "pool", "p" * 64, "nobody")


@pytest.fixture
def kept(tmp_path, request_record):
    path = tmp_path / "fold-1.pth"
    checkpoints.save(path, nn.Linear(2, 3), request_record)
    return path


def test_a_file_says_what_it_was_trained_on(kept, request_record):
    maker = checkpoints.maker_of(kept)
    assert maker is not None
    assert (maker.model, maker.classes, maker.fold) == ("tiny", CLASSES, 0)
    assert maker.train == request_record.fold.train
    assert maker.input == request_record.model.input
    assert torch.load(kept, weights_only=True)["state_dict"].keys() == {"weight", "bias"}


def test_videos_that_chose_the_epoch_count_as_seen(tmp_path, request_record):
    path = tmp_path / "chosen.pth"
    checkpoints.save(path, nn.Linear(2, 3), replace(request_record, selection="test"))
    maker = checkpoints.maker_of(path)
    assert maker is not None
    assert maker.train == (*request_record.fold.train, *request_record.fold.test)


@pytest.mark.parametrize("content", [b"", b"no pickle", None], ids=["empty", "text", "foreign"])
def test_a_file_of_another_program_says_nothing(tmp_path, content):
    path = tmp_path / "foreign.pth"
    if content is None:
        torch.save(nn.Linear(2, 3).state_dict(), path)
    else:
        path.write_bytes(content)
    assert checkpoints.maker_of(path) is None


def test_each_fold_may_have_a_file_of_its_own(tmp_path):
    (tmp_path / "net-1.pth").write_bytes(b"one")
    (tmp_path / "net-2.pth").write_bytes(b"two")
    pattern = str(tmp_path / "net-{fold}.pth")
    assert checkpoints.of_fold(pattern, 1) == tmp_path / "net-2.pth"
    both = checkpoints.weights_of(pattern, [0, 1])
    first = checkpoints.weights_of(pattern, [0])
    assert both.origin == "net-{fold}.pth"
    assert both.sha256 != first.sha256
    with pytest.raises(BenchError) as caught:
        checkpoints.weights_of(pattern, [0, 2])
    assert str(caught.value) == (
        f"checkpoint {tmp_path / 'net-3.pth'} is no file. Check --checkpoint; in it {{fold}} "
        f"stands for the number of a fold from 1, {{index}} for that from 0."
    )


def test_files_may_be_numbered_from_0_as_ours_are():
    assert checkpoints.of_fold("kept/fold-{index}.pth", 1) == Path("kept/fold-1.pth")


def test_the_fold_it_was_held_out_from_is_clean(kept):
    fold = Fold(0, ("faces:a", "faces:b"), ("faces:c", "faces:e"))
    assert checkpoints.audited(str(kept), [fold], FACES, PROTOCOL, None) == ()


def test_videos_that_chose_its_epoch_are_no_test_of_a_file(tmp_path, request_record):
    path = tmp_path / "chosen.pth"
    checkpoints.save(path, nn.Linear(2, 3), replace(request_record, selection="test"))
    fold = request_record.fold
    with pytest.raises(BenchError) as caught:
        checkpoints.audited(str(path), [fold], FACES, PROTOCOL, None)
    tested = f"{len(fold.test)} tested videos of fold 1"
    assert str(caught.value) == (
        f"checkpoint chosen.pth had its epoch chosen by {tested}, which it is to be tested on. "
        f"Train it with another --selection, or say why not with --allow-leak REASON."
    )
    (finding,) = checkpoints.audited(str(path), [fold], FACES, PROTOCOL, "the habit of papers")
    assert finding.kind == "allowed"


def test_other_pictures_than_those_it_was_trained_on_are_told(kept, request_record):
    fold, input = request_record.fold, request_record.model.input
    preprocessing = request_record.preprocessing
    assert checkpoints.unlike(str(kept), [fold], input, preprocessing) == ()
    larger = replace(input, size=input.size + 8, transform="middle-frame")
    turned = replace(preprocessing, align=True)
    (finding,) = checkpoints.unlike(str(kept), [fold], larger, turned)
    assert (finding.kind, finding.text) == (
        "warning",
        f"checkpoint fold-1.pth was trained on other pictures: size {input.size}, here "
        f"{larger.size}; transform '', here 'middle-frame'; align False, here True.",
    )


@pytest.mark.parametrize(
    ("test", "leak"),
    [
        (("faces:a", "faces:c"), "1 tested videos"),
        (("faces:e",), "other videos of 1 tested people"),
    ],
    ids=["video", "person"],
)
def test_a_file_is_not_tested_on_what_it_was_trained_on(kept, test, leak):
    fold = Fold(1, ("faces:d",), test)
    with pytest.raises(BenchError) as caught:
        checkpoints.audited(str(kept), [fold], FACES, PROTOCOL, None)
    assert str(caught.value) == (
        f"checkpoint fold-1.pth was trained on {leak} of fold 2, which it is to be tested on. Test "
        f"it on the fold it was held out from (subject-2-fold, fold 1), or say why not with "
        f"--allow-leak REASON."
    )
    (finding,) = checkpoints.audited(str(kept), [fold], FACES, PROTOCOL, "a demonstration")
    assert (finding.kind, finding.text) == (
        "allowed",
        f"checkpoint fold-1.pth was trained on {leak} of fold 2. Reason given: a demonstration",
    )


def test_of_a_foreign_file_nobody_knows_what_it_has_seen(tmp_path):
    path = tmp_path / "theirs.pth"
    torch.save({}, path)
    folds = [Fold(0, (), ("faces:a",)), Fold(1, (), ("faces:b",))]
    (finding,) = checkpoints.audited(str(path), folds, FACES, PROTOCOL, None)
    assert (finding.kind, finding.text) == (
        "warning",
        "checkpoint theirs.pth was trained elsewhere; whether it has seen the tested videos or "
        "people is not known.",
    )


def test_the_order_of_the_classes_is_the_files_own_or_said(kept, tmp_path):
    assert checkpoints.answered_classes([kept], (), ("happy", "sad", "angry")) == CLASSES
    order = ("sad", "happy", "angry")
    assert checkpoints.answered_classes([tmp_path / "no.pth"], order, CLASSES) == order


def test_an_order_that_nobody_says_is_asked_for(tmp_path):
    with pytest.raises(BenchError) as caught:
        checkpoints.answered_classes([tmp_path / "no.pth"], (), CLASSES)
    assert str(caught.value) == (
        f"checkpoint {tmp_path / 'no.pth'} does not say in which order it answers the classes. "
        f"Name them in its order, as in --classes angry,happy,sad."
    )


def test_other_classes_are_refused(kept):
    with pytest.raises(BenchError) as caught:
        checkpoints.answered_classes([kept], (), ("angry", "happy"))
    assert str(caught.value) == (
        f"{kept} answers angry, happy, sad; the videos are labelled angry, happy. Choose a "
        f"dataset, or --labels, of the same classes."
    )


def test_two_orders_are_refused(kept):
    with pytest.raises(BenchError) as caught:
        checkpoints.answered_classes([kept], ("sad", "happy", "angry"), CLASSES)
    assert str(caught.value) == (
        f"{kept} answers in the order angry, happy, sad; --classes in that of sad, happy, angry. "
        f"Leave --classes out."
    )


def test_a_trained_system_is_needed_whole(tmp_path, request_record):
    path = tmp_path / "part.pth"
    torch.save({"weight": torch.ones(3, 2)}, path)
    with pytest.raises(BenchError) as caught:
        checkpoints.fill(nn.Linear(2, 3), request_record.model, path)
    assert str(caught.value) == (
        f"checkpoint {path} lacks 1 tensor of model 'tiny': bias. A trained system is needed "
        f"whole, with a logit for each class: see `bench weights check {path} --model tiny`."
    )
    network = nn.Linear(2, 3)
    checkpoints.fill(network, replace(request_record.model, unused=("bias",)), path)
    assert network.weight.tolist() == [[1, 1]] * 3


def test_a_checkpoint_of_another_number_of_classes_says_both(tmp_path, request_record):
    path = tmp_path / "four.pth"
    torch.save({"weight": torch.ones(4, 2), "bias": torch.ones(3)}, path)
    with pytest.raises(BenchError) as caught:
        checkpoints.fill(nn.Linear(2, 3), request_record.model, path)
    assert "weight (weight: its shape (4, 2) does not fit (3, 2) of weight)" in str(caught.value)
