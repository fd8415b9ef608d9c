"""A robot's model as the checks see it: loaded, measured, mirrored, and made even (the symmetrised twin)."""
