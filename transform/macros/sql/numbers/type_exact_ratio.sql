{#
    The type of a share that is added up: an exact decimal, because a sum of
    floats depends on the order of the rows.
#}
{% macro type_exact_ratio() -%}
    {{ return('bignumeric' if target.type == 'bigquery' else 'decimal(38, 18)') }}
{%- endmacro %}
