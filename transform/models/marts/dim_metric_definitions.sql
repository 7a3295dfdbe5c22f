with metric_definitions as (
    select *
    from {{ ref('metric_definitions') }}
),

final as (
    select
        metric_name,
        formula_in_words,
        numerator,
        denominator,
        grain,
        date_basis,
        population,
        source,
        report
    from metric_definitions
)

select *
from final
