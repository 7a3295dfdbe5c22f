{# A boolean field of the raw record; null stays null. #}
{% macro raw_boolean(field) -%}
    case lower({{ raw_text(field) }})
            when 'true' then true
            when 'false' then false
        end
{%- endmacro %}
