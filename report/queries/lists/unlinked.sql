select
    fct_returns.order_name, fct_return_lines.return_date, fct_return_lines.sku,
    fct_return_lines.product_title, fct_return_lines.product_category,
    fct_return_lines.parent_return_reason, fct_return_lines.return_reason,
    fct_return_lines.line_outcome
from fct_return_lines
inner join fct_returns
    on fct_return_lines.loop_return_id = fct_returns.loop_return_id
where fct_return_lines.line_link_method = 'none'
order by fct_return_lines.return_date desc nulls last, fct_returns.order_name
