"""From a `Program` to something that runs: eager torch, or a self-contained Python file."""
