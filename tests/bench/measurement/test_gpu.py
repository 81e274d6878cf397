# NVML names its functions itself
# ruff: noqa: N802
import pytest

from bench.measurement.gpu import connect, find, reasons
from bench.records import GpuState


class FakeNvml:
    """One GPU; each answer is a value, or an error that is raised."""

    class NVMLError(Exception):
        pass

    NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU = 1, 2, 0

    def __init__(self, uuid="GPU-12ab", **answers):
        self.uuid = uuid
        self.answers = {
            "init": None,
            "driver": "580.65.06",
            "clocks": {1: 1980, 2: 2619},
            "power": 412_345,
            "temperature": 55,
            "energy": 9_000_000_000,
            "events": 0x1,
            "throttle": 0x4,
        } | answers

    def answer(self, what):
        value = self.answers[what]
        if value is NotImplemented:
            raise self.NVMLError(what)
        return value

    def nvmlInit(self):
        return self.answer("init")

    def nvmlDeviceGetHandleByUUID(self, uuid):
        if uuid != self.uuid:
            raise self.NVMLError(uuid)
        return f"handle of {uuid}"

    def nvmlSystemGetDriverVersion(self):
        return self.answer("driver")

    def nvmlDeviceGetClockInfo(self, handle, kind):
        return self._of(handle, "clocks")[kind]

    def nvmlDeviceGetPowerUsage(self, handle):
        return self._of(handle, "power")

    def nvmlDeviceGetTemperature(self, handle, sensor):
        assert sensor == self.NVML_TEMPERATURE_GPU
        return self._of(handle, "temperature")

    def nvmlDeviceGetTotalEnergyConsumption(self, handle):
        return self._of(handle, "energy")

    def nvmlDeviceGetCurrentClocksEventReasons(self, handle):
        return self._of(handle, "events")

    def nvmlDeviceGetCurrentClocksThrottleReasons(self, handle):
        return self._of(handle, "throttle")

    def _of(self, handle, what):
        assert handle == f"handle of {self.uuid}"
        return self.answer(what)


def test_a_state_holds_what_the_driver_says_in_the_units_of_a_record():
    assert connect(FakeNvml(), "12ab").state("during") == GpuState(
        "during", sm_mhz=1980, memory_mhz=2619, watts=412.345, celsius=55, throttle=()
    )


def test_what_the_driver_does_not_say_is_none():
    silent = dict.fromkeys(
        ("driver", "clocks", "power", "temperature", "energy", "events", "throttle"),
        NotImplemented,
    )
    gpu = connect(FakeNvml(**silent), "12ab")
    assert gpu.state("after") == GpuState("after", None, None, None, None, throttle=None)
    assert gpu.driver() is None
    assert gpu.millijoules() is None


def test_driver_and_energy_are_passed_on():
    gpu = connect(FakeNvml(), "12ab")
    assert (gpu.driver(), gpu.millijoules()) == ("580.65.06", 9_000_000_000)


def test_reasons_are_the_names_of_the_bits_and_idling_is_none():
    assert reasons(0x1) == ()
    assert reasons(0x4 | 0x40 | 0x1) == ("software power cap", "hardware thermal slowdown")
    assert reasons(0x200 | 0x400) == ("board limit", "reliability")
    assert reasons(0x80 | 0x800) == ("hardware power brake slowdown", "reason 0x800")


def test_an_older_driver_is_asked_by_the_older_name():
    gpu = connect(FakeNvml(events=NotImplemented), "12ab")
    assert gpu.state("during").throttle == ("software power cap",)


@pytest.mark.parametrize("given", ["12ab", "GPU-12ab"])
def test_a_gpu_is_found_by_its_uuid_with_or_without_the_prefix(given):
    assert connect(FakeNvml(), given) is not None


def test_a_slice_of_a_gpu_is_found_by_its_own_uuid():
    assert connect(FakeNvml(uuid="MIG-77"), "77") is not None


def test_no_driver_or_no_such_gpu_is_none():
    assert connect(FakeNvml(init=NotImplemented), "12ab") is None
    assert connect(FakeNvml(), "other") is None


def test_the_cpu_has_no_gpu():
    assert find("cpu") is None
