"""Files beside a fold: what a run keeps of every epoch, and the features of its test videos."""

import numpy as np
import pytest

from bench import companions, store
from bench.cli import main
from bench.errors import BenchError

RUN = ["run", "--dataset", "tiny-faces", "--no-cost", "--device", "cpu", "--folds", "0"]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def kept(shelf, plugin, capsys):
    task = [*RUN, "--model", "tiny", "--results", str(shelf)]
    assert main([*task, "--record-epochs", "--record-features"]) == 0
    capsys.readouterr()
    (path,) = (shelf / "accuracy").rglob("*.json")
    return path, store.load_fold(path)


def test_the_answers_of_every_epoch_are_kept(kept):
    path, record = kept
    epochs = companions.read_epochs(path, record)
    assert len(epochs) == len(record.epochs) > 1
    for answers in epochs:
        assert [p.video for p in answers] == [p.video for p in record.predictions]
        assert [p.true for p in answers] == [p.true for p in record.predictions]
    # the last epoch is the one that answered
    assert [p.scores for p in epochs[-1]] == [p.scores for p in record.predictions]
    assert epochs[0][0].scores != epochs[-1][0].scores


def test_keeping_them_changes_no_answer(kept, tmp_path):
    path, _ = kept
    assert main([*RUN, "--model", "tiny", "--results", str(tmp_path)]) == 0
    (plain,) = (tmp_path / "accuracy").rglob("*.csv")
    assert plain.read_bytes() == path.with_suffix(".csv").read_bytes()
    assert (
        companions.read_epochs(
            plain.with_suffix(".json"), store.load_fold(plain.with_suffix(".json"))
        )
        == ()
    )


def test_a_network_that_tells_no_features_keeps_none_and_says_so(kept, shelf, capsys):
    path, record = kept
    assert companions.read_features(path, record) is None
    task = [*RUN, "--model", "tiny", "--results", str(shelf)]
    assert main([*task, "--record-features"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        "1 fold of tiny kept no features: --overwrite trains again those that were done before"
    )


def test_features_are_a_row_for_each_video(kept, tmp_path):
    _, record = kept
    told = {p.video: [70_000.0 + n, 0.5] for n, p in enumerate(record.predictions[1:])}
    content = companions.features_npy(told, record.predictions)
    json = store.save_fold(tmp_path, record, {companions.FEATURES: content})
    features = companions.read_features(json, store.load_fold(json))
    assert features.shape == (len(record.predictions), 2)
    assert np.isnan(features[0]).all()
    assert features[1:].tolist() == list(told.values())


@pytest.mark.parametrize("ending", [companions.EPOCHS, companions.FEATURES])
def test_a_flipped_byte_is_found(kept, tmp_path, ending):
    _, record = kept
    content = companions.features_npy({record.predictions[0].video: [1.0]}, record.predictions)
    json = store.save_fold(tmp_path, record, {ending: content})
    file = companions.path_of(json, ending)
    file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    reader = {
        companions.EPOCHS: companions.read_epochs,
        companions.FEATURES: companions.read_features,
    }[ending]
    with pytest.raises(BenchError) as refused:
        reader(json, store.load_fold(json))
    assert str(refused.value) == (
        f"{file} is not the file that fold-0.json was written with: its sha256 differs. Restore "
        f"it, or delete fold-0.json and run again."
    )
    file.unlink()
    with pytest.raises(BenchError, match="cannot be read: No such file or directory"):
        reader(json, store.load_fold(json))


def test_answers_of_too_few_epochs_do_not_fit(kept, tmp_path):
    _, record = kept
    head = companions.epochs_head(record.request.classes)
    rows = companions.epoch_rows(0, record.predictions, record.request.classes)
    json = store.save_fold(tmp_path, record, {companions.EPOCHS: (head + rows).encode()})
    with pytest.raises(BenchError) as refused:
        companions.read_epochs(json, store.load_fold(json))
    assert str(refused.value) == (
        f"{companions.path_of(json, companions.EPOCHS)} does not fit fold-0.json: other videos, "
        f"epochs or columns than the record has. Delete fold-0.json and run again."
    )


def test_a_run_sweeps_each_length_alone(tmp_path, plugin, capsys):
    sweep = ["--sweep", "frames=1,2", "clips=3"]
    assert main([*RUN, "--model", "tiny", "--results", str(tmp_path), *sweep]) == 2
    assert "which has no clips" in capsys.readouterr().err
    assert main([*RUN, "--model", "tiny", "--results", str(tmp_path), "--sweep", "frames=2,3"]) == 0
    records, _ = store.load_folds(tmp_path)
    assert {r.request.model.name: r.request.model.input.test.frames for r in records} == {
        "tiny@frames=2": 2,
        "tiny@frames=3": 3,
    }
    assert main([*RUN, "--model", "tiny", "--results", str(tmp_path), "frames=2"]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == (
        "error: 'frames=2' belongs to no option. Name each with --, as in --model."
    )
