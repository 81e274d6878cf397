"""A number explained, and two of them set side by side, on records made by hand."""

import json
from dataclasses import replace

import pytest

from bench import store
from bench.errors import BenchError
from bench.records import Finding, Prediction, Preset, Sampling
from bench.why import changes, difference, explain, find, flips, score
from bench.why.fields import short

SCORES = {
    "angry": (0.8, 0.1, 0.1),
    "happy": (0.1, 0.8, 0.1),
    "sad": (0.1, 0.1, 0.8),
    "": (),
}


def answered(record, answers, *, index=0, seed=0, **request):
    """A fold from `subject true answer` lines, one a video."""
    rows = [line.split(" ") for line in answers]
    predictions = tuple(
        Prediction(
            f"faces:{index}{n}",
            subject,
            None,
            true,
            "scored" if answer else "unreadable",
            SCORES[answer],
        )
        for n, (subject, true, answer) in enumerate(rows)
    )
    fold = replace(record.request.fold, index=index, test=tuple(p.video for p in predictions))
    asked = replace(record.request, fold=fold, seed=seed, **request)
    return replace(record, request=asked, predictions=predictions)


A = ["s1 happy happy", "s1 sad sad", "s2 happy happy", "s2 sad angry", "s3 angry angry"]
B = ["s1 happy sad", "s1 sad happy", "s2 happy happy", "s2 sad sad", "s3 angry "]


@pytest.fixture
def other(fold_record):
    """The same system, with an identity and a name of its own."""
    request = fold_record.request
    model = replace(request.model, name="wide", title="Wide", args={"width": 16})
    request = replace(request, model=model, identity="fedcba987654")
    return replace(fold_record, request=request)


# ---------------------------------------------------------------- which one


@pytest.fixture
def results(tmp_path, fold_record, other):
    """Two systems on one dataset, one of them on another as well."""
    request = replace(fold_record.request, dataset="clips", identity="012000000000")
    for record in (fold_record, other, replace(fold_record, request=request)):
        store.save_fold(tmp_path, record)
    return tmp_path


@pytest.mark.parametrize(
    ("asked", "filters", "identity"),
    [
        ("wide", {}, "fedcba987654"),
        ("tiny/faces", {}, "0123456789ab"),
        ("tiny/clips", {}, "012000000000"),
        ("tiny", {"dataset": "clips"}, "012000000000"),
        ("0120", {}, "012000000000"),
        ("0123456789ab", {"preset": "full", "selection": "last"}, "0123456789ab"),
    ],
)
def test_a_result_is_found_by_what_a_person_knows_of_it(results, asked, filters, identity):
    cell = find(results, asked, filters)
    assert cell.place.identity == identity
    assert [path.name for path in cell.paths] == ["fold-0.json"]


@pytest.mark.parametrize(
    ("asked", "filters", "said"),
    [
        (
            "tiny",
            {},
            "'tiny' names 2 results. Name an identity, or choose with --dataset, --protocol, "
            "--preset or --selection. Stored: 012000000000 (tiny/clips, preset full, selection "
            "last); 0123456789ab (tiny/faces, preset full, selection last).",
        ),
        (
            "wide",
            {"selection": "test"},
            "'wide' has no result with selection test. Stored: fedcba987654 (wide/faces, preset "
            "full, selection last).",
        ),
        ("wode", {}, "unknown result 'wode'. Did you mean 'wide'? Known: tiny, wide."),
        ("wide/clips", {}, "unknown dataset of wide 'clips'. Known: faces."),
        ("fed", {}, "unknown result 'fed'. Known: tiny, wide."),
    ],
)
def test_no_result_and_several_get_a_sentence(results, asked, filters, said):
    with pytest.raises(BenchError) as caught:
        find(results, asked, filters)
    assert str(caught.value) == said


def test_an_empty_folder_gets_a_sentence(tmp_path):
    with pytest.raises(BenchError, match="holds no stored result"):
        find(tmp_path, "tiny")


def test_damaged_folds_are_named_and_the_rest_is_explained(results, fold_record):
    request = replace(fold_record.request, dataset="faces", seed=1)
    path = store.save_fold(results, replace(fold_record, request=request))
    path.write_text("{")
    cell = find(results, "tiny/faces")
    assert len(cell.records) == 1
    assert [damage.path for damage in cell.damaged] == [path]


# ---------------------------------------------------------------- one number


def test_a_score_is_pooled_over_folds_and_averaged_over_seeds(fold_record):
    records = [
        answered(fold_record, ["s1 happy happy", "s1 sad angry"]),
        answered(fold_record, ["s2 happy happy", "s2 happy happy"], index=1),
        answered(fold_record, ["s1 happy sad", "s1 sad sad"], seed=1),
    ]
    found = score("uar", records)
    assert found.seeds == {0: 0.5, 1: 0.5}
    assert found.folds == {(0, 0): 0.5, (0, 1): 1.0, (1, 0): 0.5}
    war = score("war", records)
    assert (war.value, war.seeds) == (0.625, {0: 0.75, 1: 0.5})
    sad = score("recall:sad", records)
    assert (sad.value, sad.folds[0, 1]) == (0.5, None)


