{#
    Name of the return policy that applied to orders of a day, from the variable
    return_policy_periods. Null before the first policy, and if there are no
    policies.
#}
{% macro policy_period(order_date) -%}
    {%- set periods = policy_periods() -%}
    {%- if periods -%}
        case
            {%- for first_day in periods | sort(reverse=true) %}
            when
                {{ order_date }} >= cast({{ text_literal(first_day) }} as date)
                then {{ text_literal(periods[first_day]) }}
            {%- endfor %}
        end
    {%- else -%}
        cast(null as {{ dbt.type_string() }})
    {%- endif -%}
{%- endmacro %}

{# Names of the return policies by first day. #}
{% macro policy_periods() -%}
    {%- if execute -%}
    {%- set periods = {} -%}
    {%- for day, name in var_or_empty('return_policy_periods').items() -%}
        {#- YAML reads a day without quotes as a date. -#}
        {%- set first_day = day | string -%}
        {%- if not modules.re.fullmatch('\\d{4}-\\d\\d-\\d\\d', first_day) -%}
            {%- do exceptions.raise_compiler_error(
                'return_policy_periods has ' ~ first_day ~ ', which is no day.'
                ~ ' Write the first day of each policy as 2026-02-01.'
            ) -%}
        {%- endif -%}
        {%- do periods.update({first_day: name | string}) -%}
    {%- endfor -%}
    {{ return(periods) }}
    {%- endif -%}
{%- endmacro %}
