"""How to make the results of a model again: lines for a shell."""

import shlex
from collections.abc import Sequence

from bench.records import FoldRecord, ModelEntry
from bench.report.results import Result


def commands(found: Sequence[Result], entry: ModelEntry) -> tuple[str, ...]:
    """How to make each result again, without its environment; () for what was only counted."""
    made = [_command(result.folds[0], seeds) for result in found if (seeds := _seeds(result))]
    return tuple(dict.fromkeys(filter(None, made))) or (f"bench cost --model {_word(entry.name)}",)


def _seeds(result: Result) -> str:
    return ",".join(str(seed) for seed in sorted({r.request.seed for r in result.folds}))


def _command(record: FoldRecord, seeds: str) -> str:
    r = record.request
    if r.made != "trained":
        return ""
    asked = {
        "--model": r.model.name,
        "--dataset": r.dataset,
        "--protocol": r.protocol,
        "--preset": r.preset.name,
        "--seeds": seeds,
        "--selection": r.selection if r.selection != "last" else "",
        "--recipe": r.recipe.name if r.regime == "common" else "",
        "--objective": r.objective.name if r.objective.name != r.recipe.objective else "",
        "--labels": str(len(r.classes)) if r.harmonised else "",
        "--train-on": r.train_on or "",
        "--weights": _weights(record),
    }
    return " ".join(["bench run", *(f"{o} {_word(v)}" for o, v in asked.items() if v)])


def _weights(record: FoldRecord) -> str:
    """First weights, where they are neither the entry's own nor those of the preset."""
    r = record.request
    own = r.model.pretraining.default if r.model.pretraining else "none"
    return "" if r.weights.origin in (own, r.preset.weights) else r.weights.origin


def _word(text: str) -> str:
    """Text as one word of a shell, on one line."""
    return shlex.quote(" ".join(text.split()))
