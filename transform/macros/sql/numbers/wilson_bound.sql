{#
    Lower or upper end of the Wilson 95 % interval of a share.

    A share above one (from invalid raw data) is treated as one instead of
    failing. Constants are written with an exponent, which makes them the same
    float on every warehouse, and without successes the lower end is exactly
    zero. Otherwise ranks could depend on rounding.
#}
{% macro wilson_bound(successes, trials, end) -%}
    {%- set sign = '-' if end == 'lower' else '+' -%}
    {%- set share -%}
    least({{ ratio(successes, trials) }}, 1)
    {%- endset -%}
    {%- set trials_float -%}
    nullif(cast({{ trials }} as {{ type_ratio() }}), 0)
    {%- endset -%}
    {%- set bound -%}
    (
            {{ share }} + 1.9207294103470627e0 / {{ trials_float }}
            {{ sign }} 1.959963984540054e0 * sqrt(
                {{ share }} * (1 - {{ share }}) / {{ trials_float }}
                + 0.9603647051735313e0
                / ({{ trials_float }} * {{ trials_float }})
            )
        ) / (1 + 3.8414588206941254e0 / {{ trials_float }})
    {%- endset -%}
    {%- if end == 'lower' -%}
    case when {{ successes }} > 0 then {{ bound }} else {{ ratio(0, trials) }} end
    {%- else -%}
    {{ bound }}
    {%- endif -%}
{%- endmacro %}
