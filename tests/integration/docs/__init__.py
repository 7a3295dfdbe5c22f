"""Runs every block of commands in the documentation."""
