"""Computes every published figure independently, from raw records and definitions."""
