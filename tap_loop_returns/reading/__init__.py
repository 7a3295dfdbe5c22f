"""Reads the returns list: ranges, pages, threads and the bookmark."""
