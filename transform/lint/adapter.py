"""dbt's dispatch, for sqlfluff: the warehouse's own macro or the default one."""

import os

import jinja2

TARGET = os.environ.get("LINT_TARGET", "duckdb")


@jinja2.pass_context
def dispatch(context, name, package):
    return context.resolve(f"{TARGET}__{name}") or context.resolve(f"default__{name}")
