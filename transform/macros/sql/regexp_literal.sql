{# A text as a pattern that only this text fits; free of quotes on every warehouse. #}
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
