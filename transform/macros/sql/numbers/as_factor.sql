{# An amount as a factor of a product. DuckDB allows a product of two amounts only
eighteen digits, and fails if it has more. #}
{% macro as_factor(amount) -%}
    cast({{ amount }} as {{
        'numeric' if target.type == 'bigquery' else 'decimal(28, 4)'
    }})
{%- endmacro %}
