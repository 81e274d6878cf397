"""Every command that reads results, on a folder in which nearly everything is wrong."""

from dataclasses import replace

import pytest

from bench import store
from bench.cli import screen

HITS = {"good": ("1110", "1101", "0111"), "poor": ("1000", "0100", "0010")}

COMMANDS = {
    "table": 0,
    "table --view folds": 0,
    "table --metric auc": 0,
    "table --recompute": 0,
    "compare good poor": 0,
    "compare --all": 0,
    "why good": 0,
    "why good poor": 0,
    "figure confusion --format svg --out {out}": 0,
    "figure curves --format svg --out {out}": 0,
    "export --to csv --out {out}": 0,
    "report --out {out}": 0,
    "verify": 1,
}
"""Command -> its exit code: damage is no error, and what `bench verify` looks for."""


@pytest.fixture
def damaged(tmp_path, trained, monkeypatch):
    """Two systems of no registry, each with a whole fold, and files that cannot be read."""
    monkeypatch.setattr(screen.console, "width", 1000)
    folder = tmp_path / "results"
    paths = [
        store.save_fold(folder, trained(name, mine, fold=fold, folds=4))
        for name, hits in HITS.items()
        for fold, mine in enumerate(hits)
    ]
    paths[1].write_text("{")
    paths[2].with_suffix(".csv").write_text("")
    paths[4].write_text("[" * 100_000)
    record = trained("poor", "1", fold=2, folds=4)
    store.save_fold(folder, replace(record, predictions=()))
    foreign = paths[0].with_name("fold-9.json")
    foreign.write_text('{"hello": 1}')
    return folder, [paths[1], paths[2], paths[4], paths[5], foreign]


@pytest.mark.parametrize("command", COMMANDS)
def test_damaged_files_are_named_and_the_rest_is_done(ask, damaged, tmp_path, command):
    folder, files = damaged
    words = command.format(out=tmp_path / "out").split()
    where = (folder,) if words[0] == "verify" else ("--results", folder)
    code, out, err = ask(*words, *where)
    assert code == COMMANDS[command]
    assert out
    if command == "verify":
        assert all(str(file.with_suffix("")) in out for file in files)
        return
    lines = [line for line in err.splitlines() if not line.startswith("recomputed from")]
    assert all(line.startswith("left out: ") for line in lines)
    mine = [f for f in files if words[:2] != ["why", "good"] or len(words) > 2 or "good" in str(f)]
    assert all(any(str(file.with_suffix("")) in line for line in lines) for file in mine)
