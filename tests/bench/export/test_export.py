"""Stored folds in the files of other tools, read back by these tools."""

import csv
import json
import math
from dataclasses import replace

import pytest

from bench import export, store
from bench.errors import BenchError
from bench.records import Fold


@pytest.fixture
def results(tmp_path, fold_record):
    """Two folds of one system, and one of another on other classes."""
    folder = tmp_path / "results"
    request = fold_record.request
    second = replace(request, fold=Fold(1, request.fold.test, request.fold.train))
    answers = tuple(
        replace(answer, video=video)
        for answer, video in zip(fold_record.predictions, second.fold.test, strict=True)
    )
    model = replace(request.model, name="wide", args={"width": 16, "deep": True})
    other = replace(
        request, model=model, identity="fedcba987654", classes=("happy", "angry", "bored")
    )
    for record in (
        fold_record,
        replace(fold_record, request=second, predictions=answers),
        replace(fold_record, request=other),
    ):
        store.save_fold(folder, record, {"notes.txt": b"?"})
    return folder


@pytest.fixture
def write(results, tmp_path):
    """Export in one format, and give the folder."""

    def call(to):
        found, damaged = export.runs(results)
        assert not damaged
        out = tmp_path / to
        export.export(found, to, out)
        return out

    return call


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_a_row_for_each_answer(write):
    rows = rows_of(write("csv") / "predictions.csv")
    assert len(rows) == 6
    assert rows[0] == {
        "dataset": "faces",
        "protocol": "subject-2-fold",
        "model": "tiny",
        "identity": "0123456789ab",
        "seed": "0",
        "fold": "0",
        "video": "faces:c",
        "subject": "s1",
        "group": "",
        "true": "happy",
        "predicted": "happy",
        "status": "scored",
        "score:angry": "0.1",
        "score:happy": "0.7",
        "score:sad": "0.2",
        "score:bored": "",
    }
    assert (rows[1]["status"], rows[1]["predicted"], rows[1]["score:sad"]) == ("unreadable", "", "")
    # the other system answers in an order of its own
    assert (rows[4]["predicted"], rows[4]["score:angry"]) == ("angry", "0.7")


def test_csv_has_a_row_for_each_fold(write):
    rows = rows_of(write("csv") / "folds.csv")
    assert [(row["model"], row["fold"]) for row in rows] == [
        ("tiny", "0"),
        ("tiny", "1"),
        ("wide", "0"),
    ]
    first, _, last = rows
    assert first["metric:war"] == "0.5"
    assert first["param:recipe.lr"] == "0.001"
    assert first["param:model.args.width"] == "8"
    assert first["param:model.args.deep"] == ""
    assert last["param:model.args.deep"] == "True"
    assert first["tag:environment.packages.torch"] == "2.15.0"


