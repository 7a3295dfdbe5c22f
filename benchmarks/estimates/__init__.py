"""Benchmarks of estimates: how close they are to the true figures of simulated shops."""
