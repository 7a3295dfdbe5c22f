"""What staging reads against what the published taps carry."""
