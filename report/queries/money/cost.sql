select
    metric_name, cost_form, date_basis, maturity, period_type, period,
    period_start_date, is_period_mature, currency_code,
    net_cost, order_gross_revenue, cost_share_of_gross
from rpt_net_return_cost
order by period_start_date nulls last, currency_code
