"""Computes every published figure a second time, from raw records and definitions."""
