{#
    Rows of the CTE `source` with a hash of all they hold, as row_version; of
    them those that `this` does not hold so: new, changed and late ones. In a
    full refresh, all.
#}
{% macro changed_rows(key, known_key, known_version) -%}
    select
        source.*,
        {{ row_hash('source') }} as row_version
    from source
    {%- if is_incremental() %}
    left join (
        select
            {{ known_key }} as known_key,
            max({{ known_version }}) as known_version
        from {{ this }}
        group by {{ known_key }}
    ) as known
        on {{ key }} = known.known_key
    where
        known.known_key is null
        or known.known_version is distinct from {{ row_hash('source') }}
    {%- endif %}
{%- endmacro %}
