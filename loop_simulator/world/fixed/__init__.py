"""Small worlds written out by hand, whose metrics are known."""

from loop_simulator.world.fixed.golden import GOLDEN_NOW, golden_world
from loop_simulator.world.fixed.tiny import tiny_world

__all__ = ["GOLDEN_NOW", "golden_world", "tiny_world"]
