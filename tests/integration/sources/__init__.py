"""Compares the fields that staging reads with those that the published taps send."""
