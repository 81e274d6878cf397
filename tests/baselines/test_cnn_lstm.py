import torch

from baselines.cnn_lstm import CNNLSTM


def test_the_number_of_params_is_trunk_lstm_and_classifier():
    with torch.device("meta"):
        network = CNNLSTM(7)
    expected = 11_176_512 + 4 * 256 * (512 + 256 + 2) + 257 * 7
    assert sum(p.numel() for p in network.parameters()) == expected


def test_the_order_of_the_frames_matters():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = CNNLSTM(7).eval()
        video = torch.rand(1, 3, 4, 32, 32)
    assert (network(video.flip(2)) - network(video)).abs().max() > 1e-6
