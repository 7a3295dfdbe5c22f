"""Scripts that write the generated files, and check that they are up to date."""
