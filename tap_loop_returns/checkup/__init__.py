"""The check-up: finds out how Loop behaves where its documentation is silent.

It makes at most ``probe.MOST_REQUESTS`` requests, all read-only. It keeps field names,
types, counts and answers such as yes or no, never a customer's data.
"""
