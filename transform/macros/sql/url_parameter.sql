{# The value of a query parameter of an address. #}
{% macro url_parameter(address, name) -%}
    replace({{ regexp_part(address, '[?&]' ~ name ~ '=([^&#]*)') }}, '+', ' ')
{%- endmacro %}
