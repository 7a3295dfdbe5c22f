{#
    Rows of the CTE `source` that are not in `this` in the same version (new,
    changed or late rows), with `row_version`. All rows if the whole table is
    rebuilt. `key` is the key in raw, `known_key` its column in `this`.
#}
{% macro changed_rows(source_name, table_name, key, known_key) -%}
    {%- set version = raw_version(source_name, table_name) -%}
    {%- set newest = newest_if_all_before_is_known(
        source_name, table_name, key, known_key
    ) -%}
    {%- set is_compared = watermark() and not newest -%}
    {%- if is_compared -%}
    -- compared row by row
    {% endif -%}
    select
        source.*,
        {{ version }} as row_version
    from source
    {%- if newest %}
    where source._sdc_batched_at > cast('{{ newest }}' as timestamp)
    {%- elif is_compared %}
    left join (
        select
            {{ known_key }} as known_key,
            row_version as known_version
        from {{ this }}
    ) as known
        on {{ key }} = known.known_key
    where
        known.known_key is null
        or known.known_version is distinct from {{ version }}
    {%- endif %}
{%- endmacro %}

{#
    The newest load timestamp in `this`, if `this` has every row of the raw
    table up to that time; otherwise none. With such a timestamp, only later
    rows need to be read. The numbers of rows are compared for each timestamp:
    a row that is written again gets another timestamp, so rows with the same
    timestamp are the same. A row without a timestamp is never known. The newest
    one is sought without the versions from before the loader wrote load
    timestamps, which are hashes.
#}
{% macro newest_if_all_before_is_known(
    source_name, table_name, key, known_key
) -%}
    {%- if execute and watermark() and not flags.EMPTY
        and raw_is_stamped(source_name, table_name) -%}
    {%- set version = raw_version(source_name, table_name) -%}
    {%- set newest = run_query(
        'select max(row_version) from ' ~ this
        ~ " where row_version like '____-__-__ %'"
    ).rows[0][0] -%}
    {%- set later = "source._sdc_batched_at > '" ~ newest ~ "'" -%}
    {%- set different = run_query(
        'with source as not materialized (' ~ raw_rows(source_name, table_name) ~ '), '
        ~ 'stamps as (select _sdc_batched_at, count(*) as row_count'
        ~ ' from source where (' ~ later ~ ') is not true'
        ~ ' group by _sdc_batched_at), '
        ~ 'loaded as (select ' ~ version ~ ' as row_version, row_count'
        ~ ' from stamps as source), '
        ~ 'known as (select row_version, count(*) as row_count from ' ~ this
        ~ ' where ' ~ known_key ~ ' not in (select ' ~ key ~ ' from source'
        ~ ' where ' ~ later ~ ' and ' ~ key ~ ' is not null)'
        ~ ' group by row_version) '
        ~ 'select count(*) from loaded full outer join known'
        ~ ' on loaded.row_version = known.row_version'
        ~ ' where loaded.row_count is distinct from known.row_count'
    ).rows[0][0] if newest -%}
    {{ return(newest if newest and different == 0) }}
    {%- endif -%}
{%- endmacro %}
