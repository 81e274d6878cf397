"""`bench run` as the README promises it: a network by YAML alone, and a twin of MMI."""

import re
from pathlib import Path

import pytest

from bench import store
from bench.cli import main

ROOT = Path(__file__).parents[3]
TINY_PRESET = """
presets:
  smallest:
    title: seconds
    size: 32
    epochs: 1
    train_videos: 3
    batch_size: 3
"""


def readme_registry() -> str:
    """The block of the README that adds a model."""
    (block,) = re.findall(r"```yaml\n# my\.yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    return block


@pytest.mark.usefixtures("plugin")
def test_the_readme_adds_a_network_of_torchvision_by_yaml_alone(tmp_path, capsys):
    (tmp_path / "my.yaml").write_text(readme_registry())
    (tmp_path / "preset.yaml").write_text(TINY_PRESET)
    registries = [f"--registry={tmp_path / name}" for name in ("my.yaml", "preset.yaml")]
    task = ["--model", "r3d18", "--dataset", "tiny-faces", "--preset", "smallest", "--folds", "0"]
    where = ["--results", str(tmp_path / "results"), "--device", "cpu"]
    assert main(["run", *registries, *task, *where, "--no-cost"]) == 0
    (record,), damaged = store.load_folds(tmp_path / "results")
    request = record.request
    assert damaged == ()
    assert request.model.factory == "torchvision.models.video:r3d_18"
    assert (request.model.input.size, request.model.input.train.frames) == (32, 16)
    extent = request.extent
    assert (extent.epochs, extent.steps_per_epoch, extent.batch_size) == (1, 1, 3)
    assert [len(p.scores) for p in record.predictions] == [3] * 6
    assert [len(p.frames) for p in record.predictions] == [16] * 6
    *_, line, last = capsys.readouterr().out.splitlines()
    assert line.startswith("r3d18 on tiny-faces, seed 0, fold 1 of 3 (fold-0): UAR ")
    assert last == f"1 fold trained, 0 already done, records in {tmp_path / 'results'}"


@pytest.mark.usefixtures("plugin")
def test_an_objective_that_a_recipe_cannot_have_is_refused_before_data_are_read(tmp_path, capsys):
    task = ["--model", "tiny", "--dataset", "tiny-faces", "--results", str(tmp_path)]
    assert main(["run", *task, "--recipe", "mae-dfer-100", "--objective", "ec-stfl"]) == 2
    told = capsys.readouterr()
    assert "recipe 'mae-dfer-100' mixes the labels of its videos" in told.err
    assert told.out == ""


@pytest.mark.usefixtures("plugin")
def test_an_objective_that_a_model_cannot_have_is_refused_before_data_are_read(tmp_path, capsys):
    task = ["--model", "tiny", "--dataset", "tiny-faces", "--results", str(tmp_path)]
    assert main(["run", *task, "--objective", "feratt"]) == 2
    told = capsys.readouterr()
    assert told.err.splitlines() == [
        "error: objective 'feratt' needs the output 'frame_logits', and this model gives logits; "
        "models that answer frame by frame do, as feratt. Choose another with --objective."
    ]
    assert told.out == ""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    return tmp_path_factory.mktemp("results-of-twin")


@pytest.fixture
def run(twin, shelf, plugin):
    task = ["--model", "tiny", "--dataset", "mmi", "--root", str(twin)]
    how = ["--protocol", "subject-2-fold", "--device", "cpu", "--results", str(shelf)]
    return ["run", *task, *how, "--no-cost"]


def test_a_run_on_the_twin_tells_what_it_uses_and_leaves_out(run, shelf, capsys):
    assert main(run) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "MMI (SYNTHETIC DATA): 12 videos of 6 classes",
        "  left out: 1 emotion code 10",
        "  left out: 1 emotion code 7",
        "  left out: 2 no emotion tag",
        "  left out: 2 profile view",
        "  left out: 1 still images",
    ]
    assert any(re.fullmatch(r"  12 videos, \d+ frames, \d+ MB: .*", line) for line in lines)
    assert lines[-1] == f"2 folds trained, 0 already done, records in {shelf}"
    records, _ = store.load_folds(shelf)
    assert [(len(r.predictions), r.request.synthetic) for r in records] == [(6, True)] * 2
    assert all(r.request.preprocessing.detector == "haar" for r in records)
    first, second = ({p.subject for p in r.predictions} for r in records)
    assert not first & second


def test_the_table_calls_it_synthetic_and_quotes_nothing_beside_it(run, shelf, capsys):
    main(run)
    capsys.readouterr()
    assert main(["table", "--dataset", "mmi", "--results", str(shelf)]) == 0
    section, *others = re.split(r"\n(?=.*\n=+\n)", capsys.readouterr().out)
    assert section.splitlines()[0] == ("MMI · subject-2-fold · preset full (SYNTHETIC DATA)")
    assert "reported" not in section.lower()
    assert "91.00" not in section
    assert all("(REPORTED ONLY)" in other.splitlines()[0] for other in others)
    assert "Tiny" not in "".join(others)
