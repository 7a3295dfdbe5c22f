"""Writes the rows that were read: Singer messages, counts and the state."""
