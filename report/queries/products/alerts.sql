select
    dimension_type, dimension_value, reason_group,
    product_category, product_title, orders_from_date, noticed_date,
    sold_units, returned_units, expected_returned_units,
    return_ratio, reasons_grown, alert_text
from rpt_return_alerts
order by
    evidence desc, dimension_type, peer_group, dimension_value, reason_group
