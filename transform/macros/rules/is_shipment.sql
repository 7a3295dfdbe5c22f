{# Whether a fulfilment with this status was sent; taps of REST may give none. #}
{% macro is_shipment(status) -%}
    lower(coalesce({{ status }}, 'success'))
        not in ('cancelled', 'error', 'failure')
{%- endmacro %}
