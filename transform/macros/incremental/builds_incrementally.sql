{#
    Whether large tables are built incrementally. Not on BigQuery, which bills
    the bytes that are read, and an incremental build reads the whole table;
    and not for Fivetran, whose adapter does not tell which orders are new.
#}
{% macro builds_incrementally() -%}
    {{ return(
        target.type != 'bigquery'
        and var('shopify_source') != 'fivetran_shopify'
    ) }}
{%- endmacro %}
