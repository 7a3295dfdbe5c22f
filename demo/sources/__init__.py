"""Simulated Singer taps of Shopify and ReCharge, which read a running simulator."""
