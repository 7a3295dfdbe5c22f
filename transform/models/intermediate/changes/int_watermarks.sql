{#
    The time of the last complete build of each incremental table. Hooks of
    those tables write the rows (record_watermark); a full refresh starts
    without rows.
#}
{{ config(
    enabled=target.type != 'bigquery',
    materialized='incremental',
    incremental_strategy='append',
    on_schema_change=on_schema_change()
) }}

select
    cast(null as {{ dbt.type_string() }}) as table_name,
    cast(null as {{ dbt.type_timestamp() }}) as read_through_at,
    cast(null as {{ dbt.type_timestamp() }}) as built_whole_at,
    cast(null as {{ dbt.type_timestamp() }}) as built_at,
    cast(null as {{ dbt.type_string() }}) as row_sources,
    cast(null as {{ dbt.type_string() }}) as row_settings
from (select 1 as nothing) as no_rows
where nothing = 0
