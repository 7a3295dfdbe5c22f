{#
    What follows the prefix in the name of an exchange order; null for other names.

    'EXC-1001-2' gives '1001-2', and '1001' without its counter. A letter after
    the prefix makes it a name of its own: 'EXCLUSIVE1001' is no exchange.
#}
{% macro name_after_exchange_prefix(name, without_counter=false) -%}
    {%- set prefixes = [] -%}
    {%- for prefix in var('exchange_order_prefixes') -%}
        {%- set letters = (prefix | string | trim).strip('-') -%}
        {%- do prefixes.append(regexp_literal(letters)) if letters -%}
    {%- endfor -%}
    {%- if prefixes -%}
    nullif(ltrim({{ regexp_part(
            name,
            '(?i)^#?(?:' ~ prefixes | join('|') ~ ')([^A-Z].*)'
            ~ ('-[0-9]+' if without_counter else '') ~ '$'
        ) }}, ' -_#./:'), '')
    {%- else -%}
    cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}
