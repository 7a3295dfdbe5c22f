"""A page on this machine that asks the engine what a person chooses in a form."""
