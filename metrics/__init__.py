"""Metrics of the semantic layer, and named answers of the reports.

MetricFlow compiles every figure from the definitions in ``transform/models/semantic``;
this package adds its numerator and denominator, interval, maturity, currency, the last
day of data and the SQL, and serves it as a command and as an MCP server.
"""

from metrics.engine import Engine
from metrics.errors import MetricsError

__all__ = ["Engine", "MetricsError"]
