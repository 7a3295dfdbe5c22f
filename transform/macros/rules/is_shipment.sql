{# Whether a fulfilment with this status was sent; REST taps may have no status. #}
{% macro is_shipment(status) -%}
    lower(coalesce({{ status }}, 'success'))
        not in ('cancelled', 'error', 'failure')
{%- endmacro %}
