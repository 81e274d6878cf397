"""`registry.yaml`, extra registries and entry points -> entries, checked strictly."""

import importlib.metadata
import importlib.util
import os
import pkgutil
import re
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.errors import BenchError, unknown
from bench.records import DatasetEntry, ModelEntry, ObjectiveEntry, Preset, Recipe, UnbuiltEntry
from bench.schema import read
from bench.variants import AND, variant

GROUP = "video_fer_bench.registries"
"""Entry-point group; a value names a package that holds a `registry.yaml`."""

VARIABLE = "BENCH_REGISTRY"
"""Environment variable with extra registry files, separated like PATH."""

SECTIONS: Mapping[str, type] = {
    "models": ModelEntry,
    "datasets": DatasetEntry,
    "recipes": Recipe,
    "presets": Preset,
    "objectives": ObjectiveEntry,
    "unbuilt": UnbuiltEntry,
}


@dataclass(frozen=True, slots=True)
class Registry:
    """All entries by section and name, and the file that each came from."""

    models: Mapping[str, ModelEntry]
    datasets: Mapping[str, DatasetEntry]
    recipes: Mapping[str, Recipe]
    presets: Mapping[str, Preset]
    objectives: Mapping[str, ObjectiveEntry]
    unbuilt: Mapping[str, UnbuiltEntry]
    files: Mapping[tuple[str, str], Path]

    def find(self, section: str, name: str) -> Any:
        """The entry of that name.

        Raises:
            BenchError: there is none; the nearest and all known names are said.
        """
        entries = getattr(self, section)
        base, at, changes = name.partition("@")
        if section == "models" and at and name not in entries:
            return variant(self.find("models", base), changes)
        if name not in entries:
            raise unknown(section.removesuffix("s"), name, entries)
        return entries[name]

    def base(self, name: str) -> ModelEntry:
        """The model that a sanity row such as `resnet18@middle-frame` stands on, or itself.

        A row of another length, such as `ceflnet@clips=3`, is a network of its own.
        """
        plain, at, changes = name.partition("@")
        if name in self.models or not at:
            return self.find("models", name)
        lengths = AND.join(change for change in changes.split(AND) if "=" in change)
        return self.find("models", f"{plain}@{lengths}" if lengths else plain)

    def dataset(self, name: str) -> DatasetEntry:
        """The dataset of that name or alias."""
        for entry in self.datasets.values():
            if name in entry.aliases:
                return entry
        return self.find("datasets", name)


def builtin() -> Path:
    """The registry that ships with the program: beside the package in a clone, in it in a wheel."""
    here = Path(__file__).parent
    packed = here / "registry.yaml"
    return packed if packed.exists() else here.parent / "registry.yaml"


def load(extra: Sequence[Path] = ()) -> Registry:
    """Our registry, those of installed packages, those of BENCH_REGISTRY, then `extra`.

    Raises:
        BenchError: a file cannot be read, a block is wrong, or two files give one name.
    """
    named = [Path(p) for p in os.environ.get(VARIABLE, "").split(os.pathsep) if p]
    entries: dict[str, dict[str, Any]] = {section: {} for section in SECTIONS}
    files: dict[tuple[str, str], Path] = {}
    for path in _unique([builtin(), *_installed(), *named, *extra]):
        for section, name, entry in _blocks(path):
            if (section, name) in files:
                raise BenchError(
                    f"{section.removesuffix('s')} {name!r} is in {files[section, name]} and in "
                    f"{path}; names must differ. Rename one of the two."
                )
            entries[section][name] = entry
            files[section, name] = path
        if path != builtin():
            _make_importable(path.parent)
    registry = Registry(**entries, files=files)
    _check_references(registry)
    return registry


def resolve(reference: str, owner: str) -> Callable[..., Any]:
    """The object that `package.module:attribute` names; imports it now.

    Args:
        reference: as written in the registry.
        owner: the block it stands in, for the message.

    Raises:
        BenchError: it cannot be imported; the true cause is said.
    """
    if ":" not in reference:
        raise BenchError(f"{owner}: {reference!r} is no reference; expected 'module:attribute'.")
    try:
        with warnings.catch_warnings():
            # what a library uses in itself and should no longer is not its user's business
            warnings.simplefilter("ignore")
            return pkgutil.resolve_name(reference)
    except (ImportError, AttributeError) as error:
        raise BenchError(
            f"{owner}: {reference!r} cannot be imported: {error}. Check the spelling, and that "
            f"the package is installed or lies beside its registry file."
        ) from error


