"""The shop's other systems, Shopify and ReCharge: the same world in their own records."""

from loop_simulator.neighbours.streams import NeighbourStreams

__all__ = ["NeighbourStreams"]
