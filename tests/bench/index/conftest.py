"""A cache of one's own, and a few planted folds."""

from pathlib import Path

import pytest

from tests.bench.planted import plant


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where indexes of this test lie."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("BENCH_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def twelve(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve folds: two systems of two seeds; not to be changed."""
    folder = tmp_path_factory.mktemp("twelve")
    plant(folder, 12, seeds=2)
    return folder
