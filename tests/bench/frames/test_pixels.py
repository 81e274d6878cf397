import numpy as np
import torch

from bench.frames.pixels import room, write


class Counted:
    """Frames that say how often they are read."""

    def __init__(self, count, side=8):
        self.read = []
        self._frames = np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)

    def __len__(self):
        return len(self._frames)

    def __getitem__(self, position):
        self.read.append(position)
        return self._frames[position]


def written(frames, positions, size=8):
    pixels = np.zeros((len(positions), size, size, 3), np.uint8)
    write(frames, positions, pixels)
    return pixels


def test_a_frame_that_comes_again_is_read_once():
    frames = Counted(5)
    pixels = written(frames, [0, 3, 3, 1, 0])
    assert frames.read == [0, 3, 1]
    assert (pixels == np.stack([frames[n] for n in (0, 3, 3, 1, 0)])).all()


def test_what_is_resized_is_written_in_place():
    frames = Counted(1, side=16)
    means = frames[0].reshape(8, 2, 8, 2, 3).mean(axis=(1, 3))
    assert np.abs(written(frames, [0])[0] - means).max() <= 0.5


def test_the_room_of_a_batch_is_bytes():
    made = room((2, 3, 4, 4, 3))
    assert (made.shape, made.dtype, made.is_contiguous()) == ((2, 3, 4, 4, 3), torch.uint8, True)
