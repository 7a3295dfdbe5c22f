select metric_name, formula_in_words, numerator, denominator, date_basis, population
from dim_metric_definitions
order by metric_name
