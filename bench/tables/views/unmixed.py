"""What one cell may be made from: never two protocols, label sets, preparations or systems."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from bench.errors import BenchError
from bench.tables.section import Section
from bench.tables.systems import Group, System

HASHES: Mapping[str, tuple[str, ...]] = {
    "protocol_hash": ("dataset", "protocol", "train_on"),
    "dataset_fingerprint": ("dataset",),
    "preprocessing_fingerprint": ("dataset", "train_on"),
    "train_on_fingerprint": ("train_on", "dataset"),
    "preset_hash": ("preset",),
    "classes": ("dataset", "protocol"),
}
"""A hash of the key, or the label set -> the names that it may follow from."""


def facts(group: Group, system: System) -> dict[str, str]:
    """All that decides what a system's scores may stand beside, and what names it."""
    request = system.request
    return {
        **group.section.key,
        **{name: str(value) for name, value in system.who.items()},
        "model": request.model.title,
        "train_on": request.train_on or request.dataset,
        "elsewhere": request.train_on or "",
        "classes": "/".join(sorted(request.classes)),
    }


def require_one(found: Iterable[tuple[tuple[str, ...], str]], what: str, remedy: str) -> None:
    """Each place holds one value of what is never mixed.

    Args:
        found: place -> value, in any order.
        what: the name of the value, for the message.
        remedy: what a user can do.

    Raises:
        BenchError: a place holds two values.
    """
    values: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for place, value in found:
        values[place].add(value)
    for place, mine in sorted(values.items()):
        if len(mine) > 1:
            where = " · ".join(place) or "the table"
            raise BenchError(
                f"{where} would mix results that differ in {what.replace('_', ' ')} "
                f"({', '.join(short(value) for value in sorted(mine))}), which is never done. "
                f"{remedy}"
            )


def short(value: str) -> str:
    """A hash by its start; words as they are."""
    return value[:8] if len(value) >= 32 and value.isalnum() else value or "none"


def joined(values: Iterable[str]) -> str:
    """Each value once, in order."""
    return ", ".join(dict.fromkeys(values))


def synthetic(title: str, data: str) -> str:
    """A title that never lets drawn faces pass for real ones."""
    return f"{title} (SYNTHETIC DATA)" if data == "synthetic" else title


def differing(facts: Sequence[Mapping[str, str]], names: Iterable[str]) -> list[str]:
    """Those of the names in which the facts are not all the same."""
    return [name for name in names if len({one[name] for one in facts}) > 1]


def told_apart(sections: Sequence[Section]) -> list[Section]:
    """Sections of one title also say in which parts of their key they differ."""
    found: list[Section] = []
    for section in sections:
        same = [other.key for other in sections if other.title == section.title]
        names = differing(same, section.key)
        said = ", ".join(f"{n.replace('_', ' ')} {short(section.key[n])}" for n in names)
        found.append(replace(section, title=f"{section.title} [{said}]") if said else section)
    return found
