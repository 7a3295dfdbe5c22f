"""Benchmarks of the tap: speed, requests, memory."""
