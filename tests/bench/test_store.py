import json
from dataclasses import replace

import pytest

from bench import store
from bench.errors import BenchError
from bench.records import Energy, GpuState, Setting, Stages, Throughput, Timing


def test_a_fold_is_read_back_as_it_was_saved(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    assert store.load_fold(path) == fold_record


def test_the_path_says_dataset_protocol_model_identity_seed_and_fold(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    assert str(path.relative_to(tmp_path)) == (
        "accuracy/faces/subject-2-fold/tiny/0123456789ab/seed-0/fold-0.json"
    )
    assert path.with_suffix(".csv").read_text() == (
        "video,subject,group,true,status,score:angry,score:happy,score:sad,"
        "frames,spans,clip_scores,apex,attributes\n"
        'faces:c,s1,,happy,scored,0.1,0.7,0.2,1 5 9 13,0-8 8-16,0.25 0.75,4-9,"{""view"": '
        '""frontal""}"\n'
        "faces:d,s1,,happy,unreadable,,,,,,,,\n"
    )


def test_two_saves_of_one_record_are_byte_identical(tmp_path, fold_record):
    first = store.save_fold(tmp_path / "a", fold_record)
    second = store.save_fold(tmp_path / "b", fold_record)
    assert first.read_bytes() == second.read_bytes()


def test_nothing_half_written_is_left_behind(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    assert sorted(p.name for p in path.parent.iterdir()) == ["fold-0.csv", "fold-0.json"]


def test_a_changed_csv_is_found(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    table = path.with_suffix(".csv")
    table.write_text(table.read_text().replace("0.7", "0.8"))
    with pytest.raises(BenchError) as caught:
        store.load_fold(path)
    assert str(caught.value) == (
        f"{table} is not the file that fold-0.json was written with: its sha256 differs. "
        f"Delete fold-0.json and run again."
    )


def test_a_changed_json_is_found(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    path.write_text(path.read_text().replace('"loss": 0.9', '"loss": 0.8'))
    with pytest.raises(BenchError) as caught:
        store.load_fold(path)
    assert str(caught.value) == (
        f"{path} was changed after it was written: its sha256 differs. "
        f"Delete fold-0.json and run again."
    )


def test_another_schema_is_refused_with_a_sentence(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2}))
    with pytest.raises(BenchError) as caught:
        store.load_fold(path)
    assert str(caught.value) == (
        f"{path} has schema 2; this version reads 1. Update bench, or move it away and run again."
    )


@pytest.mark.parametrize("text", ["", "[]", "{", "\x00", '{"schema": 1}'])
def test_damage_is_reported_and_the_rest_still_loads(tmp_path, fold_record, text):
    path = store.save_fold(tmp_path, fold_record)
    broken = path.parent.parent / "seed-1" / "fold-0.json"
    broken.parent.mkdir()
    broken.write_text(text)
    records, damaged = store.load_folds(tmp_path)
    assert records == (fold_record,)
    assert [damage.path for damage in damaged] == [broken]


def test_unfinished_work_is_no_result(tmp_path, fold_record):
    folder = store.partial_folder(tmp_path, fold_record.request)
    folder.mkdir(parents=True)
    (folder / "epochs.json").write_text("[]")
    (folder / "20261121" / "vis_data").mkdir(parents=True)
    (folder / "20261121" / "vis_data" / "scalars.json").write_text("{}\n{}\n")
    assert store.load_folds(tmp_path) == ((), ())


def test_a_results_folder_that_is_a_file_gets_a_sentence(tmp_path):
    (tmp_path / "results").write_text("")
    with pytest.raises(BenchError) as caught:
        store.load_folds(tmp_path / "results")
    assert str(caught.value) == (
        f"results folder {tmp_path / 'results'} is a file. Free it, or pass --results DIR."
    )


def test_a_results_folder_that_cannot_be_read_gets_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(store.os, "access", lambda path, mode: False)
    with pytest.raises(BenchError, match="cannot be read"):
        store.load_costs(tmp_path)


def test_a_results_folder_that_cannot_be_written_gets_a_sentence(tmp_path, fold_record):
    (tmp_path / "accuracy").write_text("in the way")
    with pytest.raises(BenchError, match="cannot be written: Not a directory"):
        store.save_fold(tmp_path, fold_record)


def test_a_fold_in_work_is_not_worked_on_twice(tmp_path):
    folder = tmp_path / "fold-0.partial"
    with (
        store.claimed(folder),
        pytest.raises(BenchError) as caught,
        store.claimed(folder),
    ):
        pass
    assert str(caught.value) == (
        f"{folder} is locked: another run works on this fold. Wait for it, or choose other folds "
        f"with --folds."
    )


def test_a_claim_ends_with_its_block(tmp_path):
    with store.claimed(tmp_path / "x"):
        pass
    with store.claimed(tmp_path / "x") as folder:
        assert folder.is_dir()


GPU = Timing(
    setting=Setting("cuda", "bf16", batch=2, compiled=True),
    quick=False,
    warmup=8,
    steady=True,
    wall_ms=(1.5, 1.25, 1.75),
    device_ms=(1.25, 1.0, 1.5),
    rounds=(2, 1),
    beside=("c3d",),
    compile_s=12.5,
    memory_bytes=2**30,
    foreign_load=0.01,
    gpu=(
        GpuState("before", 345, 2619, 76.5, 31),
        GpuState("after", 1980, None, None, 40, ("hot",)),
    ),
    energy=Energy(5000, 40, 2.5),
    throughput=(Throughput(1, (1.5,)), Throughput(2, ())),
    stages=Stages("a.mp4", 50, 2.0, "haar", {"decode": (3.0, 4.0)}),
    unstable=("clocks fell",),
)


def test_a_count_is_read_back_as_it_was_saved_and_lies_beside_the_machines(tmp_path, cost_record):
    path = store.save_cost(tmp_path, cost_record)
    assert path == tmp_path / "cost/counted/tiny/0123456789ab.json"
    assert store.load_costs(tmp_path) == ((cost_record,), ())


def test_every_timing_is_kept_and_read_back_as_it_was_saved(tmp_path, cost_record):
    first = replace(cost_record, timing=GPU)
    second = replace(first, created="2026-11-20T12:00:01+00:00")
    paths = [store.save_cost(tmp_path, record) for record in (first, second)]
    folder = tmp_path / "cost/cpu-test-2-cores/tiny"
    assert paths == [
        folder / "0123456789ab-20261120T120000.json",
        folder / "0123456789ab-20261120T120001.json",
    ]
    assert store.load_costs(tmp_path) == ((first, second), ())


def test_a_cost_of_another_schema_is_left_out_with_a_sentence(tmp_path, cost_record):
    path = store.save_cost(tmp_path, cost_record)
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 1}))
    assert store.load_costs(tmp_path) == (
        (),
        (
            store.Damage(
                path,
                f"{path} has schema 1; this version reads 2. It is of an older version: move it "
                f"away and run again.",
            ),
        ),
    )


