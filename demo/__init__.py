"""The demo: an invented shop, the whole pipeline, and seven answers."""
