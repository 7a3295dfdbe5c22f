{#
    Lower or upper end of the interval of a count or an amount whose mean and
    variance are known. It is the bound of a gamma distribution (Wilson and
    Hilferty 1931), shifted by half a unit because units are whole. `share` is
    the percentage of cases within the interval, 80 or 95, and `half` is half a
    unit, or the amount of half a unit. A lower end below `half` is zero.
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