def require_name(name: str, where: str) -> None:
    """Refuse a name that cannot stand in a path or in a list of names.

    Args:
        name: of an entry.
        where: what bears it, for the message.

    Raises:
        BenchError: another character is in it, or none is.
    """
    if not re.fullmatch(r"\w[\w.@-]*", name):
        raise BenchError(f"{where} needs a name of letters, digits, '-', '_', '.' and '@'.")


def _unique(paths: Sequence[Path]) -> list[Path]:
    return list(dict.fromkeys(path.expanduser().resolve() for path in paths))


def _installed() -> list[Path]:
    paths: list[Path] = []
    for point in sorted(importlib.metadata.entry_points(group=GROUP), key=lambda p: p.value):
        spec = importlib.util.find_spec(point.value)
        if spec is None or not spec.submodule_search_locations:
            raise BenchError(
                f"entry point {point.name!r} of {GROUP} names {point.value!r}, which is no "
                f"package. Name a package that holds a registry.yaml."
            )
        paths.append(Path(next(iter(spec.submodule_search_locations))) / "registry.yaml")
    return paths


def _make_importable(folder: Path) -> None:
    # a plugin of one file lies beside its registry; a package has its own place on the path
    if str(folder) not in sys.path and not (folder / "__init__.py").exists():
        sys.path.append(str(folder))


def _blocks(path: Path) -> list[tuple[str, str, Any]]:
    document = _document(path)
    for section in document:
        if section not in SECTIONS:
            raise BenchError(
                f"{path} has the unknown section {section!r}; expected {', '.join(SECTIONS)}."
            )
    found: list[tuple[str, str, Any]] = []
    for section, blocks in document.items():
        if not isinstance(blocks, Mapping):
            raise BenchError(f"{path}: section {section!r} is {blocks!r}; expected named blocks.")
        for name, block in blocks.items():
            where = f"{path}: {section.removesuffix('s')} {name!r}"
            found.append((section, str(name), _entry(SECTIONS[section], str(name), block, where)))
    return found


def _entry(record: type, name: str, block: object, where: str) -> Any:
    if not isinstance(block, Mapping):
        raise BenchError(f"{where} is {block!r}; expected keys and values.")
    require_name(name, where)
    if "name" in block:
        raise BenchError(f"{where} has the key 'name'; a block is named by its own key.")
    try:
        return read(record, {"name": name, **block}, where)
    except BenchError as error:
        if "key 'complexity'" not in str(error):
            raise
        raise BenchError(f"{error} Or remove the block and run `bench check --update`.") from error


def _document(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise BenchError(
            f"registry {path} cannot be read: {reason}. Check the path given with "
            f"--registry or in {VARIABLE}."
        ) from error
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise BenchError(f"{path} is no YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(document, Mapping):
        raise BenchError(f"{path} holds no sections; expected {', '.join(SECTIONS)}.")
    return document


_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):
    """YAML's safe loader; of a key that is there twice it would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        twice = [key for key in keys if keys.count(key) > 1]
        if twice:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {twice[0]!r} is there twice", node.start_mark
            )
        return super().construct_mapping(node, deep)


def _check_references(registry: Registry) -> None:
    for name, model in registry.models.items():
        trained = model.kind in ("network", "cost-only")
        if (trained or model.recipe) and model.recipe not in registry.recipes:
            error = unknown("recipe", model.recipe, registry.recipes)
            raise BenchError(f"{registry.files['models', name]}: model {name!r}: {error}")
    for name, recipe in registry.recipes.items():
        if recipe.objective not in registry.objectives:
            error = unknown("objective", recipe.objective, registry.objectives)
            raise BenchError(f"{registry.files['recipes', name]}: recipe {name!r}: {error}")
