"""`bench folds`: shown, frozen, compared, imported."""

import json

from bench.registry import load

FOLDS = ("folds", "mmi", "--protocol", "subject-2-fold", "--root")


class TestShow:
    def test_sizes_and_classes_of_every_fold_are_shown(self, ask, cells, twin):
        code, out, err = ask(*FOLDS, twin)
        assert (code, err) == (0, "")
        assert cells(out) == [
            ["0", "6", "6", "1", *["1"] * 6],
            ["1", "6", "6", "1", *["1"] * 6],
        ]

    def test_a_program_gets_the_hash_that_a_person_sees_the_start_of(self, ask, twin):
        shown = json.loads(ask(*FOLDS, twin, "--format", "json")[1])
        line = f"hash {shown['hash'][:12]}, made by subject-independent, balanced, seed 0"
        assert ask(*FOLDS, twin)[1].splitlines()[-1] == line
        assert (shown["protocol"], len(shown["hash"])) == ("subject-2-fold", 64)
        assert [fold["test"]["videos"] for fold in shown["folds"]] == [6, 6]

    def test_frozen_folds_come_back_with_the_same_hash(self, ask, twin, tmp_path):
        frozen = tmp_path / "frozen.json"
        made = json.loads(ask(*FOLDS, twin, "--format", "json", "--freeze", frozen)[1])
        again = ask("folds", "mmi", "--root", twin, "--split", frozen, "--format", "json")
        assert json.loads(again[1]) == made

    def test_looking_writes_nothing(self, ask, twin, tmp_path):
        assert ask(*FOLDS, twin, "--results", tmp_path / "results")[0] == 0
        assert list(tmp_path.iterdir()) == []

    def test_more_folds_than_subjects_are_refused(self, ask, twin):
        code, out, err = ask("folds", "mmi", "--root", twin, "--protocol", "subject-11-fold")
        assert (code, out) == (2, "")
        assert err.startswith("error: 11 folds need at least 11 subjects")

    def test_a_dataset_that_is_not_there_is_answered_with_the_known_ones(self, ask):
        known = ", ".join(sorted(load().datasets))
        assert ask("folds", "mmmi") == (
            2,
            "",
            f"error: unknown dataset 'mmmi'. Did you mean 'mmi'? Known: {known}.\n",
        )

    def test_a_licensed_dataset_is_asked_for(self, ask):
        code, out, err = ask("folds", "ckplus")
        assert (code, out) == (2, "")
        assert err.startswith(
            "error: dataset 'ckplus' has no folder: it is licensed and comes from its distributor. "
            "Pass --root DIR, or set BENCH_DATA to a folder that holds ckplus/."
        )

    def test_the_word_show_may_be_written(self, ask, twin):
        assert ask("folds", "show", *FOLDS[1:], twin) == ask(*FOLDS, twin)
