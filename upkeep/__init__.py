"""What keeps the generated files equal to what they are generated from."""
