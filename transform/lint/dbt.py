"""Stand-ins for dbt's own macros, because sqlfluff renders the models without dbt.

So the models of every source are linted without a warehouse, and
LINT_TARGET=bigquery or postgres renders them for another one.
"""

import os

BIGQUERY = os.environ.get("LINT_TARGET") == "bigquery"


def type_string():
    return "string" if BIGQUERY else "varchar"


def type_timestamp():
    return "timestamp"


def type_bigint():
    return "int64" if BIGQUERY else "bigint"


def type_boolean():
    return "bool" if BIGQUERY else "boolean"


def date_trunc(part, moment):
    return (
        f"date_trunc({moment}, {part})"
        if BIGQUERY
        else f"date_trunc('{part}', {moment})"
    )


def dateadd(part, count, moment):
    if BIGQUERY:
        return f"datetime_add(cast({moment} as datetime), interval {count} {part})"
    return f"date_add({moment}, interval ({count}) {part})"


def datediff(first, last, part):
    if BIGQUERY:
        return f"datetime_diff(cast({last} as datetime), cast({first} as datetime), {part})"
    return f"date_diff('{part}', {first}, {last})"


def listagg(measure, delimiter, order_by):
    return f"string_agg({measure}, {delimiter} {order_by})"


def generate_series(upper_bound):
    return "select 1 as generated_number"


def date_spine(part, start, end):
    return f"select {start} as date_{part} union all select {end} as date_{part}"


def escape_single_quotes(text):
    return text.replace("'", "\\'" if BIGQUERY else "''")


def position(substring_text, string_text):
    if BIGQUERY:
        return f"strpos({string_text}, {substring_text})"
    return f"position({substring_text} in {string_text})"


def split_part(string_text, delimiter_text, part_number):
    if BIGQUERY:
        return f"split({string_text}, {delimiter_text})[safe_offset({part_number} - 1)]"
    return f"split_part({string_text}, {delimiter_text}, {part_number})"
