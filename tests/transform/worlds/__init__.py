"""The shops that the models are built for in tests."""
