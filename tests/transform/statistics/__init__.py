"""Estimates compared with shops whose true rates are known."""
