"""The command line on a screen on which nothing wraps."""

from collections.abc import Callable

import pytest

from bench.cli import main, screen


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run one command: its exit code, what it printed, and what it complained of."""
    monkeypatch.setattr(screen.console, "width", 1000)
    monkeypatch.delenv("BENCH_RESULTS", raising=False)

    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call
