"""Benchmarks of the tap, the loader, the models and the report."""
