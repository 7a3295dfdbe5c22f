{#
    The rest of an exchange order's name after the prefix; null for other names.
'EXC-1001-2' gives '1001-2', and '1001' without its counter. If a letter follows
the prefix, as in 'EXCLUSIVE1001', the order is not an exchange.
#}
{% macro name_after_exchange_prefix(name, without_counter=false) -%}
    {%- set prefixes = [] -%}
    {%- for prefix in var_or_empty('exchange_order_prefixes') -%}
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
