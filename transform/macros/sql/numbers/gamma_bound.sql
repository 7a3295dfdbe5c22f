{#
    Lower or upper end of the interval of a count, or of the amount of counted
    things, whose mean and variance are known: that of a gamma distribution
    (Wilson and Hilferty 1931), shifted by half a thing because things are
    whole.

    `share` is the share of cases that the interval holds, 80 or 95, and `half`
    half of one thing. A lower end below that half is zero.
#}
{% macro gamma_bound(mean, variance, share, end, half='0.5') -%}
    {%- set deviate = {
        80: '1.2815515655446004e0', 95: '1.959963984540054e0'
    }[share] -%}
    {%- set shifted = '(' ~ mean ~ ' + ' ~ half ~ ')' -%}
    {%- set bound -%}
    {{ shifted }} * power(greatest(
            1 - {{ variance }} / nullif(9 * {{ shifted }} * {{ shifted }}, 0)
            {{ '-' if end == 'lower' else '+' }} {{ deviate }}
            * sqrt({{ variance }}) / nullif(3 * {{ shifted }}, 0), 0
        ), 3) - {{ half }}
    {%- endset -%}
    {%- if end == 'lower' -%}
    case when {{ mean }} > 0 and {{ bound }} >= {{ half }}
        then least({{ mean }}, {{ bound }}) else 0 end
    {%- else -%}
    case when {{ mean }} > 0
        then greatest({{ mean }}, coalesce({{ bound }}, {{ mean }}))
        else 0 end
    {%- endif -%}
{%- endmacro %}
