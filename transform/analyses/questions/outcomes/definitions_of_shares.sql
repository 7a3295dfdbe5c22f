-- How is each share of the reports defined?
select metric_name, formula_in_words, population
from {{ ref('loop_returns', 'dim_metric_definitions') }}
where unit = 'share'
