with return_lines as (
    select *
    from {{ ref('loop_returns', 'fct_return_lines') }}
    where
        is_counted_return
        and is_merchandise
        and not is_over_line_quantity
),

periods as (
    select *
    from {{ ref('loop_returns', 'int_periods') }}
),

months as (
    select
        return_month_date,
        product_category,
        sku,
        parent_return_reason,
        return_reason,
        reason_group,
        count(*) as returned_units
    from return_lines
    group by 1, 2, 3, 4, 5, 6
),

dimensions as (
    {% for dimension_type, value in {
        'all': "'all'", 'category': 'product_category', 'sku': 'sku'
    }.items() -%}
    select
        '{{ dimension_type }}' as dimension_type,
        {{ value }} as dimension_value,
        *
    from months
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

levels as (
    {% for reason_level, parent in {
        'group': 'reason_group',
        'parent': 'parent_return_reason',
        'child': 'parent_return_reason',
    }.items() -%}
    select
        '{{ reason_level }}' as reason_level,
        dimension_type,
        dimension_value,
        return_month_date,
        {{ parent }} as parent_return_reason,
        {% if reason_level == 'child' -%}
        return_reason,
        {%- else -%}
        cast(null as {{ dbt.type_string() }}) as return_reason,
        {%- endif %}
        returned_units
    from dimensions
    {%- if not loop.last %}
    union all
    {% endif -%}
    {%- endfor %}
),

summed as (
    select
        levels.reason_level,
        levels.dimension_type,
        levels.dimension_value,
        periods.period_type,
        periods.period,
        periods.period_start_date,
        periods.is_current_period,
        levels.parent_return_reason,
        levels.return_reason,
        sum(levels.returned_units) as returned_units
    from levels
    inner join periods
        on levels.return_month_date = periods.month_date
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9
),

-- The share of a second-level reason is its share of the units that have the
-- same first-level reason.
totalled as (
    select
        *,
        sum(returned_units) over (
            partition by
                reason_level, dimension_type, dimension_value,
                period,
                case when reason_level = 'child' then parent_return_reason end
        ) as group_units
    from summed
),

final as (
    select
        'return_reason_share' as metric_name,
        'return' as date_basis,
        reason_level,
        dimension_type,
        dimension_value,
        period_type,
        period,
        period_start_date,
        is_current_period,
        parent_return_reason,
        return_reason,
        cast(returned_units as {{ dbt.type_bigint() }}) as returned_units,
        cast(group_units as {{ dbt.type_bigint() }}) as group_units,
        {{ ratio('returned_units', 'group_units') }} as return_reason_share,
        {{ wilson_bound('returned_units', 'group_units', 'lower') }}
            as return_reason_share_lower,
        {{ wilson_bound('returned_units', 'group_units', 'upper') }}
            as return_reason_share_upper,
        row_number() over (
            partition by
                reason_level, dimension_type, dimension_value,
                period,
                case when reason_level = 'child' then parent_return_reason end
            order by
                returned_units desc,
                parent_return_reason asc,
                return_reason asc
        ) as reason_rank
    from totalled
)

select *
from final
