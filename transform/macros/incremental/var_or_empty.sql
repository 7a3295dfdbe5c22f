{#
    A variable that is a list or a mapping. Without a value (null), it is empty,
    and equal to an empty list and an empty mapping.
#}
{% macro var_or_empty(name) -%}
    {{ return(var(name) or {}) }}
{%- endmacro %}
