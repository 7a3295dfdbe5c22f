-- What do returns cost as a share of gross revenue, month by month?
select period, currency_code, net_cost, cost_share_of_gross
from {{ ref('loop_returns', 'rpt_net_return_cost') }}
where cost_form = 'net_return_cost' and date_basis = 'order'
    and maturity = 'to_date' and period_type = 'month'
