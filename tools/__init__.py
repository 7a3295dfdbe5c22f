"""Writes the generated files, and checks that they are up to date."""
