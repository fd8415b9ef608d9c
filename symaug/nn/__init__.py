"""Networks that cannot break the symmetry: layers whose weights commute with a robot's group.

A layer is made between two spaces of a compiled program, or between hidden ones:

>>> import symaug
>>> from symaug import nn
>>> program = symaug.compile("anymal_d/velocity")
>>> observation, action = program.space("observations/policy"), program.space("actions")
>>> hidden = nn.regular(program.group, 32)                # 32 channels of the regular representation
>>> policy = nn.MLP(observation, hidden, hidden, action)  # π(ρ(g) o) = ρ(g) π(o), whatever it learns

Needs torch and nothing else: no simulator, no RL library. Any finite group, elements that mix numbers
included. `plain()` of each layer is the ordinary torch module that computes the same, for export.

After Ravanbakhsh et al. (ICML 2017) and Finzi et al. (ICML 2021): the weights of a layer are learned in a
basis of the linear maps that commute with the group.
"""

from __future__ import annotations

from symaug.nn.blocks import orbit_labels, orbit_mean
from symaug.nn.commuting import CommutingMap
from symaug.nn.layers import MLP, Linear
from symaug.nn.norm import Norm
from symaug.nn.recurrent import GRU, LSTM
from symaug.nn.spaces import direct_sum, linear_part, magnitudes, of_elements, regular, trivial

__all__ = [
    "GRU",
    "LSTM",
    "MLP",
    "CommutingMap",
    "Linear",
    "Norm",
    "direct_sum",
    "linear_part",
    "magnitudes",
    "of_elements",
    "orbit_labels",
    "orbit_mean",
    "regular",
    "trivial",
]
