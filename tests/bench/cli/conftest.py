"""A drawn twin of MMI, made once for all tests of the command line."""

from pathlib import Path

import pytest

from bench.synthesis.mmi import write


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people in the layout of MMI."""
    folder = tmp_path_factory.mktemp("data") / "mmi"
    write(folder, subjects=2, workers=1)
    return folder
