"""The report: a page for each question, read off the public marts."""
