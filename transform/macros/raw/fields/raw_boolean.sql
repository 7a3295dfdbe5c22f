{# A boolean field of the raw record; null stays null. #}
{% macro raw_boolean(field) -%}
    {{ to_boolean(raw_text(field)) }}
{%- endmacro %}

{# Text as a boolean; null if it is neither true nor false. #}
{% macro to_boolean(expression) -%}
    case lower({{ expression }})
            when 'true' then true
            when 'false' then false
        end
{%- endmacro %}
