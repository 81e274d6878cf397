"""The first files of a plugin: templates that pass their own tests before a word is changed."""

import keyword
import re
import sys
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Literal

from bench.errors import BenchError, unknown
from bench.registry import Registry

KINDS = ("network", "classical")
"""Kinds of a model that one writes; the others are a block of YAML alone."""

_TEMPLATES = Path(__file__).parent / "templates"


def write(
    section: Literal["models", "datasets"], kind: str, name: str, folder: Path, registry: Registry
) -> list[Path]:
    """Write a plugin of one file, with its block, its test and its README.

    Args:
        section: of the registry that the block belongs to.
        kind: network, classical or dataset: the folder of the templates.
        name: of the entry; its module is named alike, with `_` for `-`.
        folder: to be made.
        registry: no name of it is given twice.

    Returns:
        the files, in the order in which one reads them.

    Raises:
        BenchError: the name cannot be used, the folder is there, or it cannot be written.
    """
    kinds = KINDS if section == "models" else ("dataset",)
    if kind not in kinds:
        raise unknown("kind", kind, kinds)
    module = _module(name)
    _refuse_known(section, name, registry)
    if folder.exists():
        raise BenchError(
            f"{folder} is there already, and nothing is overwritten. Choose another name, or a "
            f"folder with --out."
        )
    _refuse_installed(name, module)
    words = {
        "name": name,
        "module": module,
        "title": " ".join(word[:1].upper() + word[1:] for word in re.split("[-_]+", name)),
        "Class": "".join(word[:1].upper() + word[1:] for word in module.split("_")),
        "folder": folder.as_posix(),
    }
    try:
        return [_filled(path, words, folder) for path in _ordered(_TEMPLATES / kind)]
    except OSError as error:
        raise BenchError(
            f"{folder} cannot be written: {error.strerror}. Choose another folder with --out."
        ) from error


def _ordered(templates: Path) -> list[Path]:
    """The code, its block, its test, then what to do with them."""
    order = ("module.py", "registry.yaml", "test_module.py", "README.md")
    return [templates / f"{name}.tmpl" for name in order]


def _filled(template: Path, words: dict[str, str], folder: Path) -> Path:
    path = folder / template.stem.replace("module", words["module"])
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(Template(template.read_text(encoding="utf-8")).substitute(words), "utf-8")
    return path


def _module(name: str) -> str:
    module = name.replace("-", "_")
    if not re.fullmatch("[a-z][a-z0-9_]*", module) or keyword.iskeyword(module):
        raise BenchError(
            f"name {name!r} cannot name a module; expected small letters, digits and '-', a "
            f"letter first, and no word of Python, as in my-net."
        )
    return module


def _refuse_known(section: str, name: str, registry: Registry) -> None:
    kind = section.removesuffix("s")
    aliases = [alias for entry in registry.datasets.values() for alias in entry.aliases]
    if name in getattr(registry, section) or (section == "datasets" and name in aliases):
        raise BenchError(
            f"{kind} {name!r} is in the registry already; names must differ. Choose another, see "
            f"`bench list {section}`."
        )


def _refuse_installed(name: str, module: str) -> None:
    """A file of one's own that has the name of an installed package would never be imported."""
    if module in sys.stdlib_module_names or find_spec(module) is not None:
        raise BenchError(
            f"name {name!r} is that of a module that Python has already ({module}), which would "
            f"hide yours. Choose another."
        )
