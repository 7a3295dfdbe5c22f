"""The simulated world: people, goods, orders and returns, and how they come about."""

from loop_simulator.world.channels import landing_page
from loop_simulator.world.loop_orders import LOOP_APP, make_orders
from loop_simulator.world.numbering import (
    EXCHANGE_ID,
    LOOP_ORDER_ID,
    ORDER_STEP,
    RETURN_ID,
    number_lines,
    number_order,
    resume,
)
from loop_simulator.world.records import (
    STATES,
    Customer,
    ExchangeItem,
    Label,
    Order,
    OrderLine,
    Product,
    Return,
    ReturnLine,
    Shopper,
    Subscription,
    Tiling,
    World,
)
from loop_simulator.world.registry import WORLDS, make_world
from loop_simulator.world.story import (
    SECONDS,
    Draws,
    Policy,
    arrange,
    later_name,
    moved,
    shoppers,
    unit_of,
)
from loop_simulator.world.totals import outcome_word, settle

__all__ = [
    "EXCHANGE_ID",
    "LOOP_APP",
    "LOOP_ORDER_ID",
    "ORDER_STEP",
    "RETURN_ID",
    "SECONDS",
    "STATES",
    "WORLDS",
    "Customer",
    "Draws",
    "ExchangeItem",
    "Label",
    "Order",
    "OrderLine",
    "Policy",
    "Product",
    "Return",
    "ReturnLine",
    "Shopper",
    "Subscription",
    "Tiling",
    "World",
    "arrange",
    "landing_page",
    "later_name",
    "make_orders",
    "make_world",
    "moved",
    "number_lines",
    "number_order",
    "outcome_word",
    "resume",
    "settle",
    "shoppers",
    "unit_of",
]
