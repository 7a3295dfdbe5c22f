{# SQL of a data test, whose column `problem` is also written to the log. #}
{% macro with_problems_logged() -%}
    {%- set sql = caller() -%}
    {%- if execute and flags.WHICH in ('build', 'test') -%}
        {%- for row in run_query(sql).rows -%}
            {%- do log(row['problem'], info=true) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ sql }}
{%- endmacro %}
