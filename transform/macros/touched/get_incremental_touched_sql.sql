{#
    The incremental strategy `touched`: whatever a change may have reached goes,
    and what the model makes of it now comes. The unique key is a column of
    int_touched, and may name several rows of the table.
#}
{% macro get_incremental_touched_sql(arg_dict) -%}
    {%- set table = arg_dict['target_relation'] -%}
    {%- set column = arg_dict['unique_key'] -%}
    {%- set columns
        = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ table }}
    where {{ is_touched(column) }};

    insert into {{ table }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
