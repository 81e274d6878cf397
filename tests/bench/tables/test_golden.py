"""Every format of the comparison, byte for byte.

The golden files: `python -m tests.bench.tables.test_golden`; read the difference.
"""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bench import tables
from tests.bench.tables.golden_runs import sections

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"


@cache
def printed():
    """File name -> what it should hold."""
    found = sections()
    return {
        "tables-80.txt": tables.render(found, "text", 80),
        "tables-160.txt": tables.render(found, "text", 160),
        "tables.md": tables.render(found, "markdown"),
        "tables.csv": tables.render(found, "csv"),
        "tables.tex": tables.render(found, "latex"),
        "tables.json": tables.render(found, "json"),
    }


@pytest.mark.parametrize("name", printed())
def test_every_format_prints_its_golden_file(name):
    assert printed()[name] == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_bytes_do_not_depend_on_hash_seed_locale_or_terminal():
    strange = {"PYTHONHASHSEED": "4711", "LC_ALL": "tr_TR.UTF-8", "COLUMNS": "40"}
    code = (
        "import json; from tests.bench.tables.test_golden import printed;"
        "print(json.dumps(printed()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **strange},
        capture_output=True,
        check=True,
    )
    assert json.loads(done.stdout) == printed()


def test_no_torch_is_imported():
    code = (
        "import sys, bench.tables, bench.protocols, bench.audit; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    for name, text in printed().items():
        (GOLDEN / name).write_text(text, encoding="utf-8")
