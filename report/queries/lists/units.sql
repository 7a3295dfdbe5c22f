select
    fct_returns.order_name, fct_return_lines.sku,
    fct_return_lines.product_title, fct_return_lines.product_category,
    coalesce(fct_return_lines.size, '(none)') as size,
    fct_return_lines.parent_return_reason, fct_return_lines.return_reason,
    fct_return_lines.line_outcome, fct_return_lines.return_date,
    coalesce(fct_returns.origin_country_code, '(none)') as origin_country_code,
    fct_orders.order_channel,
    fct_returns.root_order_date, fct_returns.is_realised_return,
    fct_returns.is_in_order_cohort, fct_returns.is_order_mature
from fct_return_lines
inner join fct_returns
    on fct_return_lines.loop_return_id = fct_returns.loop_return_id
left join fct_orders
    on fct_returns.sm_order_key = fct_orders.sm_order_key
where
    fct_return_lines.is_counted_return
    and fct_return_lines.is_merchandise
    and not fct_return_lines.is_over_line_quantity
order by fct_return_lines.return_date desc nulls last, fct_returns.order_name
