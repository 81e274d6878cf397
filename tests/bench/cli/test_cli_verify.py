"""`bench verify` on folders of a test: codes, summary, seals, written tables."""

import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest

from bench import planning, store
from bench.verify import seals


@pytest.fixture
def results(tmp_path, fold_record, own):
    """One fold of a network of one's own registry, as a run would store it."""
    from bench.registry import load

    registry = load([own])
    entry = registry.models["tiny"]
    request = fold_record.request
    recipe = registry.recipes[entry.recipe]
    request = replace(
        request,
        model=entry,
        recipe=recipe,
        objective=registry.objectives[recipe.objective],
        preset=registry.presets["full"],
    )
    request = replace(request, identity=planning.identity(request))
    folder = tmp_path / "results"
    # what the fixture answers with: four frames of two clips
    store.save_fold(folder, replace(fold_record, request=request))
    return folder


def test_a_clean_folder_ends_with_0(ask, results, own):
    code, out, err = ask("verify", results, "--registry", own)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == f"checked {results}: 1 fold, 2 answers"
    assert lines[-1] == "clean"
    assert "seed 0 lacks fold 2 of 2." in out


def test_notes_may_be_left_out(ask, results, own):
    code, out, _ = ask("verify", results, "--registry", own, "--no-notes")
    assert (code, out) == (0, f"checked {results}: 1 fold, 2 answers\n\nclean\n")


def test_findings_end_with_1_and_are_summed_up_by_kind(ask, results, own):
    table = next(results.rglob("fold-0.csv"))
    table.write_text(table.read_text().replace("0.7", "0.8"))
    code, out, err = ask("verify", results, "--registry", own)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert "damaged: 1 (files that are not as they were written)" in lines
    assert lines[-1] == "1 finding in 1 file"
    assert sum(str(table) in line for line in lines) == 1


def test_an_unknown_model_is_named_and_the_rest_is_checked(ask, results):
    code, out, err = ask("verify", results)
    assert (code, err) == (1, "")
    assert "copies an entry that is not in the registry: unknown model 'tiny'." in out


def test_json_has_every_finding(ask, results, own):
    code, out, _ = ask("verify", results, "--registry", own, "--format", "json")
    body = json.loads(out)
    assert (code, body["clean"]) == (0, True)
    assert body["checked"] == {"folds": 1, "answers": 2, "protocols": 0}
    assert {finding["kind"] for finding in body["findings"]} == {"folds", "incomplete"}


def test_a_seal_is_written_and_sha256sum_reads_it(ask, results, own):
    (results / "reported.csv").write_text("system,value\n")
    code, out, _ = ask("verify", results, "--registry", own, "--seal")
    assert (code, out.splitlines()[0]) == (0, f"wrote {results / seals.NAME}")
    assert re.fullmatch(r"[0-9a-f]{64}  reported\.csv\n", (results / seals.NAME).read_text())
    command = ["sha256sum", "--check", "--quiet", seals.NAME]
    assert subprocess.run(command, cwd=results, check=False).returncode == 0
    (results / "reported.csv").write_text("system,valve\n")
    assert ask("verify", results, "--registry", own)[0] == 1


def test_a_written_table_is_compared(ask, results, own, tmp_path):
    document = tmp_path / "paper.md"
    document.write_text("<!-- table:comparison -->\n<!-- /table:comparison -->\n")
    words = ("--results", results, "--registry", own)
    assert ask("table", "--write", document, *words)[0] == 0
    code, out, _ = ask("verify", results, "--registry", own)
    assert code == 0
    assert out.startswith(f"checked {results}: 1 fold, 2 answers, 1 document")
    document.write_text(document.read_text().replace("50.00", "51.00", 1))
    code, out, _ = ask("verify", results, "--registry", own, "--document", document)
    assert code == 1
    assert "its table 'comparison' is not that of the results" in out


def test_wrong_use_ends_with_2(ask, tmp_path):
    code, out, err = ask("verify", tmp_path / "none")
    assert (code, out) == (2, "")
    assert err == (
        f"error: {tmp_path / 'none'} is no folder of results. Name one, as in `results`.\n"
    )
    code, _, err = ask("verify", tmp_path, "--document", tmp_path / "none.md")
    assert code == 2
    assert err.startswith(f"error: {tmp_path / 'none.md'} cannot be read: ")


def test_nothing_heavy_is_imported(results):
    script = (
        "import sys; from bench.cli import main; code = main(sys.argv[1:]); "
        "print([n for n in ('torch', 'mmengine', 'matplotlib', 'wandb') if n in sys.modules])"
    )
    command = [sys.executable, "-c", script, "verify", str(results)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "[]"
