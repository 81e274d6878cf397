"""Every dataset from a tree as its distributor ships it to a cell of a table, by real commands."""

import fcntl
import os
from pathlib import Path

import pytest

from bench import store
from bench.cli import main, screen
from bench.synthesis.watch import quiet
from bench.weights import make_synthetic_trunk
from tests.brief_twins import BRIEF

NAMED = (
    "afew",
    "baum1s",
    "bu4dfe",
    "caer",
    "ckplus",
    "crema-d",
    "dfew",
    "enterface05",
    "ferv39k",
    "mafw",
    "mmi",
    "oulu-casia",
    "ravdess",
    "rml",
)


SOME = ("afew", "ckplus", "dfew")
"""Films and pictures, official folds and dealt ones; `test_cli_run` runs on MMI."""

SECONDS = """
presets:
  seconds:
    title: the whole line in seconds
    size: 64
    epochs: 1
    train_videos: 16
    batch_size: 8
"""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the trunk that preset quick begins with, made once for all processes."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "every-dataset"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_synthetic_trunk(folder, watch=quiet)
    return folder


@pytest.mark.parametrize("name", SOME)
def test_a_tree_is_checked_prepared_run_and_tabled(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "seconds.yaml").write_text(SECONDS)
    monkeypatch.setenv("BENCH_REGISTRY", str(tmp_path / "seconds.yaml"))
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("bench.cli.data.TWINS", BRIEF)
    line(name, "seconds", tmp_path, monkeypatch, capsys)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMED)
def test_the_same_with_the_preset_for_two_cores(
    name: str,
    tmp_path: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("BENCH_CACHE", str(cache))
    line(name, "quick", tmp_path, monkeypatch, capsys)


def line(
    name: str,
    preset: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """From the tree to a cell of the table, by the commands that a user types."""
    monkeypatch.setattr(screen.console, "width", 1000)
    root, results = tmp_path / "tree", tmp_path / "results"

    def ask(*words: str) -> str:
        code = main([*words])
        said = capsys.readouterr()
        assert code == 0, f"{' '.join(words)}\n{said.out}{said.err}"
        return said.out

    ask("data", "synth", "--like", name, "--out", str(root), "--subjects", "1")
    assert "clean: nothing missing" in ask("data", "check", name, "--root", str(root))
    assert " 0 unreadable" in ask("data", "prepare", name, "--root", str(root))
    asked = ["run", "--model", "resnet18", "--preset", preset, "--folds", "0", "--no-cost"]
    where = ["--dataset", name, "--root", str(root), "--results", str(results)]
    assert "1 fold trained" in ask(*asked, *where)
    table = ask("table", "--results", str(results), "--reported", "none")
    (record,), _ = store.load_folds(results)
    assert {p.video for p in record.predictions} == {*record.request.fold.test}
    assert record.request.synthetic
    assert f"{record.request.protocol} · preset {preset} (SYNTHETIC DATA)" in table
