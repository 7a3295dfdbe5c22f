{#
    Lower or upper end of the Wilson 95 % interval of a share.

    A share above one (junk in raw) is taken as one, so that nothing fails.
#}
{% macro wilson_bound(successes, trials, end) -%}
    {%- set sign = '-' if end == 'lower' else '+' -%}
    {%- set share -%}
    least({{ ratio(successes, trials) }}, 1)
    {%- endset -%}
    {%- set trials_float -%}
    nullif(cast({{ trials }} as {{ type_ratio() }}), 0)
    {%- endset -%}
    (
            {{ share }} + 1.9207294103470627 / {{ trials_float }}
            {{ sign }} 1.959963984540054 * sqrt(
                {{ share }} * (1 - {{ share }}) / {{ trials_float }}
                + 0.9603647051735313
                / ({{ trials_float }} * {{ trials_float }})
            )
        ) / (1 + 3.8414588206941254 / {{ trials_float }})
{%- endmacro %}
