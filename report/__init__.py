"""The report: one page for each question, from the public marts."""
