{# Changes are recognised by the time of their build, so time must not go back. #}
{% macro raise_if_clock_went_back() -%}
    {%- if execute -%}
    {%- set last = run_query('select max(built_at) from ' ~ this).rows[0][0] -%}
    {%- if last >= run_started_at.replace(tzinfo=none) -%}
        {%- do exceptions.raise_compiler_error(
            'This build began at ' ~ run_started_at ~ ' and the one before it at '
            ~ last ~ ', UTC: the clock has gone back. Set it right, then run'
            ~ ' dbt build --full-refresh once.'
        ) -%}
    {%- endif -%}
    {%- endif -%}
{%- endmacro %}
