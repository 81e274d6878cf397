"""What a person waits for before the first line."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["--help", "list", "show ceflnet", "table"])
def test_a_command_starts(benchmark, command):
    call = [sys.executable, "-m", "bench", *command.split()]

    def start():
        subprocess.run(call, cwd=ROOT, check=True, capture_output=True)

    benchmark.pedantic(start, rounds=7, warmup_rounds=1)
