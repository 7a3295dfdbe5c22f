"""The shop's other systems, Shopify, ReCharge and Stripe: the same world in their own records."""

from loop_simulator.neighbours.streams import APPS, NeighbourStreams

__all__ = ["APPS", "NeighbourStreams"]
