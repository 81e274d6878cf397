"""A drawn twin of MMI, made once, and a screen on which no table wraps."""

import re
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

import pytest

from bench import costs
from bench.cli import main, screen
from bench.frames import parallel
from bench.synthesis import twin as drawn
from bench.synthesis.layouts import mmi
from tests.brief_twins import brief


@pytest.fixture(scope="session")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people in the layout of MMI."""
    folder = tmp_path_factory.mktemp("data") / "mmi"
    drawn.write("mmi", brief(mmi.few), folder, subjects=2, workers=1)
    return folder


@pytest.fixture(scope="session")
def counts() -> dict[str, object]:
    """Each case as it is written -> its count."""
    return {}


@pytest.fixture
def counted_once(counts: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every entry is counted once for all commands: nothing but its case goes into a count."""
    count = costs.counted

    def counted(case: costs.Case) -> object:
        if repr(case) not in counts:
            counts[repr(case)] = count(case)
        return counts[repr(case)]

    for module in ("bench.costs", "bench.check.story"):
        monkeypatch.setattr(f"{module}.counted", counted)


@pytest.fixture
def ask(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run one command: its exit code, what it printed, and what it complained of."""
    monkeypatch.setattr(screen.console, "width", 1000)
    # so few videos are read sooner than another process starts
    monkeypatch.setattr(parallel, "_SHARE", 1000)
    for name in ("BENCH_REGISTRY", "BENCH_DATA", "BENCH_RESULTS"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        return code, *capsys.readouterr()

    return call


@pytest.fixture
def cells() -> Callable[[str], list[list[str]]]:
    """The body of a printed table, row by row."""

    def read(text: str) -> list[list[str]]:
        lines = text.splitlines()
        (rule,) = (number for number, line in enumerate(lines) if line.strip().startswith("──"))
        body = takewhile(str.strip, lines[rule + 1 :])
        return [re.split(r" {2,}", line.strip()) for line in body]

    return read