def test_csv_has_the_same_bytes_twice(results, tmp_path):
    for name in ("a", "b"):
        export.export(export.runs(results)[0], "csv", tmp_path / name)
    for file in ("predictions.csv", "folds.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_parquet_says_what_csv_says_with_types(write):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = write("parquet")
    rows = parquet.read_table(out / "predictions.parquet").to_pylist()
    plain = rows_of(write("csv") / "predictions.csv")
    assert [{k: "" if v is None else str(v) for k, v in row.items()} for row in rows] == plain
    assert rows[0]["score:happy"] == 0.7
    folds = parquet.read_table(out / "folds.parquet")
    types = {name: str(folds.schema.field(name).type) for name in folds.column_names}
    assert types["param:model.args.width"] == "int64"
    assert types["param:model.args.deep"] == "bool"
    assert types["metric:uar"] == "double"
    assert types["param:classes"] == "string"
    assert json.loads(folds.to_pylist()[0]["param:classes"]) == ["angry", "happy", "sad"]


@pytest.mark.filterwarnings("ignore")  # what the library says of itself
def test_mlflow_reads_its_runs_back(write, monkeypatch):
    pytest.importorskip("mlflow")
    out = write("mlflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=out.as_uri())
    (experiment,) = [e for e in client.search_experiments() if e.name != "Default"]
    assert experiment.name == "faces subject-2-fold"
    runs = {r.info.run_name: r for r in client.search_runs([experiment.experiment_id])}
    assert sorted(runs) == ["tiny seed 0 fold 1", "tiny seed 0 fold 2", "wide seed 0 fold 1"]
    run = runs["tiny seed 0 fold 1"]
    assert run.data.metrics["war"] == 0.5
    assert run.data.params["recipe.lr"] == "0.001"
    assert run.data.tags["id"] == "0123456789ab-seed-0-fold-0"
    assert run.info.status == "FINISHED"
    assert run.info.end_time - run.info.start_time == 1000
    curve = client.get_metric_history(run.info.run_id, "epoch.loss")
    assert [(point.step, point.value) for point in curve] == [(0, 1.1), (1, 0.9)]
    files = [file.path for file in client.list_artifacts(run.info.run_id)]
    assert files == ["fold-0.csv", "fold-0.json", "fold-0.notes.txt"]


def test_mlflow_leaves_the_environment_as_it_was(write, monkeypatch):
    pytest.importorskip("mlflow")
    monkeypatch.delenv("MLFLOW_ALLOW_FILE_STORE", raising=False)
    monkeypatch.setenv("DO_NOT_TRACK", "mine")
    write("mlflow")
    import os

    assert "MLFLOW_ALLOW_FILE_STORE" not in os.environ
    assert os.environ["DO_NOT_TRACK"] == "mine"


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what the library says of itself
def test_wandb_runs_wait_on_the_disk_without_network_or_login(write, monkeypatch):
    pytest.importorskip("wandb")
    for name in ("WANDB_API_KEY", "WANDB_MODE"):
        monkeypatch.delenv(name, raising=False)
    # a network would be told by an error here
    monkeypatch.setenv("WANDB_BASE_URL", "http://127.0.0.1:9")
    out = write("wandb-offline")
    logs = sorted((out / "wandb").glob("offline-run-*/run-*.wandb"))
    assert [path.stem for path in logs] == [
        "run-0123456789ab-seed-0-fold-0",
        "run-0123456789ab-seed-0-fold-1",
        "run-fedcba987654-seed-0-fold-0",
    ]
    content = logs[0].read_bytes()
    for said in (b"recipe.lr", b"macro_f1", b"validation", b"tiny seed 0 fold 1"):
        assert (said in content) == (said != b"validation"), said
    (table,) = logs[0].parent.rglob("predictions_*.table.json")
    body = json.loads(table.read_text())
    assert body["columns"][6] == "video"
    assert body["data"][0][6] == "faces:c"


def test_damaged_folds_are_named_and_the_rest_is_written(results):
    path = next(results.rglob("fold-1.csv"))
    path.write_text("")
    found, (damage,) = export.runs(results)
    assert len(found) == 2
    assert damage.path == path.with_suffix(".json")


@pytest.mark.parametrize("library", ["pyarrow", "mlflow", "wandb"])
def test_a_library_that_is_not_there_gets_a_sentence(library, monkeypatch, tmp_path):
    monkeypatch.setattr(export, "find_spec", lambda name: None)
    (to,) = (name for name, format in export.FORMATS.items() if format.library == library)
    with pytest.raises(BenchError) as caught:
        export.require(to, tmp_path)
    assert str(caught.value) == (
        f"--to {to} needs {library}, which is not installed. Add it with "
        f'`pip install "video-fer-bench[export]"`.'
    )


def test_an_unknown_format_gets_a_sentence(tmp_path):
    with pytest.raises(BenchError) as caught:
        export.require("xlsx", tmp_path)
    assert str(caught.value) == (
        "unknown format in --to 'xlsx'. Known: csv, mlflow, parquet, wandb-offline."
    )


def test_a_folder_in_use_is_not_written_into(results, tmp_path):
    with pytest.raises(BenchError) as caught:
        export.export(export.runs(results)[0], "csv", results)
    assert str(caught.value) == (
        f"folder {results} is in use. Name a new or an empty one with --out."
    )


@pytest.mark.parametrize("content", ["", "mine"])
def test_a_file_is_no_folder_and_stays_as_it_is(results, tmp_path, content):
    out = tmp_path / "out.csv"
    out.write_text(content)
    with pytest.raises(BenchError) as caught:
        export.export(export.runs(results)[0], "csv", out)
    assert str(caught.value) == (
        f"{out} is a file; expected a folder, for several files are written. Name a new one with "
        f"--out."
    )
    assert out.read_text() == content


def test_an_empty_results_folder_gets_a_sentence(tmp_path):
    with pytest.raises(BenchError, match="holds no stored fold"):
        export.runs(tmp_path)


def test_metrics_are_those_of_the_fold_alone(results):
    found, _ = export.runs(results)
    assert found[0].metrics["uar"] == 0.5
    assert found[0].metrics["seen"] == 1
    assert all(math.isfinite(value) for value in found[0].metrics.values())
