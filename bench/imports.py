"""Who may import whom: the one-way street from command to record, as data, and a reader of it."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGES = ("bench", "baselines", "ceflnet")

MAY_NOT_IMPORT: Mapping[str, AbstractSet[str]] = {
    "baselines": {"bench", "ceflnet"},
    "ceflnet": {"bench", "baselines"},
    "bench": {"baselines", "ceflnet"},
    "bench/records": {"torch", "numpy", "pandas"},
    "bench/registry.py": {"torch", "numpy", "pandas"},
    "bench/store.py": {"torch", "numpy", "pandas"},
    "bench/locks.py": {"torch", "pandas"},
    "bench/imports.py": {"torch", "pandas"},
    "bench/protocols": {"torch", "pandas"},
    "bench/label_map.py": {"torch", "pandas"},
    "bench/audit": {"torch", "pandas", "cv2"},
    "bench/labels.py": {"torch", "pandas"},
    "bench/tables": {"torch", "cv2", "av"},
    "bench/index": {"torch", "pandas", "cv2", "av"},
    "bench/statistics": {"torch", "pandas", "cv2", "av"},
    "bench/report": {"torch", "cv2", "av"},
    "bench/why": {"torch", "pandas", "cv2", "av"},
    "bench/verify": {"torch", "pandas", "cv2", "av"},
    "bench/export": {"torch", "cv2", "av"},
    "bench/datasets": {"torch", "pandas"},
    "bench/measurement/accuracy.py": {"torch", "pandas"},
    "bench/synthesis": {"torch", "pandas"},
}
"""File or folder -> packages that it never imports."""

ONE_DOOR: Mapping[str, AbstractSet[str]] = {
    "mmengine": {"bench/training.py"},
    "ptflops": {"bench/measurement/ptflops_hooks.py"},
    "pynvml": {"bench/measurement/gpu.py"},
    "av": {"bench/frames", "bench/synthesis", "bench/cli/doctor.py"},
    "cv2": {"bench/frames", "bench/synthesis", "bench/cli/doctor.py"},
    "rich": {"bench/cli"},
    "typer": {"bench/cli"},
    "tabulate": {"bench/tables"},
    "pandas": {"bench/tables"},
    "matplotlib": {"bench/figures"},
    "sklearn": {"bench/figures"},
    "scipy": {"bench/statistics"},
    "bokeh": {"bench/report"},
    "jinja2": {"bench/report"},
    "pyarrow": {"bench/export"},
    "mlflow": {"bench/export"},
    "wandb": {"bench/export"},
    "pytest": {"bench/pytest_plugin.py"},
}
"""Library -> the files and folders of `bench` that alone may import it."""

UNPICKLES: AbstractSet[str] = {"bench/weights/unpickling.py"}
"""The only file that may load what can run code; a script for a process of its own."""

STRANGERS = "baselines"
"""The package whose files never import one another."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A file that breaks a rule."""

    file: str
    """Relative to the folder of the packages, with forward slashes."""
    rule: str
    """What it does, and who may."""


@dataclass(frozen=True, slots=True)
class _Source:
    file: str
    imported: frozenset[str]
    """Full names of the modules that the file imports anywhere in it."""
    prints: bool
    unpickles: bool
    """Whether it loads weights in the way that can run code."""

    def packages(self) -> set[str]:
        return {name.partition(".")[0] for name in self.imported}


def home() -> Path:
    """The folder that holds the packages: the clone, or where they are installed."""
    return Path(__file__).parents[1]


def breaches(root: Path | None = None) -> list[Breach]:
    """Every broken rule under a folder, read from the source without importing it.

    Args:
        root: the folder of the packages; None is where this one lies.
    """
    root = root or home()
    paths = [path for name in PACKAGES for path in sorted((root / name).rglob("*.py"))]
    sources = [_read(path.read_bytes(), path.relative_to(root)) for path in paths]
    rules = (_directions, _doors, _strangers, _prints, _unsafe)
    return [breach for rule in rules for breach in rule(sources)]


@cache
def _read(text: bytes, file: Path) -> _Source:
    folders = file.parent.parts
    imported: set[str] = set()
    prints = unpickles = False
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            prints |= isinstance(node.func, ast.Name) and node.func.id == "print"
            unpickles |= any(map(_is_unsafe, node.keywords))
        else:
            imported.update(_names(node, folders))
    return _Source(file.as_posix(), frozenset(imported), prints, unpickles)


def _is_unsafe(keyword: ast.keyword) -> bool:
    return keyword.arg == "weights_only" and not getattr(keyword.value, "value", True)


def _names(node: ast.AST, folders: Sequence[str]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = folders[: len(folders) - node.level + 1] if node.level else ()
        module = ".".join((*above, *filter(None, [node.module])))
        yield module
        yield from (f"{module}.{alias.name}" for alias in node.names)


def _under(file: str, places: Iterable[str]) -> bool:
    return any(file == place or file.startswith(f"{place}/") for place in places)


def _directions(sources: Sequence[_Source]) -> Iterator[Breach]:
    for where, banned in MAY_NOT_IMPORT.items():
        inside = [source for source in sources if _under(source.file, [where])]
        if not inside:
            yield Breach(where, "is named by a rule of bench/imports.py and is not there")
        for source in inside:
            for name in sorted(source.packages() & banned):
                yield Breach(source.file, f"imports {name}, which {where} may not")


def _doors(sources: Sequence[_Source]) -> Iterator[Breach]:
    for library, doors in ONE_DOOR.items():
        for source in sources:
            outside = _under(source.file, ["bench"]) and not _under(source.file, doors)
            if outside and library in source.packages():
                allowed = ", ".join(sorted(doors))
                yield Breach(source.file, f"imports {library}, which only {allowed} may")


def _strangers(sources: Sequence[_Source]) -> Iterator[Breach]:
    for source in sources:
        if _under(source.file, [STRANGERS]) and STRANGERS in source.packages():
            yield Breach(source.file, f"imports another file of {STRANGERS}")


def _prints(sources: Sequence[_Source]) -> Iterator[Breach]:
    for source in sources:
        if _under(source.file, ["bench"]) and source.prints:
            yield Breach(source.file, "calls print, which only the console of bench/cli may")


def _unsafe(sources: Sequence[_Source]) -> Iterator[Breach]:
    scripts = {file.removesuffix(".py").replace("/", ".") for file in UNPICKLES}
    for source in sources:
        if scripts & source.imported:
            yield Breach(source.file, "imports a script that unpickles; run it in its own process")
        if source.unpickles and source.file not in UNPICKLES:
            yield Breach(source.file, "loads weights that can run code: weights_only=False")
