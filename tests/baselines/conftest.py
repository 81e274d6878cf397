import pytest
import torch


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # so little work is slower on more
    yield
    torch.set_num_threads(threads)
