{#
    Whether a fulfilment with this status was sent. Without a status, as from
    some REST taps, it was.
#}
{% macro is_shipment(status) -%}
    lower(coalesce({{ status }}, 'success'))
        not in ('cancelled', 'error', 'failure')
{%- endmacro %}
