"""Singer tap for the Loop Returns API."""
