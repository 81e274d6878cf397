import pytest
import torch

from bench.weights import load, origins, synthetic


def test_the_synthetic_trunk_is_the_same_bit_for_bit_and_made_once(tmp_path, drawn, entry, quiet):
    first = origins.resolve(entry(), "synthetic", tmp_path / "a", quiet)
    again = origins.resolve(entry(), "synthetic", tmp_path / "a", quiet)
    other = origins.resolve(entry(), "synthetic", tmp_path / "b", quiet)
    assert first == again
    assert first.sha256 == other.sha256
    assert drawn.count(synthetic.STILLS) == 2


@pytest.mark.parametrize("changed", [("RATE", 1e-4), ("STEPS", 3), ("SEED", 5)])
def test_another_training_or_drawing_gives_another_file(
    tmp_path, drawn, monkeypatch, changed, quiet
):
    monkeypatch.setattr(synthetic, "_train", lambda *_: {})
    first = synthetic.make_synthetic_trunk(tmp_path, quiet)
    monkeypatch.setattr(synthetic, *changed)
    assert synthetic.make_synthetic_trunk(tmp_path, quiet).path != first.path


def test_making_the_trunk_leaves_the_random_state_alone(tmp_path, drawn, quiet):
    state = torch.random.get_rng_state()
    synthetic.make_synthetic_trunk(tmp_path, quiet)
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_synthetic_trunk_fills_every_name_of_a_trunk(tmp_path, drawn, entry, quiet, net):
    made = synthetic.make_synthetic_trunk(tmp_path, quiet)
    report = load(net, entry(), made)
    assert report.missing == report.unexpected == ()
    assert [line.split(":")[0] for line in report.skipped] == ["fc.weight", "fc.bias"]
