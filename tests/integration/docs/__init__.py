"""Every path that the documentation shows, walked word by word."""
