"""Checks of a running environment: whose it is does not matter, it implements `LiveEnvironment`."""

from __future__ import annotations

from symaug.checks.live.world import LiveEnvironment, Reading, WorldState, open_world

__all__ = ["LiveEnvironment", "Reading", "WorldState", "open_world"]
