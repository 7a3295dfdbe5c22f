"""What a caller asks: metrics, groups, filters and a period."""
