"""Each kind of finding, planted: its file and its sentence."""

from dataclasses import replace

import pytest

from bench import planning, store
from bench.errors import BenchError
from bench.protocols import content_hash, freeze
from bench.records import Fold, Preset, Sampling
from bench.verify import seals, verify


def said(report, kind=None):
    return [f.text for f in report.findings if kind in (None, f.kind)]


def answering(record, **changes):
    """The record with other values in the first of its answers."""
    first, *others = record.predictions
    return replace(record, predictions=(replace(first, **changes), *others))


# ---------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"scores": (0.5, 0.4, 0.2)}, "its scores do not sum to 1"),
        ({"scores": (1.2, -0.1, -0.1)}, "a score is no number from 0 to 1"),
        ({"scores": (float("nan"), 0.5, 0.5)}, "a score is no number from 0 to 1"),
        ({"status": "unreadable"}, "it is unreadable and has scores"),
        ({"scores": ()}, "it is scored and has no scores"),
        ({"true": "bored"}, "its true class 'bored' is none of angry, happy, sad"),
        ({"frames": (1, 5, 9, 16)}, "a chosen frame lies outside of its clips"),
        ({"spans": ((0, 8), (8, 8))}, "a clip has no frames"),
        ({"clip_scores": (0.5, 0.75)}, "its clip scores do not sum to 1"),
        ({"clip_scores": (1.0,)}, "it has another number of clip scores than of clips"),
        ({"apex": (9, 4)}, "its apex ends before it begins"),
    ],
)
def test_values_that_no_run_gives(plant, folds, registry, changes, text):
    results = plant(answering(folds[0], **changes), folds[1])
    assert said(verify(results, registry)) == [f"video 'faces:c': {text}."]


def test_a_sum_may_be_off_by_what_the_dtype_rounds(plant, folds, registry):
    rounded = answering(folds[0], clip_scores=(0.25, 0.742))
    assert not verify(plant(rounded, folds[1]), registry).clean
    assert verify(plant(replace(rounded, precision="bf16"), folds[1]), registry).clean


def test_many_videos_of_one_kind_are_one_finding(plant, folds, registry):
    wrong = tuple(replace(p, true="bored") for p in folds[0].predictions)
    report = verify(plant(replace(folds[0], predictions=wrong), folds[1]), registry)
    assert said(report) == [
        "video 'faces:c' and 1 more: its true class 'bored' is none of angry, happy, sad."
    ]


def test_another_epoch_than_the_rule_chooses(plant, folds, registry):
    report = verify(plant(replace(folds[0], selected_epoch=0), folds[1]), registry)
    assert said(report) == ["epoch 0 answered; by the rule 'last' it is epoch 1."]


def test_fewer_epochs_than_were_asked_for(plant, folds, registry):
    short = replace(folds[0], epochs=folds[0].epochs[:1], selected_epoch=0)
    report = verify(plant(short, folds[1]), registry)
    assert said(report) == ["has 1 epochs of training; its request asks for 2."]


# ---------------------------------------------------------------- folds


def test_missing_folds_are_named_and_no_error(plant, folds, registry):
    report = verify(plant(folds[0]), registry)
    assert said(report) == ["seed 0 lacks fold 2 of 2."]
    assert report.clean


def test_a_video_without_a_row_and_one_too_many(plant, folds, registry):
    wrong = answering(folds[0], video="faces:x")
    report = verify(plant(wrong, folds[1]), registry)
    assert said(report, "folds") == [
        "tested and without a row: faces:c.",
        "answered and not tested: faces:x.",
    ]


def test_a_video_answered_twice(plant, folds, registry):
    twice = replace(folds[0], predictions=(*folds[0].predictions, folds[0].predictions[0]))
    # the files beside a fold hold a row for each video
    report = verify(plant(twice, folds[1]), registry)
    assert "answered twice: faces:c." in said(report, "folds")


def test_other_folds_than_the_protocol_has(plant, folds, registry):
    fold = Fold(0, ("faces:b", "faces:z"), ("faces:c", "faces:d"))
    other = replace(folds[0], request=replace(folds[0].request, fold=fold))
    report = verify(plant(other, folds[1]), registry)
    assert said(report) == ["trained on, and not so in subject-2-fold-0a1b2c.json: faces:z."]


def test_a_training_side_that_a_preset_cuts_is_right(plant, folds, registry):
    fold = replace(folds[0].request.fold, train=("faces:b",))
    cut = replace(folds[0], request=replace(folds[0].request, fold=fold))
    assert verify(plant(cut, folds[1]), registry).findings == []


def test_a_protocol_that_is_gone_is_a_note(results, registry):
    for path in results.glob("protocols/*/*.json"):
        path.unlink()
    seals.seal(results)
    report = verify(results, registry)
    assert report.clean
    assert len(said(report, "folds")) == 2


def test_a_subject_on_both_sides(plant, folds, registry):
    same = [
        replace(r, predictions=tuple(replace(p, subject="s0") for p in r.predictions))
        for r in folds
    ]
    report = verify(plant(*same), registry)
    assert said(report) == [
        "fold 1 has subject 's0' on both sides.",
        "fold 2 has subject 's0' on both sides.",
    ]


