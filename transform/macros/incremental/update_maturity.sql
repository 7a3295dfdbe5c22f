{#
    Post-hook: sets the flag of orders that become mature as time passes, even
    if no change affects them.
#}
{% macro update_maturity(order_date='order_date', flag='is_mature') -%}
    {%- if is_incremental() -%}
    update {{ this }} set
        {{ flag }} = {{ is_mature(this.identifier ~ '.' ~ order_date) }},
        built_at = {{ built_at() }}
    from (
        select * from {{ ref('loop_returns', 'int_return_maturity') }}
    ) as maturity
    where
        {{ this.identifier }}.{{ flag }}
        is distinct from {{ is_mature(this.identifier ~ '.' ~ order_date) }}
    {%- endif -%}
{%- endmacro %}

{#
    Whether an order is mature: at least return_maturity_days old on
    data_through_date.
#}
{% macro is_mature(order_date) -%}
    coalesce(
            {{ days_between(order_date, 'maturity.data_through_date') }}
            >= maturity.return_maturity_days,
            false
        )
{%- endmacro %}
