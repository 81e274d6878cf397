"""What stands under a table of the paper: rules, origins, what was left out, what could run."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from bench.tables.notes import DAGGER
from bench.tables.paper.scores import Scored
from bench.tables.paper.settings import Known, deviations
from bench.tables.reported import Quotes
from bench.tables.section import Row

MEASURED = (
    "Measured: videos of all folds pooled, averaged over seeds, ± sample standard deviation (n-1) "
    "over folds. 95 % interval: bootstrap over subjects (over groups or videos where no subjects "
    "are published), seeds together; it says nothing of other folds or another training."
)

RULES = (
    "Verdict of a measured number: within, its interval holds the reported one as printed; above "
    "or below, it lies above or below that; not run, there is none; other setting, there are only "
    "those under 'Left out'.",
    "Beside a reported number stands real data only: preset full, the model's own recipe, as many "
    "folds as the paper has and all of them done; for CEFLNet, its ablation and FAN also first "
    "weights from a file (--weights FILE), since the paper's were trained on faces.",
)


def about(quotes: Quotes, scores: Scored, known: Known, never: Collection[str] = ()) -> list[str]:
    """All notes on what was measured for one table, and what was not.

    Args:
        quotes: rows of the table.
        scores: what was measured for them.
        known: entries of the registry.
        never: datasets that no run can measure it on.
    """
    rows = [row for mine in scores.rows for row in mine]
    return [
        *about_numbers(rows),
        *(RULES if any(scores.found) else ()),
        *_left_out(quotes, scores),
        *_to_run(quotes, scores, known, never),
        *_printed_deviations(quotes),
    ]


def about_numbers(rows: Iterable[Row]) -> list[str]:
    """How numbers came about, and where each of them comes from."""
    measured = [row for row in rows if row.get("entry")]
    said = [MEASURED] if measured else []
    if any(row["selection"] == "test" for row in measured):
        said.append(f"{DAGGER} optimistic: the epoch was chosen on the test videos.")
    return list(dict.fromkeys([*said, *map(_provenance, measured)]))


def named(row: Mapping[str, str]) -> str:
    """A result in a note."""
    return f"{row['entry']} [{row['identity'][:8]}]"


def _provenance(row: Row) -> str:
    partial = row["partial_seeds"]
    return (
        f"{named(row)}: {row['videos']} videos, protocol hash {row['protocol_hash'][:12]}, "
        f"objective {row['objective']}, faces {row['preprocessing']}"
        + (f"; left out: {partial} seed(s) without all folds" if partial else "")
        + "."
        + (f" {row['audit']}" if row["audit"] else "")
    )


def _left_out(quotes: Quotes, scores: Scored) -> list[str]:
    """Results that answer a row in another setting, and what sets each apart."""
    said: dict[str, None] = {}
    for quote, runs in zip(quotes, scores.found, strict=False):
        for run in runs:
            if apart := deviations(quote, run):
                name = f"{run.request.model.name} [{run.request.identity[:8]}]"
                said[f"{name} ({', '.join(apart)})"] = None
    return [f"Left out: {'; '.join(said)}."] if said else []


def _to_run(quotes: Quotes, scores: Scored, known: Known, never: Collection[str]) -> list[str]:
    """What would have to run for the rows without a number, and which have no entry."""
    commands: dict[tuple[str, str], list[str]] = defaultdict(list)
    nobody: list[str] = []
    for quote, mine in zip(quotes, scores.rows, strict=True):
        if quote["dataset"] in never or any(row.get("entry") for row in mine):
            continue
        entry, dataset = known.entry_of(quote), known.dataset_of(quote)
        if entry and dataset:
            frames = f"@frames={quote['frames_per_clip']}" if quote["frames_per_clip"] else ""
            commands[dataset, entry[1]].append(f"{entry[0]}{frames}")
        else:
            nobody.append(quote["system"])
    said = [_command(names, *choice) for choice, names in commands.items()]
    if nobody:
        systems = ", ".join(dict.fromkeys(nobody))
        said.append(f"No entry, so never measured: {systems}; `bench show --paper` says why.")
    return said


def _command(models: Sequence[str], dataset: str, objective: str) -> str:
    choice = f" --objective {objective}" if objective else ""
    named = ",".join(dict.fromkeys(models))
    return f"Not measured yet: `bench run --model {named} --dataset {dataset}{choice} --root DIR`."


def _printed_deviations(quotes: Quotes) -> list[str]:
    """Standard deviations that the paper gives in its text."""
    found = [(quote, re.search(r"std ([0-9.]+) \(text\)", quote["note"])) for quote in quotes]
    given = [f"{quote['system']} ± {match[1]}" for quote, match in found if match]
    return (
        [f"The paper's text gives {', '.join(given)}; it does not say over what."] if given else []
    )
