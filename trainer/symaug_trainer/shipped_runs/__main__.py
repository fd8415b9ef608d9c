"""`python -m symaug_trainer.shipped_runs RUN FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path

from symaug_trainer.shipped_runs import slim

if __name__ == "__main__":
    run, folder = map(Path, sys.argv[1:])
    print(slim(run, folder))
