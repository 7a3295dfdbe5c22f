"""Stand-ins for the Singer taps of Shopify and ReCharge, reading a running simulator."""
