"""The check-up: what a shop's own Loop does where its documentation says nothing.

It reads with at most ``probe.MOST_REQUESTS`` requests and keeps names of fields,
types, counts and yes or no; never a customer's value.
"""
