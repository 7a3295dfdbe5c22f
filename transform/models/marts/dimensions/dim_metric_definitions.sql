with metric_definitions as (
    select *
    from {{ ref('loop_returns', 'metric_definitions') }}
),

final as (
    select
        metric_name,
        question,
        formula_in_words,
        numerator,
        denominator,
        grain,
        date_basis,
        population,
        unit,
        cost_of_choice,
        decisions,
        source,
        report,
        report_columns,
        example
    from metric_definitions
)

select *
from final
