"""Builds from raw rows in each source format, also with invalid rows."""
