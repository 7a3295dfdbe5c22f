{#
    Whether tables are amended with what a day changed. BigQuery bills what is
    read, and an amended table is read to be amended; a source that does not
    say which of its orders are new leaves no choice.
#}
{% macro grows_by_day() -%}
    {{ return(
        target.type != 'bigquery'
        and var('shopify_source') != 'fivetran_shopify'
    ) }}
{%- endmacro %}
