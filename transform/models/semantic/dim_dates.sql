{#- Wide enough for any shop: Loop began in 2017. -#}
with days as (
    {{ dbt.date_spine(
        'day', "cast('2015-01-01' as date)", "cast('2041-01-01' as date)"
    ) }}
),

final as (
    select cast(date_day as date) as date_day
    from days
)

select *
from final
