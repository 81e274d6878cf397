import torch
from torchvision.models import resnet18

from ceflnet.checkpoint import weight_keys
from ceflnet.model import CEFLNet

RELEASED_LAYERS = [
    "conv1.weight",
    "layer4.1.bn2.running_mean",
    "attn.in_proj_weight",
    "attn.in_proj_bias",
    "attn.out_proj.weight",
    "attn.out_proj.bias",
    "norm1.weight",
    "norm1.bias",
    "beta.0.weight",
    "beta.0.bias",
    "fc.weight",
    "fc.bias",
    "temp_attn.attn.0.weight",
    "classifier.0.weight",
    "classifier.2.bias",
    "classifier.5.0.weight",
]


def names_of_the_network():
    with torch.device("meta"):
        return set(CEFLNet(6).state_dict())


def test_every_layer_of_the_authors_code_has_a_place():
    mapped = weight_keys(RELEASED_LAYERS)
    assert list(mapped) == RELEASED_LAYERS
    assert set(mapped.values()) <= names_of_the_network()
    assert mapped["fc.weight"] == "encoder.relation.project.weight"


def test_a_plain_resnet_fills_the_trunk_and_leaves_its_classifier_out():
    with torch.device("meta"):
        names = list(resnet18().state_dict())
    mapped = weight_keys(names)
    assert set(names) - set(mapped) == {"fc.weight", "fc.bias"}
    trunk = {name for name in names_of_the_network() if name.startswith("trunk.")}
    assert set(mapped.values()) == trunk
