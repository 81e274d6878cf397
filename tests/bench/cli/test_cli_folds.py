"""`bench folds`: shown, frozen, compared, imported."""

import hashlib
import json
from dataclasses import replace

import pytest

from bench.datasets.mmi import CLASSES
from bench.protocols import content_hash, freeze, thaw
from bench.records import Fold
from bench.registry import load
from bench.sources import open_dataset

FOLDS = ("folds", "mmi", "--protocol", "subject-2-fold", "--root")


class TestShow:
    def test_sizes_and_classes_of_every_fold_are_shown(self, ask, cells, twin):
        code, out, err = ask(*FOLDS, twin)
        assert (code, err) == (0, "")
        assert cells(out) == [
            ["1", "6", "6", "1", *["1"] * 6],
            ["2", "6", "6", "1", *["1"] * 6],
        ]

    def test_many_classes_stand_in_a_table_of_their_own(self, ask, cells, twin, monkeypatch):
        monkeypatch.setattr("bench.cli.folds.table_width", lambda: 60)
        sizes, title, counts = ask(*FOLDS, twin)[1].partition("test videos of each class")
        assert cells(sizes) == [["1", "6", "6", "1"], ["2", "6", "6", "1"]]
        assert cells(title + counts) == [[name, "1", "1"] for name in CLASSES]

    def test_the_classes_of_many_folds_stand_in_columns(self, ask, cells, tmp_path, monkeypatch):
        rows = [(name, f"s{n}") for n in range(3) for name in ("happy", "sad")]
        lines = [f"{n}-{name}.mp4,{name},{n}" for name, n in rows]
        for line in lines:
            (tmp_path / line.partition(",")[0]).write_bytes(b"")
        (tmp_path / "manifest.csv").write_text("\n".join(["path,label,subject", *lines]))
        monkeypatch.setattr("bench.cli.folds.table_width", lambda: 30)
        out = ask("folds", "csv", "--protocol", "loso", "--root", tmp_path)[1]
        assert cells(out[out.index("test videos") :]) == [[str(n), "1", "1"] for n in (1, 2, 3)]

    def test_missing_videos_are_counted(self, ask, tmp_path):
        lines = [f"{n}.mp4,{('happy', 'sad')[n % 2]},s{n // 2}" for n in range(20)]
        for n in range(1, 20):
            (tmp_path / f"{n}.mp4").write_bytes(b"")
        (tmp_path / "manifest.csv").write_text("\n".join(["path,label,subject", *lines]))
        out = ask("folds", "csv", "--root", tmp_path)[1]
        assert out.splitlines()[-1] == (
            "note: 1 of the videos that the set lists are missing; "
            "`bench data check csv` names them"
        )

    def test_a_program_gets_the_hash_that_a_person_sees_the_start_of(self, ask, twin):
        shown = json.loads(ask(*FOLDS, twin, "--format", "json")[1])
        line = f"hash {shown['hash'][:12]}, source: subject-independent, balanced, seed 0"
        assert ask(*FOLDS, twin)[1].splitlines()[-2:] == [
            "note: fold 1 is stored as fold-0, and `bench run --folds 0` asks for it",
            line,
        ]
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


