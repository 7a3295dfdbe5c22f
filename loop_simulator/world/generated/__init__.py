"""The invented shop: shoppers whose orders and returns follow from a seed."""

from loop_simulator.world.generated.random_stream import RandomStream
from loop_simulator.world.generated.replicas import (
    SECONDS_APART,
    group_by_shopper,
    replicate,
    replicated_world,
    shifted_name,
)
from loop_simulator.world.generated.returns import Policy, complete_return, return_line
from loop_simulator.world.generated.shop import shop_world

__all__ = [
    "SECONDS_APART",
    "Policy",
    "RandomStream",
    "complete_return",
    "group_by_shopper",
    "replicate",
    "replicated_world",
    "return_line",
    "shifted_name",
    "shop_world",
]