def test_one_fold_stored_twice(results, folds, registry):
    path = store.fold_path(results, folds[0].request)
    for ending in ("json", "csv", "epochs.csv", "features.npy"):
        copy = path.with_name(f"fold-9.{ending}")
        copy.write_bytes(path.with_suffix(f".{ending}").read_bytes())
    report = verify(results, registry)
    assert said(report, "duplicate") == [f"is seed 0, fold 1 again, as {path}."]
    assert said(report, "misplaced") == [f"is the record of {path.relative_to(results)}."]


def test_one_file_of_answers_under_two_identities(plant, folds, registry):
    half = Preset("half", "half of the size", size=16)
    request = replace(folds[0].request, preset=half)
    shrunk = replace(request.model, input=planning.fit_input(request.model.input, half))
    request = replace(request, model=shrunk)
    copied = replace(folds[0], request=replace(request, identity=planning.identity(request)))
    registry.presets["half"] = half
    report = verify(plant(*folds, copied), registry)
    (text,) = said(report, "duplicate")
    assert text.startswith("has the very answers of ")
    assert text.endswith(", under another identity.")


# ---------------------------------------------------------------- where it comes from


def changed(registry, **fields):
    (entry,) = registry.models.values()
    return replace(registry, models={entry.name: replace(entry, **fields)})


def test_an_entry_that_has_changed_since(results, registry):
    entry = registry.models["tiny"]
    later = replace(entry.input, size=64, test=Sampling("uniform", frames=8))
    report = verify(results, changed(registry, input=later))
    assert (
        said(report, "provenance")
        == ["the entry 'tiny' has changed since: input.test.frames 4 -> 8; input.size 32 -> 64."]
        * 2
    )


def test_words_of_an_entry_may_change(results, registry):
    assert verify(results, changed(registry, title="Very tiny", note="new")).findings == []


def test_an_entry_that_is_gone(results, registry):
    report = verify(results, replace(registry, models={}))
    assert (
        said(report, "provenance")
        == ["copies an entry that is not in the registry: unknown model 'tiny'. Known: none."] * 2
    )


def test_a_recipe_that_has_changed_since(results, registry):
    recipe = replace(registry.recipes["brief"], lr=0.01, source="somebody")
    report = verify(results, replace(registry, recipes={"brief": recipe}))
    assert said(report) == ["the recipe 'brief' has changed since: lr 0.001 -> 0.01."] * 2


def test_an_identity_that_its_fields_do_not_give(plant, folds, registry):
    wrong = [replace(r, request=replace(r.request, identity="0" * 12)) for r in folds]
    report = verify(plant(*wrong), registry)
    right = folds[0].request.identity
    assert said(report) == [f"says the identity 000000000000; its fields give {right}."] * 2


def test_a_cost_that_is_not_its_lock(results, registry, cost):
    lock = replace(cost.complexity, macs=2_000_001)
    report = verify(results, changed(registry, complexity=lock))
    assert said(report) == ["has 2,000,000 macs; the lock says 2,000,001."]


# ---------------------------------------------------------------- files


def test_files_that_belong_to_no_fold(results, folds, registry):
    path = store.fold_path(results, folds[1].request)
    path.unlink()
    lost = path.with_name("fold-0.notes.txt")
    lost.write_text("?")
    report = verify(results, registry)
    assert said(report, "damaged") == [
        "lies beside fold-0.json, which does not list it.",
        *["belongs to fold-1.json, which is not there."] * 3,
    ]


def test_unfinished_work_is_none_of_its_business(results, folds, registry):
    folder = store.partial_folder(results, folds[0].request)
    folder.mkdir()
    (folder / "epochs.json").write_text("[")
    (folder / "fold-7.csv").write_text("")
    assert verify(results, registry).findings == []


def test_a_folder_without_a_seal_says_what_no_hash_covers(results, registry):
    (results / seals.NAME).unlink()
    report = verify(results, registry)
    assert report.clean
    assert said(report) == [
        "is not there, so that no hash covers all of 2 files (protocols, quoted numbers). Write "
        "it with --seal."
    ]


def test_a_protocol_that_came_after_the_seal(results, protocol, registry):
    three = (*protocol.folds, Fold(2, ("faces:a",), ("faces:b",)))
    hash = content_hash(protocol.classes, three, "pool")
    path = results / "protocols" / "faces" / "other-0a1b2c.json"
    freeze(replace(protocol, name="other", folds=three, hash=hash), path)
    report = verify(results, registry)
    assert said(report) == [
        f"stands not in SHA256SUMS. Add it with `bench verify {results} --seal`."
    ]
    seals.seal(results)
    assert verify(results, registry).findings == []


def test_a_folder_that_is_not_there(tmp_path, registry):
    with pytest.raises(BenchError) as caught:
        verify(tmp_path / "none", registry)
    assert str(caught.value) == (
        f"{tmp_path / 'none'} is no folder of results. Name one, as in `results`."
    )
