"""What NVML says of one GPU: clocks, power, temperature, energy; the only file that knows NVML."""

from collections.abc import Callable
from typing import Any, Literal

from bench.records import GpuState

IDLE = 0x1
REASONS = {
    0x2: "applications clocks setting",
    0x4: "software power cap",
    0x8: "hardware slowdown",
    0x10: "sync boost",
    0x20: "software thermal slowdown",
    0x40: "hardware thermal slowdown",
    0x80: "hardware power brake slowdown",
    0x100: "display clock setting",
    0x200: "board limit",
    0x400: "reliability",
}
"""Bit of NVML's clocks event reasons (throttle reasons in older drivers) -> name."""

CHOSEN = REASONS[0x2]
"""Clocks that somebody fixed: held down, and all the steadier for it."""


class Gpu:
    """One GPU; what its driver does not say is None.

    Args:
        nvml: the module `pynvml`, initialised, or one like it.
        handle: NVML's handle of the GPU.
    """

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle

    def driver(self) -> str | None:
        """Version of the driver."""
        return self._ask(lambda nvml, handle: nvml.nvmlSystemGetDriverVersion())

    def millijoules(self) -> int | None:
        """Counter of the energy since the driver was loaded; GPUs before Volta have none."""
        return self._ask(lambda nvml, handle: nvml.nvmlDeviceGetTotalEnergyConsumption(handle))

    def state(self, moment: Literal["before", "during", "after"]) -> GpuState:
        """One reading."""
        milliwatts = self._ask(lambda nvml, handle: nvml.nvmlDeviceGetPowerUsage(handle))
        mask = self._reasons()
        return GpuState(
            moment=moment,
            sm_mhz=self._ask(
                lambda nvml, gpu: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_SM)
            ),
            memory_mhz=self._ask(
                lambda nvml, gpu: nvml.nvmlDeviceGetClockInfo(gpu, nvml.NVML_CLOCK_MEM)
            ),
            watts=None if milliwatts is None else milliwatts / 1000,
            celsius=self._ask(
                lambda nvml, gpu: nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU)
            ),
            throttle=None if mask is None else reasons(mask),
        )

    def _reasons(self) -> int | None:
        mask = self._ask(lambda nvml, gpu: nvml.nvmlDeviceGetCurrentClocksEventReasons(gpu))
        if mask is None:
            mask = self._ask(lambda nvml, gpu: nvml.nvmlDeviceGetCurrentClocksThrottleReasons(gpu))
        return mask

    def _ask(self, question: Callable[[Any, Any], Any]) -> Any:
        try:
            return question(self._nvml, self._handle)
        except self._nvml.NVMLError:
            return None


def reasons(mask: int) -> tuple[str, ...]:
    """Names of the bits of NVML's clocks event reasons; idling is none of them."""
    bits = [1 << place for place in range(mask.bit_length()) if mask >> place & 1]
    return tuple(REASONS.get(bit, f"reason {bit:#x}") for bit in bits if bit != IDLE)


def find(device: str) -> Gpu | None:
    """The GPU behind a torch device; None for the CPU, and where NVML cannot be asked.

    Args:
        device: as in "cpu", "cuda" or "cuda:1".
    """
    if not device.startswith("cuda"):
        return None
    import torch

    uuid = getattr(torch.cuda.get_device_properties(device), "uuid", None)
    try:
        import pynvml
    except ImportError:
        return None
    return None if uuid is None else connect(pynvml, str(uuid))


def connect(nvml: Any, uuid: str) -> Gpu | None:
    """The GPU, or the slice of one, of that UUID; None where the driver does not answer.

    The UUID and not the number: CUDA_VISIBLE_DEVICES renumbers GPUs for torch and not for NVML.

    Args:
        nvml: the module `pynvml`, or one like it.
        uuid: with or without NVML's prefix.
    """
    names = [uuid] if uuid.startswith(("GPU-", "MIG-")) else [f"GPU-{uuid}", f"MIG-{uuid}"]
    try:
        nvml.nvmlInit()
    except nvml.NVMLError:
        return None
    for name in names:
        try:
            return Gpu(nvml, nvml.nvmlDeviceGetHandleByUUID(name))
        except nvml.NVMLError:
            continue
    return None
