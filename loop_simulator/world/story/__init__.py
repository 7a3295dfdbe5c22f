"""The invented shop: shoppers whose orders and returns follow from a seed."""

from loop_simulator.world.story.random_stream import Draws
from loop_simulator.world.story.replicas import (
    SECONDS,
    later_name,
    moved,
    shoppers,
    tiled_world,
)
from loop_simulator.world.story.returns import Policy, arrange, unit_of
from loop_simulator.world.story.shop import shop_world

__all__ = [
    "SECONDS",
    "Draws",
    "Policy",
    "arrange",
    "later_name",
    "moved",
    "shop_world",
    "shoppers",
    "tiled_world",
    "unit_of",
]
