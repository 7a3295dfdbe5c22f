"""dbt's target, for sqlfluff: the warehouse that LINT_TARGET names."""

import os

type = os.environ.get("LINT_TARGET", "duckdb")  # noqa: A001 (dbt's own word)
