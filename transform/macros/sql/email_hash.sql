{#
    SHA-256 of an e-mail address. What holds no @ was hashed or dropped before
    it was loaded and compares with nothing: null.
#}
{% macro email_hash(expression) -%}
    case
            when {{ expression }} like '%@%'
                then {{ text_hash('lower(trim(' ~ expression ~ '))') }}
        end
{%- endmacro %}
