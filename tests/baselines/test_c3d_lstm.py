import pytest
import torch

from baselines.c3d_lstm import C3DLSTM


def test_six_classes_have_the_params_printed_in_the_table():
    with torch.device("meta"):
        assert sum(p.numel() for p in C3DLSTM(6).parameters()) == 110_242_054


def test_each_clip_of_five_frames_becomes_one_step_of_the_lstm():
    shapes = {}
    with torch.device("meta"):
        network = C3DLSTM(6)
        for name in ("pool1", "pool2", "pool3", "pool4", "pool5"):
            network.get_submodule(name).register_forward_hook(
                lambda _m, _i, output, name=name: shapes.update({name: tuple(output.shape)})
            )
        network.lstm.register_forward_hook(
            lambda _m, inputs, _o: shapes.update(lstm=tuple(inputs[0].shape))
        )
        assert network(torch.empty(2, 3, 35, 224, 224)).shape == (2, 6)
    assert shapes == {
        "pool1": (14, 64, 5, 112, 112),
        "pool2": (14, 128, 2, 56, 56),
        "pool3": (14, 256, 1, 28, 28),
        "pool4": (14, 512, 1, 14, 14),
        "pool5": (14, 512, 1, 6, 6),
        "lstm": (2, 7, 4096),
    }


def test_frames_that_make_no_whole_clips_are_refused():
    with torch.device("meta"), pytest.raises(ValueError) as caught:
        C3DLSTM(6)(torch.empty(1, 3, 36, 224, 224))
    assert str(caught.value) == "the video has 36 frames; expected a multiple of 7 clips."
