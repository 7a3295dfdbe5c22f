"""Newer versions of dbt than the one in the lock file."""