def test_a_json_that_is_nested_without_end_is_damaged(tmp_path, fold_record):
    path = store.save_fold(tmp_path, fold_record)
    path.write_text("[" * 200_000)
    _, (damage,) = store.load_folds(tmp_path)
    assert damage.reason == (
        f"{path} cannot be read: it is nested too deeply. Delete fold-0.json and run again."
    )


def test_a_fold_without_test_videos_is_damaged(tmp_path, fold_record):
    path = store.save_fold(tmp_path, replace(fold_record, predictions=()))
    _, (damage,) = store.load_folds(tmp_path)
    assert damage.reason == (
        f"{path.with_suffix('.csv')} holds no test video, so there is nothing to score. Delete "
        f"fold-0.json and run again."
    )


def test_a_video_of_a_class_that_the_fold_lacks_is_damage(tmp_path, fold_record):
    strange = tuple(replace(p, true="joy") for p in fold_record.predictions)
    path = store.save_fold(tmp_path, replace(fold_record, predictions=strange))
    records, (damage,) = store.load_folds(tmp_path)
    assert records == ()
    assert damage.reason == (
        f"{path.with_suffix('.csv')}: unknown class 'joy'. Known: angry, happy, sad."
    )


def test_a_fold_is_counted_from_one_and_named_by_its_file(fold_record, tmp_path):
    assert (store.said_fold(0), store.said_fold(4, 5)) == (
        "fold 1 (fold-0)",
        "fold 5 of 5 (fold-4)",
    )
    path = store.fold_path(tmp_path, fold_record.request)
    assert f"({path.stem})" in store.said_fold(fold_record.request.fold.index)
