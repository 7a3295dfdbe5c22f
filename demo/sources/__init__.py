"""Simulated Singer taps of Shopify, ReCharge and Stripe, which read a running simulator."""
