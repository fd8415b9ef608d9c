"""rsl_rl's observation normalisers, replaced by one whose statistics commute with the group."""

from __future__ import annotations

from rsl_rl.models import MLPModel
from rsl_rl.modules import EmpiricalNormalization

from symaug import Space
from symaug.nn import Norm


def symmetrise_normalization(model: MLPModel, space: Space) -> None:
    """Replace a model's empirical normaliser by `symaug.nn.Norm`; a model without one is left.

    Args:
        model: changed in place.
        space: its observation groups side by side.
    """
    plain = model.obs_normalizer
    if isinstance(plain, EmpiricalNormalization):
        symmetric = Norm(space, eps=plain.eps)
        symmetric.load_state_dict(plain.state_dict())
        model.obs_normalizer = symmetric.to(plain.mean.device)  # type: ignore[assignment]
