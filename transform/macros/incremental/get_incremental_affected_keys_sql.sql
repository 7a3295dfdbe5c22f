{#
    The incremental strategy `affected_keys`: delete the rows of all affected
    keys, then insert what the model returns for them. `unique_key` is a column
    of int_affected_keys; several rows of the table may share its value.
#}
{% macro get_incremental_affected_keys_sql(arg_dict) -%}
    {%- set table = arg_dict['target_relation'] -%}
    {%- set column = arg_dict['unique_key'] -%}
    {%- set columns
        = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
    delete from {{ table }}
    where {{ is_affected(column) }};

    insert into {{ table }} ({{ columns }})
    select {{ columns }}
    from {{ arg_dict['temp_relation'] }}
{%- endmacro %}
