"""A registry of one's own: two small networks whose costs are known by hand."""

from pathlib import Path

import pytest

REGISTRY = """\
# two networks of one's own
models:
  tiny: &tiny
    title: Tiny  # four frames
    kind: network
    factory: tiny_fer.network:Tiny
    source: nobody
    recipe: common
    input:
      train: {rule: uniform, frames: 4}
      test: {rule: uniform, frames: 4}
      size: 32

  wide:
    <<: *tiny
    args: {width: 16}
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That registry in a folder of its own, without locks."""
    package = Path(__file__).parents[1] / "data" / "tiny_fer"
    monkeypatch.syspath_prepend(package)
    monkeypatch.setenv("PYTHONPATH", str(package))
    monkeypatch.delenv("BENCH_REGISTRY", raising=False)
    path = tmp_path / "own" / "registry.yaml"
    path.parent.mkdir()
    path.write_text(REGISTRY)
    return path
