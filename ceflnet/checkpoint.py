"""Which name of a foreign weight file belongs to which part of CEFLNet."""

from collections.abc import Iterable

TRUNK = ("conv1", "bn1", "layer1", "layer2", "layer3", "layer4")

RELEASED = {
    "attn": "encoder.attention.attention",
    "attn.out_proj": "encoder.attention.attention.out_proj",
    "norm1": "encoder.attention.norm",
    "beta.0": "encoder.relation.score",
    "fc": "encoder.relation.project",
    "temp_attn.attn.0": "activation.score",
    "classifier.0": "head.0",
    "classifier.2": "head.2",
    "classifier.5.0": "head.5",
}
"""Where the layers of the authors' code stand here."""


def weight_keys(names: Iterable[str]) -> dict[str, str]:
    """Foreign name -> name in `CEFLNet` or `CEFLNetPaper`; names without a place are left out.

    Two kinds of file are known: checkpoints of the authors' code, which fill the whole network,
    and any ResNet-18 with torchvision's names (ImageNet, face-pretrained, synthetic), which fills
    the trunk; its own classifier (`fc.*`, `feature.*`) has no place.

    Args:
        names: every name in the file; the authors' files are known by their attention layer.
    """
    names = list(names)
    layers = RELEASED if any(name.startswith("attn.") for name in names) else {}
    mapped: dict[str, str] = {}
    for name in names:
        layer, _, leaf = name.rpartition(".")
        if name.split(".")[0] in TRUNK:
            mapped[name] = f"trunk.{name}"
        elif layer in layers:
            mapped[name] = f"{layers[layer]}.{leaf}"
    return mapped
