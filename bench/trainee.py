"""A network, its objective and one step of its training."""

from collections.abc import Collection, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from bench.errors import BenchError
from bench.frames.augmentation import Augmenter
from bench.frames.batches import Batch
from bench.network import answered, autocast, check_outputs, explain_memory, precision_for
from bench.objectives import Objective, Outputs
from bench.records import FoldRequest, Precision


class Trainee(nn.Module):
    """A network and its objective, in the form that mmengine's Runner trains.

    Args:
        network: on `device`.
        objective: what is minimised.
        request: the fold that is trained.
        device: where it is trained.
        pretrained: names of the network's tensors that were loaded.
    """

    def __init__(
        self,
        network: nn.Module,
        objective: Objective,
        request: FoldRequest,
        device: torch.device,
        pretrained: Collection[str] = (),
    ) -> None:
        super().__init__()
        self.pretrained = frozenset(pretrained)
        self.network = network
        self.objective = objective
        self.request = request
        self.device = device
        self.augment = Augmenter(request.recipe, request.model.input.size, len(request.classes))
        self.precision: Precision = precision_for(network, request.preset.precision, device)
        self.epoch = 0
        self.batches = 0
        self.checked = False
        self.video_ids: Sequence[str] = ()

    def train_step(self, data: Batch, optim_wrapper: Any) -> dict[str, Tensor]:
        """One optimiser step on one batch; mmengine calls it."""
        try:
            shown = self.augment(data, self.device)
            with autocast(self.precision, self.device), optim_wrapper.optim_context(self):
                outputs = self._forward(shown)
                with torch.autocast(self.device.type, enabled=False):
                    loss = self.objective(_exact(outputs), shown.labels, self.epoch)
            if not torch.isfinite(loss):
                raise _not_finite(self, data, loss.item())
            optim_wrapper.update_params(loss)
            self.batches += 1
        except (RuntimeError, MemoryError) as error:
            raise explain_memory(error, self.request) from error
        return {"loss": loss.detach()}

    def _forward(self, data: Batch) -> Outputs:
        """The outputs of a batch; those of the first one are looked at closely."""
        outputs = answered(self.network, data, self.request, self.device)
        if not self.checked:
            check_outputs(outputs, data, self.request)
            self.checked = True
        return outputs


def _exact(outputs: Outputs) -> Outputs:
    """The same in fp32, in which any objective is computed, whatever the network ran in."""
    half = (torch.bfloat16, torch.float16)
    return {
        name: value.float() if getattr(value, "dtype", None) in half else value
        for name, value in outputs.items()
    }


def _not_finite(trainee: Trainee, batch: Batch, loss: float) -> BenchError:
    ids = ", ".join(trainee.video_ids[i] for i in batch.indices)
    return BenchError(
        f"the loss of model {trainee.request.model.name!r} became {loss} in epoch "
        f"{trainee.epoch + 1} on batch {trainee.batches + 1}, of {ids}. Lower lr in recipe "
        f"{trainee.request.recipe.name!r}, or look at these videos."
    )
