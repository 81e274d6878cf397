"""Folds read for a table, the first time and again."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import index
from bench.index.reading import Reader
from bench.registry import load
from bench.tables import comparison, load_reported, render
from tests.bench.planted import plant

ROOT = Path(__file__).parents[2]
FIRST, AGAIN = 20, 2
"""Seconds that 100,000 folds may take on two cores that nobody else uses."""


@pytest.fixture
def planted(tmp_path, monkeypatch):
    """600 folds of 20 systems."""
    monkeypatch.setenv("BENCH_CACHE", str(tmp_path / "cache"))
    plant(tmp_path / "results", 600)
    return tmp_path / "results"


def test_six_hundred_folds_are_read(benchmark, planted):
    files = sorted(map(str, planted.rglob("*.json")))

    def read():
        reader = Reader()
        return [reader.read(file) for file in files]

    assert len(benchmark.pedantic(read, rounds=5, warmup_rounds=1)) == 600


def test_six_hundred_folds_come_from_the_index(benchmark, planted):
    index.load(planted)
    results, _ = benchmark.pedantic(index.load, (planted,), rounds=10, warmup_rounds=1)
    assert len(results) == 600


def test_six_hundred_folds_become_a_table(benchmark, planted):
    results, _ = index.load(planted)
    quotes, known = load_reported(), load().datasets

    def table():
        return render(comparison(results, (), quotes, None, known), "text", 100)

    assert "Model 00" in benchmark.pedantic(table, rounds=10, warmup_rounds=1)


@pytest.mark.slow
def test_a_hundred_thousand_folds_become_a_table_in_time(tmp_path, capsys):
    plant(tmp_path / "results", 100_000)
    env = {**os.environ, "BENCH_CACHE": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "bench", "table", "--results", str(tmp_path / "results")]
    os.sync()  # what was planted is on the disk before the clock starts
    busy = os.getloadavg()[0]
    printed, seconds = [], []
    for _ in range(3):
        began = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        seconds.append(time.perf_counter() - began)
        printed.append(done.stdout)
    with capsys.disabled():
        told = ", ".join(f"{taken:.1f} s" for taken in seconds)
        sys.stdout.write(f"\n100,000 folds, first and again: {told}; load before {busy:.1f}\n")
    assert printed[0] == printed[1] == printed[2]
    assert printed[0].decode().count("Model ") >= 3334
    if busy < 1.5:  # planting is one process; beside other work the times say nothing
        assert seconds[0] <= FIRST
        assert min(seconds[1:]) <= AGAIN
