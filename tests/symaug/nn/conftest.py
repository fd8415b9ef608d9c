from __future__ import annotations

import pytest
import torch


@pytest.fixture
def float64():
    """Layers and random numbers in float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)
