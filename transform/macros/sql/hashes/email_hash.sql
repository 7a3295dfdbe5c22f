{#
    SHA-256 of an e-mail address. Null for text without @, which was hashed
    before it was loaded and cannot be compared.
#}
{% macro email_hash(expression) -%}
    case
            when {{ expression }} like '%@%'
                then {{ text_hash('lower(trim(' ~ expression ~ '))') }}
        end
{%- endmacro %}
