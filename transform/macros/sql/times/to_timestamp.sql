{# Text as a UTC timestamp; null if it is not a timestamp. #}
{% macro to_timestamp(expression) -%}
    {{ return(adapter.dispatch('to_timestamp', 'loop_returns')(expression)) }}
{%- endmacro %}

{# A plain timestamp cast would drop the offset of the text. #}
{% macro default__to_timestamp(expression) -%}
    cast(try_cast({{ expression }} as timestamptz) as timestamp)
{%- endmacro %}

{% macro bigquery__to_timestamp(expression) -%}
    safe_cast({{ expression }} as timestamp)
{%- endmacro %}

{# PostgreSQL has no try_cast, so the text is checked first. #}
{% macro postgres__to_timestamp(expression) -%}
    {%- set text -%}
    cast({{ expression }} as text)
    {%- endset -%}
    {%- set day -%}
    (\d{4}-((0[13578]|1[02])-(0[1-9]|[12]\d|3[01])
    |(0[469]|11)-(0[1-9]|[12]\d|30)|02-(0[1-9]|1\d|2[0-8]))
    |(\d\d(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)
    {%- endset -%}
    {%- set clock -%}
    ([T\s]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([.]\d+)?)?
    {%- endset -%}
    {%- set zone -%}
    (Z|[+-](0\d|1[0-4])(:?[0-5]\d)?)
    {%- endset -%}
    {#- In a pattern that begins with (?x), whitespace is ignored. -#}
    case
            when {{ text }} ~ '(?x)^{{ day }}{{ clock }}{{ zone }}?)?$'
                then cast(case
                    when {{ text }} ~ ':.*{{ zone }}$' then {{ text }}
                    else {{ text }} || ' UTC'
                end as timestamptz) at time zone 'UTC'
        end
{%- endmacro %}
