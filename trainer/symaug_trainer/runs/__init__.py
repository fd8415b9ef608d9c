"""What a training run is on disk, and the runner that writes it."""
