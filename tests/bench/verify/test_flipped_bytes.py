"""A flipped byte in any committed file is found."""

import shutil

import pytest

from bench.verify import files, seals, verify

MASKS = (0x01, 0x20, 0x80, 0x07)
"""Another digit, another case, no ASCII, and a line end for a carriage return."""


def flipped(path, position, mask=0x01):
    content = bytearray(path.read_bytes())
    content[position] ^= mask
    path.write_bytes(content)


def every_file(results):
    return sorted(path for path in results.rglob("*") if path.is_file())


def test_a_whole_folder_is_clean(results, registry):
    report = verify(results, registry)
    assert report.findings == []
    assert report.clean
    assert dict(report.checked) == {"protocols": 1, "folds": 2, "answers": 4, "costs": 1}


def test_there_is_a_file_of_every_kind(results):
    assert {"".join(path.suffixes) or path.name for path in every_file(results)} == {
        ".json",
        ".csv",
        ".epochs.csv",
        ".features.npy",
        "SHA256SUMS",
    }


@pytest.mark.parametrize("mask", MASKS)
def test_a_flip_in_any_kind_of_file_is_found(results, registry, mask):
    for path in every_file(results):
        whole = path.read_bytes()
        for position in (0, len(whole) // 3, len(whole) // 2, len(whole) - 1):
            flipped(path, position, mask)
            assert not verify(results, registry).clean, (path, position)
            path.write_bytes(whole)
    assert verify(results, registry).clean


def found_by_file(results):
    """What is wrong with the bytes, without the checks of what they say."""
    wrong = [finding for one in files.folds(results) for finding in one.findings]
    wrong += [finding for one in files.costs(results) for finding in one.findings]
    return [*wrong, *files.protocols(results).findings, *seals.check(results)]


def unnoticed(results, path, masks, step):
    """Positions of a file whose change nothing tells; the rest of the folder is put aside."""
    whole = path.read_bytes()
    missed = []
    for position in range(0, len(whole), step):
        for mask in masks:
            flipped(path, position, mask)
            if not found_by_file(results):
                missed.append((position, mask, whole[position : position + 1]))
            path.write_bytes(whole)
    return missed


@pytest.fixture
def lone(plant, folds):
    """One fold alone, so that a check of it takes a millisecond."""
    results = plant(folds[0])
    shutil.rmtree(results / "cost")
    return results


@pytest.mark.parametrize("ending", ["json", "csv", "epochs.csv", "features.npy"])
def test_no_position_of_a_fold_is_left_unwatched(lone, ending):
    (path,) = lone.rglob(f"fold-0.{ending}")
    step = 7 if ending == "json" else 1
    assert unnoticed(lone, path, [0x01], step) == []


@pytest.mark.parametrize("name", ["SHA256SUMS", "reported.csv", "protocols"])
def test_no_position_of_a_file_without_a_hash_of_its_own_is_left_unwatched(lone, name):
    shutil.rmtree(lone / "accuracy")
    path = next((lone / name).rglob("*.json")) if name == "protocols" else lone / name
    assert unnoticed(lone, path, [0x01], 1) == []


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["json", "csv", "epochs.csv", "features.npy"])
def test_no_bit_pattern_at_any_position_of_a_fold_is_left_unwatched(lone, ending):
    (path,) = lone.rglob(f"fold-0.{ending}")
    assert unnoticed(lone, path, range(1, 256, 51), 1) == []


@pytest.mark.slow
def test_no_position_of_a_cost_is_left_unwatched(results):
    shutil.rmtree(results / "accuracy")
    (path,) = results.rglob("cost/**/*.json")
    assert unnoticed(results, path, MASKS, 1) == []


@pytest.mark.parametrize(("before", "after"), [(b"\n", b"\r"), (b"\n", b" "), (b" ", b"\t")])
def test_other_blanks_are_found_that_readers_take_for_the_same(lone, before, after):
    for path in every_file(lone):
        whole = path.read_bytes()
        if before in whole:
            path.write_bytes(whole.replace(before, after, 1))
            assert found_by_file(lone), path
            path.write_bytes(whole)
