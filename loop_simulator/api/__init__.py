"""Loop's API: routes to its endpoints, keys, the rate limit and planned faults."""

from loop_simulator.api.faults import Fault, Faults, damaged, replacement
from loop_simulator.api.rate_limit import DOCUMENTED, RateLimit
from loop_simulator.api.routes import SCOPES, App, Keys

__all__ = [
    "DOCUMENTED",
    "SCOPES",
    "App",
    "Fault",
    "Faults",
    "Keys",
    "RateLimit",
    "damaged",
    "replacement",
]
