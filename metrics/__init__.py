"""Metrics of the semantic layer, and named answers of the reports.

MetricFlow compiles every metric from the definitions in ``transform/models/semantic``;
this package adds the numerator and denominator, interval, maturity, currency, last day
of data and SQL. It serves the figures on the command line, on a local page and as an MCP
server.
"""

from metrics.engine import Engine
from metrics.errors import MetricsError

__all__ = ["Engine", "MetricsError"]
