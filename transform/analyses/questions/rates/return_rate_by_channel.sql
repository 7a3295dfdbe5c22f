-- Which channels bring the orders that are returned least?
select channel, order_count, order_return_rate, order_return_rate_upper,
    lowest_rate_rank
from {{ ref('loop_returns', 'rpt_return_rate_by_channel') }}
where channel_type = 'order_channel' and maturity = 'mature_only'
    and period_type = 'all'
