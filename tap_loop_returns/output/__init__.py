"""Writing what was read: messages, counts and the state."""
