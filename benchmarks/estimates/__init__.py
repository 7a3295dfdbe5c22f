"""Benchmarks of estimates: how near they are to the truth of simulated shops."""
