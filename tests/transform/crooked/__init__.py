"""The comparisons of `figures` in shops whose rows are irregular."""
