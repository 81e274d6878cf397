"""What is never mixed in a column: one key for each section, and the title it gives."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from bench.records import FoldRequest, Preset
from bench.store import digest
from bench.tables.section import Section


class Key(NamedTuple):
    """What is never mixed in a column."""

    data: str
    dataset: str
    protocol: str
    preset: str
    regime: str
    objective: str
    selection: str
    protocol_hash: str
    preset_hash: str
    dataset_fingerprint: str
    preprocessing_fingerprint: str
    train_on_fingerprint: str
    """Videos and preprocessing of another dataset that was trained on; "" where there is none."""
    made: str
    """trained here, evaluated from a checkpoint, or imported."""


def key_of(request: FoldRequest) -> Key:
    """The key of a kind of folds."""
    own = request.objective.name == request.recipe.objective
    return Key(
        data="synthetic" if request.synthetic else "real",
        dataset=request.dataset,
        protocol=request.protocol,
        preset=request.preset.name,
        regime="own" if request.regime == "own" else f"recipe {request.recipe.name}",
        objective="own" if own else request.objective.name,
        selection=request.selection,
        protocol_hash=request.protocol_hash,
        preset_hash=_preset_hash(request.preset),
        dataset_fingerprint=request.dataset_fingerprint,
        preprocessing_fingerprint=request.preprocessing_fingerprint,
        train_on_fingerprint=request.train_on_fingerprint or "",
        made=request.made,
    )


@cache
def _preset_hash(preset: Preset) -> str:
    return digest(replace(preset, title=""))


def order_of(key: Key) -> tuple[Any, ...]:
    """Of one dataset and protocol: trained here first, as published before other objectives."""
    made = ("trained", "evaluated", "imported").index(key.made)
    other = key.regime != "own", key.objective != "own"
    return key.data, key.dataset, key.protocol, made, key.preset, *other, key


def title_of(key: Key, title: str) -> str:
    """The title of a section; `title` is that of its dataset."""
    choice = {"validation": "epoch chosen on validation", "test": "epoch chosen on the test videos"}
    made = {
        "evaluated": "evaluated from checkpoints",
        "imported": "answers imported from elsewhere",
    }
    parts = [title, key.protocol]
    parts += [f"preset {key.preset}"] if key.made != "imported" else []
    parts += [made[key.made]] if key.made in made else []
    parts += [f"{key.regime} for all"] if key.regime != "own" else []
    parts += [f"objective {key.objective}"] if key.objective != "own" else []
    parts += [choice[key.selection]] if key.selection in choice else []
    return " · ".join(parts) + (" (SYNTHETIC DATA)" if key.data == "synthetic" else "")


def apart(sections: Sequence[Section]) -> list[Section]:
    """Sections of one title also say in which hashes they differ."""
    titles: dict[str, list[Section]] = defaultdict(list)
    for section in sections:
        titles[section.title].append(section)
    return [replace(s, title=s.title + _difference(s, titles[s.title])) for s in sections]


def _difference(section: Section, same: Sequence[Section]) -> str:
    differ = [n for n, value in section.key.items() if any(s.key[n] != value for s in same)]
    said = [f"{name.replace('_', ' ')} {_short(section.key[name])}" for name in differ]
    return f" [{', '.join(said)}]" if said else ""


def _short(value: str) -> str:
    """The start of a hash; how frames were prepared begins alike, and differs at its end."""
    return value if "-" in value else value[:8]


def tell_apart(rows: Iterable[dict[str, Any]]) -> None:
    """Add the identity to titles that several rows share."""
    titles: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        titles[row["system"]].append(row)
    for same in titles.values():
        for row in same if len(same) > 1 else ():
            row["system"] = f"{row['system']} [{row['identity'][:8]}]"
