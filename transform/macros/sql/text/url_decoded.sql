{#
    Text with its percent-encoded characters decoded: 'caf%C3%A9' as 'café'.
    Malformed encodings stay unchanged, except that BigQuery replaces bytes that
    are not UTF-8 by U+FFFD.
#}
{% macro url_decoded(expression) -%}
    {{ return(adapter.dispatch('url_decoded', 'loop_returns')(expression)) }}
{%- endmacro %}

{% macro default__url_decoded(expression) -%}
    coalesce(try(url_decode({{ expression }})), {{ expression }})
{%- endmacro %}

{% macro bigquery__url_decoded(expression) -%}
    coalesce(
        (
            select safe_convert_bytes_to_string(from_hex(decoded.bytes_as_hex))
            from (
                select
                    string_agg(
                        case
                            when length(part) = 3 and starts_with(part, '%')
                                then lower(substr(part, 2))
                            else to_hex(cast(part as bytes))
                        end,
                        '' order by place
                    ) as bytes_as_hex
                from unnest(regexp_extract_all(
                    {{ expression }}, r'%[0-9a-fA-F]{2}|[^%]+|%'
                )) as part with offset as place
            ) as decoded
        ),
        {{ expression }}
    )
{%- endmacro %}

{#
    Only valid UTF-8 is decoded, because PostgreSQL raises an error for anything
    else.
#}
{% macro postgres__url_decoded(expression) -%}
    {%- set tail = '%[89ab][0-9a-f]' -%}
    (
        select string_agg(
            case
                when parts.part[1] ~ '^%..'
                    then convert_from(
                        decode(replace(parts.part[1], '%', ''), 'hex'), 'UTF8'
                    )
                else parts.part[1]
            end,
            '' order by parts.place
        )
        from regexp_matches(
            {{ expression }},
            '%(?:0[1-9a-f]|[1-7][0-9a-f])'
            || '|%(?:c[2-9a-f]|d[0-9a-f]){{ tail }}'
            || '|%e0%[ab][0-9a-f]{{ tail }}'
            || '|%e[1-9a-cef]{{ tail }}{{ tail }}'
            || '|%ed%[89][0-9a-f]{{ tail }}'
            || '|%f0%[9ab][0-9a-f]{{ tail }}{{ tail }}'
            || '|%f[1-3]{{ tail }}{{ tail }}{{ tail }}'
            || '|%f4%8[0-9a-f]{{ tail }}{{ tail }}'
            || '|[^%]+|%',
            'gi'
        ) with ordinality as parts (part, place)
    )
{%- endmacro %}
