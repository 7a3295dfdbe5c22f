{#
    A sum that keeps the type of its column. DuckDB's sums have 128 bits, and
    reading such a column takes ten times as long as 64 bits.
#}
{% macro sum_of_money(amount) -%}
    cast(sum({{ amount }}) as {{ type_money() }})
{%- endmacro %}
