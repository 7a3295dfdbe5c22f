select
    fct_returns.order_name, fct_return_lines.sku,
    fct_return_lines.product_title, fct_return_lines.product_category,
    fct_return_lines.parent_return_reason, fct_return_lines.return_reason,
    fct_return_lines.line_outcome, fct_return_lines.return_date,
    fct_returns.root_order_date, fct_returns.is_realised_return,
    fct_returns.is_in_order_cohort, fct_returns.is_order_mature
from fct_return_lines
inner join fct_returns
    on fct_return_lines.loop_return_id = fct_returns.loop_return_id
where
    fct_return_lines.is_counted_return
    and not fct_return_lines.is_over_line_quantity
order by fct_return_lines.return_date desc, fct_returns.order_name
