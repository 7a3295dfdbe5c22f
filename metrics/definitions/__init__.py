"""The semantic layer: its metrics and dimensions, and the SQL that MetricFlow compiles."""
