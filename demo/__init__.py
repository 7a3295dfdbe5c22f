"""The demo: the whole pipeline on a simulated shop, and seven answers."""
