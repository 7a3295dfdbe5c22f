"""Answers a question: compiles metrics, runs them and adds intervals and warnings."""
