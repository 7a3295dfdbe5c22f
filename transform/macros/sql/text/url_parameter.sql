{# The decoded value of a query parameter of a URL. #}
{% macro url_parameter(address, name) -%}
    {{ url_decoded(
        'replace('
        ~ regexp_part(address, '[?&]' ~ name ~ '=([^&#]*)')
        ~ ", '+', ' ')"
    ) }}
{%- endmacro %}
