{#
    The cost of a label in currency units. Loop writes money as text with two
    decimals; a rate in this form, or with a fraction, which cents do not have,
    is in currency units. Any other rate is in cents.
#}
{% macro raw_label_cost(field) -%}
    cast(case
            when {{ regexp_part(
                raw_text(field),
                '^([0-9]+[.](?:[0-9][0-9]|[0-9]*[1-9][0-9]*))$'
            ) }} is not null
                then {{ raw_money(field) }}
            else {{ raw_money(field) }} / 100
        end as {{ type_money() }})
{%- endmacro %}
