"""Tests against warehouses, fresh Meltano projects, published packages and the docs."""

SIZE = ("--returns", "300", "--seed", "7")
"""Options of the simulated shop."""
CHANGES = {"change": 30, "add": 10, "cancel": 3, "remove_lines": 2}
"""What a day changes in that shop."""
