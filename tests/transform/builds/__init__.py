"""Builds as users run them: late rows, selections, kills, each variable alone."""
