"""Builds the models and makes the report, unless nothing is new."""
