"""Locks are written whole or not at all, and a lock that changes says why."""

import pytest

from bench.check import Change, check, update
from bench.errors import BenchError
from bench.registry import load

MODELS = ("tiny", "wide")

CHANGELOG = """\
# Changelog

## 0.2.0 (unreleased)

- Something.

## 0.1.0

- Another thing.
"""


@pytest.fixture
def locked(own):
    update([own], MODELS)
    return own


@pytest.fixture
def edited(locked):
    """One locked digit is wrong, and there is a changelog."""
    locked.write_text(locked.read_text().replace("params: 455", "params: 456"))
    (locked.parent / "CHANGELOG.md").write_text(CHANGELOG)
    return locked


def state(registry):
    return {path.name: path.read_bytes() for path in registry.parent.iterdir()}


def test_new_locks_are_written_beside_what_was_there(own):
    before = own.read_text()
    done = update([own], MODELS)
    after = own.read_text()
    lines = after.splitlines()
    assert [line for line in before.splitlines() if line not in lines] == []
    assert len(lines) == len(before.splitlines()) + 2 * 7
    assert done.files == (own, own.parent / "registry.lock.csv")
    assert done.unlogged == ()
    assert done.changes[:4] == (
        Change("tiny", "classes", None, 7),
        Change("tiny", "input", None, (3, 4, 32, 32)),
        Change("tiny", "params", None, 455),
        Change("tiny", "macs", None, 98360),
    )
    assert (own.parent / "registry.lock.csv").read_text() == (
        "model,module,type,params,macs,macs_ptflops\n"
        "tiny,conv,Conv3d,392,98304,100352\n"
        "tiny,head,Linear,63,56,63\n"
        "wide,conv,Conv3d,784,196608,200704\n"
        "wide,head,Linear,119,112,119\n"
    )
    assert check(load([own]), MODELS).clean


def test_a_second_update_writes_nothing(locked):
    before = state(locked)
    done = update([locked], MODELS)
    assert (done.changes, done.files) == ((), ())
    assert state(locked) == before


def test_a_lock_that_changes_needs_a_reason(edited):
    before = state(edited)
    with pytest.raises(BenchError) as caught:
        update([edited], MODELS, reason="  ")
    assert str(caught.value) == (
        "locked numbers would change (tiny: params 456 to 455) and no reason is given. Pass "
        "--reason TEXT, which goes into CHANGELOG.md."
    )
    assert state(edited) == before


def test_the_reason_goes_into_the_topmost_section_of_the_changelog(edited):
    done = update([edited], MODELS, reason="a digit was\nwrong")
    assert done.changes == (Change("tiny", "params", 456, 455),)
    assert done.files == (edited, edited.parent / "CHANGELOG.md")
    assert done.unlogged == ()
    assert (edited.parent / "CHANGELOG.md").read_text() == CHANGELOG.replace(
        "- Something.\n",
        "- Something.\n- The locks of tiny changed (params 456 to 455): a digit was wrong\n",
    )


def test_a_long_reason_is_wrapped_and_ends_the_file(edited):
    (edited.parent / "CHANGELOG.md").write_text("# Changelog\n\n## 0.1.0\n\n- Something.")
    update([edited], MODELS, reason="the third digit of this number was not read from the paper")
    assert (edited.parent / "CHANGELOG.md").read_text() == (
        "# Changelog\n\n## 0.1.0\n\n- Something.\n"
        "- The locks of tiny changed (params 456 to 455): the third digit of this number was not "
        "read from\n  the paper\n"
    )


def test_without_a_changelog_the_line_is_handed_back(edited):
    (edited.parent / "CHANGELOG.md").unlink()
    done = update([edited], MODELS, reason="a digit was wrong")
    assert done.unlogged == ("- The locks of tiny changed (params 456 to 455): a digit was wrong",)


def test_another_version_of_the_counter_needs_no_reason(locked):
    now = load([locked]).models["tiny"].complexity.counter
    locked.write_text(locked.read_text().replace(now, "torch 2.6.0, ptflops 0.7.5"))
    done = update([locked], MODELS)
    assert {change.number for change in done.changes} == {"counter"}


def test_one_model_keeps_the_rows_of_the_others(locked):
    text = locked.read_text().replace("args: {width: 16}", "args: {width: 9}")
    locked.write_text(text)
    update([locked], ["wide"], reason="narrower")
    assert (locked.parent / "registry.lock.csv").read_text() == (
        "model,module,type,params,macs,macs_ptflops\n"
        "tiny,conv,Conv3d,392,98304,100352\n"
        "tiny,head,Linear,63,56,63\n"
        "wide,conv,Conv3d,441,110592,112896\n"
        "wide,head,Linear,70,63,70\n"
    )


def test_a_lock_that_another_model_would_inherit_is_refused_and_taken_back(own):
    before = state(own)
    with pytest.raises(BenchError) as caught:
        update([own], ["tiny"])
    assert str(caught.value) == (
        "the locks cannot be written without changing wide too, and every file is as it was. "
        "Name these with --model as well, or give each model a block of its own."
    )
    assert state(own) == before


def test_a_text_into_which_no_lock_fits_is_put_back(own):
    own.write_text(own.read_text().replace("title: Tiny  # four frames", "title: Tiny"))
    entry = "{<<: *tiny, args: {width: 9}, # a comma before a remark\n  }"
    own.write_text(own.read_text() + f"  odd: {entry}\n")
    before = state(own)
    with pytest.raises(BenchError) as caught:
        update([own], ["tiny", "wide", "odd"])
    message = str(caught.value)
    assert message.startswith("the locks do not fit into the text of their registry, and every ")
    assert message.endswith("Write each lock as a block of its own.")
    assert state(own) == before


def test_a_model_that_cannot_be_counted_stops_the_update_before_it_writes(own):
    own.write_text(own.read_text().replace("{width: 16}", "{fault: memory}"))
    before = state(own)
    with pytest.raises(BenchError, match="model 'wide'"):
        update([own], MODELS)
    assert state(own) == before


def test_a_network_of_wrong_shape_is_not_locked(own):
    own.write_text(own.read_text().replace("{width: 16}", "{fault: shape}"))
    before = state(own)
    with pytest.raises(BenchError) as caught:
        update([own], ("wide",))
    assert str(caught.value) == (
        "model 'wide' gives outputs of shape (2, 6) for two videos of 4 frames; expected "
        "(2, 7). Check factory and args of its block."
    )
    assert state(own) == before


def test_an_installed_registry_is_left_alone(own):
    installed = own.parent / "site-packages" / "their" / "registry.yaml"
    installed.parent.mkdir(parents=True)
    own.rename(installed)
    with pytest.raises(BenchError) as caught:
        update([installed], MODELS)
    assert str(caught.value) == (
        f"{installed} belongs to an installed package, where a new lock would be lost with the "
        f"next version. Name your own models with --model, or run this where the package is "
        f"developed."
    )


def test_a_registry_that_may_not_be_written_is_named(own, monkeypatch):
    # root may write everything, so that the answer of the system is given here
    monkeypatch.setattr("os.access", lambda path, mode: path != own)
    with pytest.raises(BenchError) as caught:
        update([own], MODELS)
    assert str(caught.value) == (
        f"{own} may not be written. Allow it, or name other models with --model."
    )
