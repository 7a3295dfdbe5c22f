select
    channel_type, maturity, period_type, period, period_start_date,
    is_period_mature, channel, order_count, returned_order_count,
    order_return_rate, order_return_rate_lower, order_return_rate_upper,
    is_ranked, refund_order_rate, exchange_order_rate,
    refund_value_rate, unit_return_rate, unit_return_rate_standardised
from rpt_return_rate_by_channel
order by is_ranked desc, lowest_rate_rank
