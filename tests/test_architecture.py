"""Who may import whom: the one-way street from command to record, read from the source."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

MAY_NOT_IMPORT = {
    "baselines": {"bench", "ceflnet"},
    "ceflnet": {"bench", "baselines"},
    "bench": {"baselines", "ceflnet"},
    "bench/records.py": {"torch", "numpy", "pandas"},
    "bench/registry.py": {"torch", "numpy", "pandas"},
    "bench/store.py": {"torch", "numpy", "pandas"},
    "bench/protocols.py": {"torch", "pandas"},
    "bench/audit.py": {"torch", "pandas"},
    "bench/tables": {"torch", "cv2", "av"},
    "bench/datasets": {"torch", "pandas"},
    "bench/measurement/accuracy.py": {"torch", "pandas"},
    "bench/synthesis": {"torch", "pandas"},
}

ONE_DOOR = {
    "mmengine": {"bench/training.py"},
    "ptflops": {"bench/measurement/complexity.py"},
    "av": {"bench/frames", "bench/synthesis", "bench/cli/doctor.py"},
    "cv2": {"bench/frames", "bench/synthesis", "bench/cli/doctor.py"},
    "rich": {"bench/cli"},
    "typer": {"bench/cli"},
    "tabulate": {"bench/tables"},
    "pandas": {"bench/tables"},
}

SIBLINGS = sorted((ROOT / "baselines").glob("[a-z]*.py"))


def sources(where: str) -> list[Path]:
    path = ROOT / where
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def packages(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize(("where", "banned"), MAY_NOT_IMPORT.items())
def test_imports_point_one_way(where, banned):
    assert sources(where)
    for path in sources(where):
        assert not packages(path) & banned, path


@pytest.mark.parametrize(("library", "doors"), ONE_DOOR.items())
def test_a_heavy_library_has_one_door(library, doors):
    users = {str(p.relative_to(ROOT)) for p in sources("bench") if library in packages(p)}
    assert all(any(user.startswith(door) for door in doors) for user in users), users


@pytest.mark.parametrize("path", SIBLINGS, ids=lambda path: path.stem)
def test_a_baseline_never_imports_another(path):
    assert not [name for name in imported(path) if name.startswith("baselines")]


def test_only_the_command_line_prints():
    for path in sources("bench"):
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
        assert "print" not in calls, path


def test_nothing_loads_weights_that_can_run_code():
    for where in ("bench", "baselines", "ceflnet"):
        for path in sources(where):
            assert "weights_only=False" not in path.read_text(encoding="utf-8"), path
