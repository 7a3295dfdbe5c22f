select owner
from {{ ref('stg_orders') }}
union all
select owner
from {{ ref('int_orders') }}
union all
select owner
from {{ ref('dim_customers') }}
