"""The simulated world: people, goods, orders and returns, and how they come about."""

from loop_simulator.world.channels import landing_page
from loop_simulator.world.generated import (
    SECONDS_APART,
    Policy,
    RandomStream,
    complete_return,
    group_by_shopper,
    replicate,
    return_line,
    shifted_name,
)
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
    Replication,
    Return,
    ReturnLine,
    Shopper,
    Subscription,
    World,
)
from loop_simulator.world.registry import WORLDS, make_world
from loop_simulator.world.totals import compute_totals, outcome_text

__all__ = [
    "EXCHANGE_ID",
    "LOOP_APP",
    "LOOP_ORDER_ID",
    "ORDER_STEP",
    "RETURN_ID",
    "SECONDS_APART",
    "STATES",
    "WORLDS",
    "Customer",
    "ExchangeItem",
    "Label",
    "Order",
    "OrderLine",
    "Policy",
    "Product",
    "RandomStream",
    "Replication",
    "Return",
    "ReturnLine",
    "Shopper",
    "Subscription",
    "World",
    "complete_return",
    "compute_totals",
    "group_by_shopper",
    "landing_page",
    "make_orders",
    "make_world",
    "number_lines",
    "number_order",
    "outcome_text",
    "replicate",
    "resume",
    "return_line",
    "shifted_name",
]
