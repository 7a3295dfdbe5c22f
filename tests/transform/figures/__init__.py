"""Marts compared with the oracle, with worked examples and with each other."""
