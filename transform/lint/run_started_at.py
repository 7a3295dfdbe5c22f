"""When dbt's run began, for sqlfluff."""


def strftime(form):
    return "2026-01-31 12:00:00.000000"
