"""A classical system through the one story of a fold, on encoded video."""

import pytest

from bench import store
from bench.cli import main
from bench.measurement.accuracy import count, uar

RUN = ["run", "--dataset", "tiny-faces", "--device", "cpu", "--folds", "0"]
LEFT = "fitted once, without a network to count or time\n"

pytestmark = pytest.mark.usefixtures("plugin")


def run(results, *more, model="fitted"):
    return main([*RUN, "--model", model, "--results", str(results), *more])


def answered(results):
    (record,), _ = store.load_folds(results)
    return record


def test_a_fold_is_fitted_once_and_scored(tmp_path):
    assert run(tmp_path) == 0
    record = answered(tmp_path)
    assert (record.epochs, record.selected_epoch) == ((), -1)
    assert {len(p.frames) for p in record.predictions} == {4}
    assert all(sum(p.scores) == pytest.approx(1) for p in record.predictions)
    assert uar(count(record.predictions, record.request.classes)) > 0.5


def test_a_second_run_does_nothing_and_writes_the_same_bytes(tmp_path, capsys):
    run(tmp_path / "a")
    run(tmp_path / "b")
    files = [next((tmp_path / name).rglob("fold-0.csv")).read_bytes() for name in "ab"]
    assert files[0] == files[1]
    assert run(tmp_path / "a") == 0
    assert "0 folds trained, 1 already done" in capsys.readouterr().out


def test_the_majority_has_a_uar_of_one_in_k(tmp_path):
    mine = tmp_path / "mine.yaml"
    mine.write_text(
        "models:\n  most:\n    title: M\n    kind: classical\n    source: nobody\n"
        "    factory: baselines.majority:Majority\n    input:\n"
        "      train: {rule: uniform, frames: 1}\n      test: {rule: uniform, frames: 1}\n"
        "      size: 32\n"
    )
    assert run(tmp_path / "r", "--registry", str(mine), model="most") == 0
    record = answered(tmp_path / "r")
    assert uar(count(record.predictions, record.request.classes)) == pytest.approx(1 / 3, abs=1e-15)


def test_the_scores_of_several_views_are_combined(tmp_path):
    assert run(tmp_path, model="fitted-views") == 0
    record = answered(tmp_path)
    assert {len(p.frames) for p in record.predictions} == {8}
    assert all(sum(p.scores) == pytest.approx(1) for p in record.predictions)


def test_a_table_shows_it_without_recipe_and_cost(tmp_path, capsys):
    run(tmp_path)
    assert main(["table", "--results", str(tmp_path), "--dataset", "tiny-faces"]) == 0
    assert "Fitted" in capsys.readouterr().out


def test_what_is_not_timed_is_said(tmp_path, capsys):
    assert run(tmp_path) == 0
    assert capsys.readouterr().err == f"not timed: fitted: {LEFT}"


def test_a_plan_says_that_it_estimates_no_hours(tmp_path, capsys):
    arguments = ["plan", *RUN[1:], "--model", "fitted,tiny", "--results", str(tmp_path)]
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert "12 videos once" in " ".join(out.split())
    assert err == f"not estimated: fitted: {LEFT}"


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            "fitted-features",
            "model 'fitted-features' gave features of shape (32, 3) for one video; expected (D,). "
            "Flatten them.",
        ),
        (
            "fitted-infinite",
            "model 'fitted-infinite' gave features that are not finite for one video. Check what "
            "they are divided by.",
        ),
        (
            "fitted-refused",
            "model 'fitted-refused' cannot take a video of shape (4, 32, 32, 3): it has too few "
            "frames. Check input and args of its block.",
        ),
        (
            "fitted-memory",
            "out of memory while model 'fitted-memory' was fitted: it had the features of 0 of 12 "
            "videos. Take another preset, or fewer features by the args of its block.",
        ),
        (
            "fitted-shape",
            "model 'fitted-shape' gave scores of shape (6, 2); expected (6, 3), one for each of 3 "
            "classes. Check its method scores.",
        ),
        (
            "fitted-sum",
            "model 'fitted-sum' gave scores that are no probabilities; expected rows of numbers "
            "from 0 that sum to 1. Divide each row by its sum.",
        ),
        (
            "fitted-unfinished",
            "model 'fitted-unfinished': tiny_fer.fitted:Unfinished gave a Unfinished without fit; "
            "a classical system has features, fit, scores. Name a class or function that builds "
            "one.",
        ),
        (
            "answered",
            "model 'answered' is answered elsewhere: bring its answers in with `bench import`.",
        ),
    ],
)
def test_what_cannot_be_scored_gets_one_sentence(tmp_path, capsys, model, message):
    assert run(tmp_path, model=model) == 2
    assert capsys.readouterr().err == f"error: {message}\n"
    assert store.load_folds(tmp_path) == ((), ())


def test_features_of_different_length_are_refused(tmp_path, capsys):
    assert run(tmp_path, model="fitted-length") == 2
    message = capsys.readouterr().err
    assert message.startswith("error: model 'fitted-length' gave ")
    assert message.endswith(
        "for another; expected one number for all. Let it not depend on the length of a video.\n"
    )


def test_arguments_that_a_factory_refuses_are_said(tmp_path, capsys):
    assert run(tmp_path, model="fitted-args") == 2
    assert "tiny_fer.fitted:Nearest refuses its arguments" in capsys.readouterr().err


@pytest.mark.parametrize("more", [("--selection", "test"), ("--weights", "imagenet")])
def test_an_option_that_has_no_meaning_for_it_is_refused_before_data(tmp_path, capsys, more):
    assert run(tmp_path, *more) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: model 'fitted' is fitted ")
