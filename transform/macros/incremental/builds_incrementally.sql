{#
    Whether large tables are built incrementally. False on BigQuery, which bills
    the bytes that are read: an incremental build reads the whole table too.
    Also false for Fivetran, whose adapter does not show which orders are new.
#}
{% macro builds_incrementally() -%}
    {{ return(
        target.type != 'bigquery'
        and var('shopify_source') != 'fivetran_shopify'
    ) }}
{%- endmacro %}