def test_the_area_under_the_curve_compares_videos_of_one_fold_alone(fold_record):
    records = [
        answered(fold_record, ["s1 happy happy", "s1 sad angry"]),
        answered(fold_record, ["s2 happy sad", "s2 sad happy"], index=1),
    ]
    found = score("auc", records)
    # happy: right, then wrong; sad: 0.1 and 0.1 tie, then wrong
    assert found.folds == {(0, 0): (1 + 0.5) / 2, (0, 1): 0.0}
    assert found.value == found.seeds[0] == (0.5 + 0.25) / 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "acc",
            "unknown score in --metric 'acc'. Did you mean 'auc'? Known: auc, f1, recall:CLASS, "
            "uar, war.",
        ),
        (
            "recall",
            "unknown score in --metric 'recall'. Did you mean 'recall:CLASS'? Known: auc, f1, "
            "recall:CLASS, uar, war.",
        ),
        ("recall:joy", "unknown class 'joy'. Known: angry, happy, sad."),
        ("recall:angry", "no fold tests a video for 'recall:angry'. Choose another score."),
    ],
)
def test_a_score_that_is_not_to_be_had_gets_a_sentence(fold_record, name, said):
    with pytest.raises(BenchError) as caught:
        score(name, [fold_record])
    assert str(caught.value) == said


def test_everything_behind_a_number(results):
    body = explain(find(results, "wide"), "war")
    assert body["number"]["value"] == 0.5
    assert body["system"]["args"] == {"width": 16}
    assert body["system"]["first weights"] == {
        "origin": "none",
        "sha256": [],
        "enters": None,
        "matched": 1,
    }
    assert body["protocol"] == {
        "name": "subject-2-fold",
        "hash": "p" * 64,
        "folds": 2,
        "lacks": ["seed 0 fold 2 (fold-1)"],
    }
    (place,) = body["environments"]
    assert (place["commit"], place["ran"]) == ("c" * 40, ["seed 0 fold 1"])
    (record,) = body["records"]
    assert record["path"].endswith("seed-0/fold-0.json")
    assert (record["videos"], record["without scores"]) == (2, 1)


# ---------------------------------------------------------------- two numbers


def test_only_what_differs_is_told(fold_record, other):
    found = difference([fold_record], [other])
    assert [str(change) for change in found.system] == [
        "model.name tiny -> wide",
        "model.args.width 8 -> 16",
    ]
    assert [change.field for change in found.words] == ["model.title"]
    assert (found.barred, found.incomparable, found.runs) == ((), (), ())


def test_what_keeps_two_results_out_of_one_column(fold_record, other):
    half = Preset("half", "half", epochs=1)
    other = replace(other, request=replace(other.request, preset=half, selection="test"))
    found = difference([fold_record], [other])
    assert found.barred == ("preset", "selection", "preset_hash")
    assert [str(change) for change in found.incomparable] == [
        "preset.name full -> half",
        "preset.epochs none -> 1",
        "selection last -> test",
    ]


def test_machines_packages_and_findings_are_told(fold_record):
    place = replace(fold_record.environment, gpu="H", packages={"torch": "2.16.0"})
    request = replace(fold_record.request, findings=(Finding("warning", "a doubt."),), seed=3)
    later = replace(fold_record, environment=place, request=request)
    found = difference([fold_record], [later])
    assert [str(change) for change in found.runs] == [
        "seeds 0 -> 3",
        "findings nothing -> a doubt.",
        "environment.gpu none -> H",
        "packages.torch 2.15.0 -> 2.16.0",
    ]


def test_changes_of_equal_records_are_none(fold_record):
    assert changes(fold_record.request, fold_record.request) == ()


def test_a_nested_change_has_the_full_name_of_its_field():
    spec = Sampling("clips", clips=3, frames=5)
    assert [str(c) for c in changes(spec, replace(spec, frames=8))] == ["frames 5 -> 8"]


def test_long_values_are_cut_in_the_middle():
    assert short("a" * 40 + "b" * 40) == "a" * 30 + "…" + "b" * 29
    assert (short(None), short(""), short([])) == ("none", '""', "nothing")


def test_flips_by_video_class_and_subject(fold_record, other):
    found = flips([answered(fold_record, A)], [answered(other, B)])
    assert (found.videos, found.seeds, found.net) == (5, ((0, 0),), -2)
    assert [(f.video, f.gained, f.answers) for f in found.flips] == [
        ("faces:00", False, ("happy", "sad")),
        ("faces:01", False, ("sad", "happy")),
        ("faces:03", True, ("angry", "sad")),
        ("faces:04", False, ("angry", "")),
    ]
    assert [(c.name, c.videos, c.lost, c.gained, c.net) for c in found.classes] == [
        ("angry", 1, 1, 0, -1),
        ("happy", 2, 1, 0, -1),
        ("sad", 2, 1, 1, 0),
    ]
    assert [(s.name, s.net) for s in found.subjects] == [("s1", -2), ("s3", -1), ("s2", 1)]
    # -2 of a net of -2
    assert [s.name for s in found.most] == ["s1"]


