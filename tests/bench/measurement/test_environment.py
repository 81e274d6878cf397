from bench.measurement import environment


def test_a_machine_without_a_gpu_is_named_after_its_cpu_and_has_no_driver():
    found = environment.capture("cpu")
    assert found.machine.startswith("cpu-")
    assert (found.device, found.gpu, found.driver) == ("cpu", None, None)
