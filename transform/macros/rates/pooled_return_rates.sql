{#
    CTEs that shrink return rates towards the rates of larger groups.

    Reads the CTE `summed`, one row per member (such as a SKU) with `sold_units`
    and `returned_units`. The last CTE, `pooled`, has the same rows with
    `pooled_returned_units` and `pooled_sold_units`: their ratio is the pooled
    rate, and their Wilson interval is the interval of that rate.

    `groups` are the columns that name the groups of a member (such as its
    product and its category), the smallest group first, each within the next.
    Rates are pooled separately for each value of the columns `apart`.

    The rate of a member is beta distributed around the rate of its group, and
    the rate of a group around the rate of the next larger group. The variance
    between members is estimated by moments (Kleinman 1973) over all groups. One
    standard error is added, because with little data the estimate is often
    zero. The strength of a prior, in units, is the larger, the smaller this
    variance is. The prior of a row leaves out the row's own units.
#}
{% macro pooled_return_rates(apart, groups) -%}
{%- set levels = groups | length or 1 -%}
capped as (
    select
        *,
        least(returned_units, sold_units) as pooling_units
    from summed
),
{%- for level in range(levels) %}
{%- set keys = apart + groups[level:] %}

members_{{ level }} as (
    select
        {{ keys | join(',\n        ') }},
        sold_units,
        returned_units
    {%- if level == 0 %}
    from (
        select
            {{ keys | join(',\n            ') }},
            sold_units,
            pooling_units as returned_units
        from capped
    ) as members
    {%- else %}
    from (
        select
            {{ (apart + groups[level - 1:]) | join(',\n            ') }},
            sum(sold_units) as sold_units,
            sum(pooling_units) as returned_units
        from capped
        group by {{ (apart + groups[level - 1:]) | join(', ') }}
    ) as members
    {%- endif %}
    where sold_units > 0
),

groups_{{ level }} as (
    select
        {{ keys | join(',\n        ') }},
        count(*) as member_count,
        sum(sold_units) as sold_units,
        sum(returned_units) as returned_units,
        sum(cast(
            {{ ratio('returned_units * returned_units', 'sold_units') }}
            as {{ type_exact_ratio() }}
        )) as returned_squares,
        sum(sold_units * sold_units) as sold_squares
    from members_{{ level }}
    group by {{ keys | join(', ') }}
),

-- Groups with one member, and groups of which all units or none were returned,
-- do not contribute to the variance.
spreads_{{ level }} as (
    select
        {{ apart | join(',\n        ') }},
        sum(cast(
            (
                cast(returned_squares as {{ type_ratio() }})
                - {{ ratio('returned_units * returned_units', 'sold_units') }}
            ) / (
                {{ ratio('returned_units', 'sold_units') }}
                * (1 - {{ ratio('returned_units', 'sold_units') }})
            ) - (member_count - 1) as {{ type_exact_ratio() }}
        )) as excess,
        sum(cast(
            sold_units - {{ ratio('sold_squares', 'sold_units') }}
            - (member_count - 1) as {{ type_exact_ratio() }}
        )) as room,
        sum(member_count - 1) as freedom
    from groups_{{ level }}
    where
        member_count > 1
        and returned_units > 0
        and returned_units < sold_units
    group by {{ apart | join(', ') }}
),

correlations_{{ level }} as (
    select
        {{ apart | join(',\n        ') }},
        (
            greatest(cast(excess as {{ type_ratio() }}), 0)
            + sqrt(2 * cast(freedom as {{ type_ratio() }}))
        ) / cast(room as {{ type_ratio() }}) as correlation
    from spreads_{{ level }}
    where room > 0
),
{%- endfor %}

totalled as (
    select
        capped.*,
        {% for level in range(groups | length) -%}
        sum(capped.sold_units) over (
            partition by
                {% for column in apart + groups[level:] -%}
                capped.{{ column }}{{ ',' if not loop.last }}
                {% endfor -%}
        ) - capped.sold_units as other_sold_{{ level }},
        sum(capped.pooling_units) over (
            partition by
                {% for column in apart + groups[level:] -%}
                capped.{{ column }}{{ ',' if not loop.last }}
                {% endfor -%}
        ) - capped.pooling_units as other_returned_{{ level }},
        {% endfor -%}
        sum(capped.sold_units) over (
            partition by
                {% for column in apart -%}
                capped.{{ column }}{{ ',' if not loop.last }}
                {% endfor -%}
        ) as all_sold,
        sum(capped.pooling_units) over (
            partition by
                {% for column in apart -%}
                capped.{{ column }}{{ ',' if not loop.last }}
                {% endfor -%}
        ) as all_returned
        {%- for level in range(levels) %},
        correlations_{{ level }}.correlation as correlation_{{ level }}
        {%- endfor %}
    from capped
    {%- for level in range(levels) %}
    left join correlations_{{ level }}
        on
            {% for column in apart -%}
            {{ 'and ' if not loop.first }}capped.{{ column }}
            = correlations_{{ level }}.{{ column }}
            {% endfor -%}
    {%- endfor %}
),

-- If the variance of a level cannot be estimated, the strength of the next
-- larger level is used; for the largest level it is two units.
{%- for level in range(levels) | reverse %}

strengths_{{ level }} as (
    select
        *,
        case
            when correlation_{{ level }} is null then
                {%- if loop.first %} 2{% else %} strength_{{ level + 1 }}{% endif %}
            else greatest(1, least(
                all_sold,
                (1 - correlation_{{ level }}) / correlation_{{ level }}
            ))
        end as strength_{{ level }}
    from {{ 'totalled' if loop.first else 'strengths_' ~ (level + 1) }}
),
{%- endfor %}

priors_{{ groups | length }} as (
    select
        *,
        {{ ratio(
            'all_returned - pooling_units + 0.5', 'all_sold - sold_units + 1'
        ) }} as prior_rate_{{ groups | length }}
    from strengths_0
),
{%- for level in range(groups | length) | reverse %}
{%- set strength = 'strength_' ~ [level + 1, levels - 1] | min %}

priors_{{ level }} as (
    select
        *,
        (other_returned_{{ level }} + {{ strength }} * prior_rate_{{ level + 1 }})
        / (other_sold_{{ level }} + {{ strength }}) as prior_rate_{{ level }}
    from priors_{{ level + 1 }}
),
{%- endfor %}

pooled as (
    select
        *,
        pooling_units + strength_0 * prior_rate_0 as pooled_returned_units,
        sold_units + strength_0 as pooled_sold_units
    from priors_0
)
{%- endmacro %}
