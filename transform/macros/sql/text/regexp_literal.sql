{# A pattern that matches exactly this text; it contains no quotes. #}
{% macro regexp_literal(value) -%}
    {%- set parts = [] -%}
    {%- for character in value -%}
        {%- if character.isalnum() or not character.isascii() -%}
            {%- do parts.append(character) -%}
        {%- else -%}
            {%- do parts.append('[\\x' ~ character.encode('ascii').hex() ~ ']') -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts | join) }}
{%- endmacro %}
