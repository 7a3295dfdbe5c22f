"""A local, stateful simulator of the Loop Returns API for demos and tests.

>>> with Simulator(world="golden") as loop:  # doctest: +SKIP
...     requests.get(loop.url + "/v1/warehouse/return/list", ...)
"""

from loop_simulator.simulator import Simulator
from loop_simulator.wire import SWITCHES

__all__ = ["SWITCHES", "Simulator"]