def test_the_net_is_the_difference_of_war(fold_record, other):
    a, b = [answered(fold_record, A)], [answered(other, B)]
    found = flips(a, b)
    difference = score("war", b).value - score("war", a).value
    assert difference == pytest.approx(found.net / found.videos)


def test_swapping_two_results_swaps_lost_and_gained(fold_record, other):
    a, b = [answered(fold_record, A)], [answered(other, B)]
    there, back = flips(a, b), flips(b, a)
    assert there.net == -back.net
    assert [(c.lost, c.gained) for c in there.classes] == [(c.gained, c.lost) for c in back.classes]


def test_seeds_are_paired_with_one_another(fold_record, other):
    ours = [answered(fold_record, A, seed=seed) for seed in (0, 1, 2)]
    theirs = [answered(other, B, seed=seed) for seed in (1, 2, 3)]
    assert flips(ours, theirs).seeds == ((1, 1), (2, 2))
    assert flips(ours[:1], theirs[2:]).seeds == ((0, 3),)


def test_nothing_in_common_is_no_flip(fold_record, other):
    found = flips([answered(fold_record, A)], [answered(other, B, index=1)])
    assert (found.videos, found.flips, found.most) == (0, (), ())


# ---------------------------------------------------------------- the command


@pytest.fixture
def told(tmp_path, fold_record, other):
    store.save_fold(tmp_path, answered(fold_record, A))
    store.save_fold(tmp_path, answered(other, B))
    return tmp_path


def test_the_command_explains_a_number(run, told):
    code, out, err = run("why", "tiny", "--results", told, "--metric", "war")
    assert (code, err) == (0, "")
    assert out.startswith("Tiny on faces (synthetic): WAR 80.00 %\n")
    assert "  hash: " + "p" * 64 in out
    assert "  lacks: seed 0 fold 2 (fold-1)\n" in out


@pytest.mark.parametrize("metric", ["uar", "war", "f1", "auc", "AUC", "recall:happy"])
def test_a_cell_explains_itself_by_the_metric_that_printed_it(run, told, metric):
    words = ("--results", told, "--metric", metric)
    _, table, _ = run("table", "--model", "wide", "--reported", "none", *words)
    (row,) = (line for line in table.splitlines() if line.startswith("Wide "))
    code, out, err = run("why", "wide", *words)
    assert (code, err) == (0, "")
    assert out.splitlines()[0].endswith(f" {row.split()[1]} %")


def test_the_command_sets_two_side_by_side(run, told):
    code, out, err = run("why", "tiny", "wide", "--results", told, "--metric", "war")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[2] == ("B - A: -40.00 points of WAR; `bench compare` says what that is worth.")
    assert "They may share a column." in lines
    assert (
        "of 5 answers to the same videos (seed 0) 3 went from right to wrong and 1 from wrong to "
        "right: -2"
    ) in lines
    assert "half of the difference or more: s1 (-2 of -2)" in lines


def test_a_difference_over_other_folds_is_said_to_be_none_of_the_systems(
    run, tmp_path, fold_record, other
):
    for record, folds in ((fold_record, (0, 1)), (other, (0,))):
        for index in folds:
            store.save_fold(tmp_path, answered(record, A, index=index))
    asked = ("why", "tiny", "wide", "--results", tmp_path)
    assert run(*asked)[1].splitlines()[2] == (
        "B - A: +0.00 points of UAR, over other seeds or folds in A than in B, so that it is no "
        "difference of the systems; `bench compare` takes those that both have."
    )
    assert json.loads(run(*asked, "--format", "json")[1])["same_folds"] is False


def test_a_difference_of_numbers_that_do_not_compare_is_said_to_be_one(run, tmp_path, fold_record):
    changed = {"protocol_hash": "q" * 64, "identity": "fedcba987654"}
    store.save_fold(tmp_path, answered(fold_record, A))
    store.save_fold(tmp_path, answered(fold_record, B, **changed))
    out = run("why", "0123456789ab", "fedcba987654", "--results", tmp_path)[1].splitlines()
    assert out[2] == "B - A: -50.00 points of UAR, of numbers that do not compare."
    assert "They never share a column: they differ in protocol hash." in out


def test_the_command_gives_json(run, told):
    body = json.loads(run("why", "tiny", "wide", "--results", told, "--format", "json")[1])
    assert body["comparable"] is True
    assert body["answers"]["net"] == -2
    assert body["answers"]["most"] == ["s1"]
    assert len(body["answers"]["flips"]) == 4
    alone = json.loads(run("why", "tiny", "--results", told, "--format", "json")[1])
    assert alone["number"]["metric"] == "uar"


def test_a_wrong_name_ends_with_2(run, told):
    code, out, err = run("why", "tony", "--results", told)
    assert (code, out) == (2, "")
    assert err == "error: unknown result 'tony'. Did you mean 'tiny'? Known: tiny, wide.\n"
