import pytest
import torch

from baselines.c3d import C3D, sports1m_keys
from baselines.c3d_lstm_parmar import C3DLSTMParmar


def build(classes=7, **args):
    with torch.device("meta"):
        return C3DLSTMParmar(classes, **args)


def test_one_output_has_the_params_of_the_authors_code():
    params = sum(p.numel() for p in build(1).parameters())
    assert params == 27_655_936 + 8193 * 4096 + 4 * 256 * (4096 + 256 + 2) + 257
    assert round(params / 1e6, 2) == 65.67


def test_only_the_lstm_and_the_classifier_are_trained():
    trained = {name.split(".")[0] for name, p in build().named_parameters() if p.requires_grad}
    assert trained == {"lstm", "head"}
    assert all(p.requires_grad for p in build(frozen=False).parameters())


def test_six_clips_of_sixteen_frames_become_six_steps():
    seen = []
    network = build()
    network.lstm.register_forward_hook(lambda _m, inputs, _o: seen.append(tuple(inputs[0].shape)))
    assert network(torch.empty(2, 3, 96, 112, 112, device="meta")).shape == (2, 7)
    assert seen == [(2, 6, 4096)]


def test_the_sports1m_file_fills_the_whole_trunk():
    with torch.device("meta"):
        names = C3D(487).state_dict()
    trunk = build().trunk.state_dict()
    mapped = sports1m_keys(names)
    fitting = {ours for ours in mapped.values() if ours in trunk}
    assert fitting == set(trunk)
    assert all(trunk[name].shape == names[name].shape for name in fitting)


def test_frames_that_make_no_whole_clips_are_refused():
    with pytest.raises(ValueError) as caught:
        build()(torch.empty(1, 3, 97, 112, 112, device="meta"))
    assert str(caught.value) == "the video has 97 frames; expected a multiple of 6 clips."
