import pytest
import torch
from torch import nn
from torchvision.models import resnet18

from bench.errors import BenchError
from bench.records import Weights
from bench.weights import Report, load, match
from bench.weights.matching import lacking


def test_weights_arrive_in_the_trunk_and_nowhere_else(entry, save, net):
    source = resnet18()
    head = net.head.weight.clone()
    report = load(net, entry(), save(source.state_dict()))
    assert torch.equal(net.trunk.layer4[1].conv2.weight, source.layer4[1].conv2.weight)
    assert torch.equal(net.head.weight, head)
    assert len(report.matched) == len(net.trunk.state_dict())


def test_wrappers_and_prefixes_of_other_programs_are_understood(entry, save, net):
    source = resnet18()
    state = {f"module.{name}": value for name, value in source.state_dict().items()}
    load(net, entry(), save({"epoch": 3, "state_dict": state}))
    assert torch.equal(net.trunk.conv1.weight, source.conv1.weight)


def test_every_name_that_does_not_fit_is_listed(entry, save, net):
    state = resnet18().state_dict()
    state["conv1.weight"] = torch.zeros(64, 1, 7, 7)
    state["layer4.7.conv1.weight"] = torch.zeros(1)
    state["feature.weight"] = torch.zeros(1)
    del state["bn1.bias"]
    report = load(net, entry(), save(state))
    assert report.missing == ("trunk.conv1.weight", "trunk.bn1.bias")
    assert report.unexpected == ("layer4.7.conv1.weight",)
    assert report.skipped == (
        "conv1.weight: its shape (64, 1, 7, 7) does not fit (64, 3, 7, 7) of trunk.conv1.weight",
        "fc.weight: it has no place in this network",
        "fc.bias: it has no place in this network",
        "feature.weight: it has no place in this network",
    )


def test_no_weights_leave_the_network_as_it_is(entry, net):
    assert load(net, entry(), Weights("none", None)) == Report()


def test_a_file_of_another_network_is_refused(entry, save, net):
    saved = save({"encoder.weight": torch.zeros(2)})
    with pytest.raises(BenchError) as error:
        load(net, entry(), saved)
    assert str(error.value) == (
        f"none of the 1 tensors in {saved.path} fits model 'net'; expected names and shapes of "
        "trunk.conv1.weight ... head.bias, or names that baselines.resnet18:trunk_keys knows. "
        "Pass a file made for this network; `bench weights check` tells what each name is taken "
        "for."
    )


OWN = "names of the network itself"


@pytest.mark.parametrize("prefix", ["", "module.", "network.", "_orig_mod.", "module.network."])
def test_a_file_with_all_the_names_of_a_network_fills_the_whole(entry, save, net, prefix):
    torch.nn.init.constant_(net.head.bias, 3.0)
    state = {f"{prefix}{name}": value.clone() for name, value in net.state_dict().items()}
    torch.nn.init.zeros_(net.head.bias)
    report = load(net, entry(), save(state))
    assert (len(report.matched), report.missing, report.kind) == (len(state), (), OWN)
    assert net.head.bias.tolist() == [3.0] * 7


def test_an_entry_without_pretraining_takes_what_was_made_for_its_network(bare_entry, save, net):
    report = load(net, bare_entry, save({**net.state_dict(), "more": torch.zeros(1)}))
    assert (report.missing, report.unexpected, report.kind) == ((), ("more",), OWN)


def test_without_a_key_map_names_are_those_of_the_part(entry, net):
    state = resnet18().state_dict()
    fitting, report = match(net, entry(keys=""), state)
    assert fitting["trunk.conv1.weight"] is state["conv1.weight"]
    assert (report.missing, report.unexpected) == ((), ("fc.weight", "fc.bias"))
    assert report.kind == "names of the part trunk"


def test_a_key_map_is_named_with_the_part_that_it_fills(entry, net):
    _, report = match(net, entry(), resnet18().state_dict())
    assert report.kind == "foreign names, through baselines.resnet18:trunk_keys into trunk"


def test_a_class_more_leaves_the_head_out_and_says_so(bare_entry, net):
    state = {**net.state_dict(), "head.bias": torch.zeros(8), "head.weight": torch.zeros(8, 512)}
    _, report = match(net, bare_entry, state)
    assert report.missing == ("head.weight", "head.bias")
    assert report.skipped == (
        "head.weight: its shape (8, 512) does not fit (7, 512) of head.weight",
        "head.bias: its shape (8,) does not fit (7,) of head.bias",
    )


def test_a_network_whose_own_names_begin_like_a_prefix_keeps_them(bare_entry):
    wrapped = nn.ModuleDict({"module": nn.Linear(2, 2)})
    _, report = match(wrapped, bare_entry, wrapped.state_dict())
    assert report.matched == ("module.weight", "module.bias")


def test_counters_that_old_files_lack_are_not_missed():
    assert lacking(["bn.weight", "bn.num_batches_tracked"], ["bn.weight"]) == ()


def test_names_are_matched_without_a_byte_of_weights(entry):
    with torch.device("meta"):
        empty = nn.ModuleDict({"trunk": nn.Linear(2, 2)})
    fitting, _ = match(empty, entry(keys=""), {"weight": torch.zeros(2, 2)})
    assert list(fitting) == ["trunk.weight"]
