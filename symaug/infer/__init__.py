"""From a robot's model to its robot document: the symmetries that the mechanism has, found and written down.

`infer(path)` measures a MuJoCo or URDF model and proposes everything that a robot document says: joints,
limbs, default pose, generators. What it accepts passes `symaug validate`; what it refuses comes with the
reason. Needs numpy and mujoco, as the checks do; `import symaug` does not import it.
"""

from symaug.infer.infer import Inference, infer

__all__ = ["Inference", "infer"]