class TestDiff:
    @pytest.fixture
    def frozen(self, ask, twin, tmp_path):
        ask(*FOLDS, twin, "--freeze", tmp_path / "a.json")
        return tmp_path / "a.json"

    @pytest.fixture
    def changed(self, frozen):
        """The same folds without one training video of the first."""
        kept = thaw(frozen)
        first, second = kept.folds
        folds = (Fold(0, first.train[1:], first.test), second)
        digest = content_hash(kept.classes, folds, kept.combine)
        made = replace(kept, name="b", folds=folds, hash=digest, source="a friend")
        freeze(made, frozen.with_name("b.json"))
        return frozen.with_name("b.json")

    def test_equal_folds_are_said_to_be_equal(self, ask, cells, frozen, twin):
        code, out, err = ask(
            *("folds", "diff", frozen, "subject-2-fold", "--dataset", "mmi", "--root", twin)
        )
        digest = thaw(frozen).hash[:12]
        assert (code, err) == (0, "")
        assert cells(out) == [
            ["protocol", "subject-2-fold", "subject-2-fold"],
            ["dataset", "mmi", "mmi"],
            ["source", *["subject-independent, balanced, seed 0"] * 2],
            ["hash", digest, digest],
            ["folds", "2", "2"],
            ["videos", "12", "12"],
        ]
        assert out.splitlines()[-1] == "equal: the same folds"

    def test_folds_that_differ_exit_with_one_and_the_video_is_named(self, ask, frozen, changed):
        code, out, err = ask("folds", "diff", frozen, changed)
        (lost,) = set(thaw(frozen).folds[0].train) - set(thaw(changed).folds[0].train)
        assert (code, err) == (1, "")
        assert out.splitlines()[-2:] == [
            "different: 1 video on another side",
            f"  on another side: {lost} (fold 1 of A: train, B: none)",
        ]

    def test_a_program_gets_every_id(self, ask, frozen, changed):
        code, out, _ = ask("folds", "diff", frozen, changed, "--format", "json")
        shown = json.loads(out)
        assert (code, shown["equal"], shown["b"]["source"]) == (1, False, "a friend")
        assert len(shown["turned"]) == 1

    def test_folds_that_exchange_videos_are_set_beside_each_other(self, ask, cells, frozen):
        one = thaw(frozen)
        first, second = one.folds
        moved = (Fold(0, second.train, second.test), Fold(1, first.train, first.test))
        other = replace(one, folds=moved, hash=content_hash(one.classes, moved, one.combine))
        freeze(other, frozen.with_name("c.json"))
        code, out, _ = ask("folds", "diff", frozen, frozen.with_name("c.json"))
        assert code == 1
        pairs = out[out.index("fold of A") :]
        assert cells(pairs) == [["1", "2", "6", "6", "6"], ["2", "1", "6", "6", "6"]]
        assert out.splitlines()[-1] == "different: the same folds in another order"

    def test_a_name_needs_the_dataset_that_has_it(self, ask, frozen):
        assert ask("folds", "diff", frozen, "official") == (
            2,
            "",
            "error: 'official' is no file of frozen folds, which ends in .json. Pass one that "
            "`bench folds NAME --freeze FILE` wrote, or --dataset for the name of a protocol.\n",
        )


class TestImport:
    @pytest.fixture
    def lists(self, twin, tmp_path):
        """Two lists as somebody's loader of MMI might read them, one for each person."""
        videos = open_dataset(load().dataset("mmi"), twin).videos
        paths = [tmp_path / "one.txt", tmp_path / "two.txt"]
        for path, subject in zip(paths, sorted({str(v.subject) for v in videos}), strict=True):
            lines = [f"/home/user/{v.path} {v.label}\n" for v in videos if v.subject == subject]
            path.write_text("".join(lines))
        return paths

    def words(self, *more):
        return ("folds", "import", "mmi", "--name", "friends", *more)

    def test_the_folds_of_lists_are_written_and_run_by_split(self, ask, lists, twin, tmp_path):
        out = tmp_path / "folds.json"
        one, two = lists
        words = self.words("--test", one, "--test", two, "--root", twin, "--out", out)
        code, said, err = ask(*words)
        assert (code, err) == (0, "")
        assert said.splitlines() == [
            "read as 'path label': one.txt, two.txt",
            f"wrote 2 folds of MMI into {out}",
        ]
        shown = ask("folds", "mmi", "--root", twin, "--split", out, "--format", "json")[1]
        assert json.loads(shown)["hash"] == thaw(out).hash
        shown = ask("folds", "mmi", "--root", twin, "--split", out)[1].splitlines()[-1]
        hashes = [hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in lists]
        assert shown.endswith(
            f", source: the lists one.txt (sha256 {hashes[0]}), two.txt (sha256 {hashes[1]})"
        )
        compared = ask("folds", "diff", out, "subject-2-fold", "--dataset", "mmi", "--root", twin)
        assert compared[1].splitlines()[-1].startswith(("equal", "different: the same folds in"))

    def test_a_subject_on_both_sides_is_refused_and_nothing_is_written(
        self, ask, lists, twin, tmp_path
    ):
        one, two = lists
        moved, *kept = two.read_text().splitlines()
        two.write_text("\n".join(kept))
        one.write_text(one.read_text() + moved)
        out = tmp_path / "folds.json"
        code, _, err = ask(*self.words("--test", one, "--train", two, "--root", twin, "--out", out))
        assert (code, out.exists()) == (2, False)
        assert err.startswith("error: fold 1 of 'friends' has subject ")

    @pytest.mark.parametrize(
        ("words", "sentence"),
        [
            (
                ("--out", "folds.csv"),
                "--out folds.csv does not end in .json, by which --split knows frozen folds.",
            ),
            (
                ("--out", "folds.json", "--validation", "merge"),
                "unknown use of validation videos 'merge'. Did you mean 'merged'? Known: ignored, "
                "merged.",
            ),
        ],
    )
    def test_a_request_that_makes_no_sense_is_refused(self, ask, lists, twin, words, sentence):
        asked = self.words("--test", lists[0], "--root", twin, *words)
        assert ask(*asked) == (2, "", f"error: {sentence}\n")
