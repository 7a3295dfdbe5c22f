-- Which syncs arrived whole, and how is one read again that did not?
select stream_name, finding, missing_key_count, reread_command
from {{ ref('loop_returns', 'rpt_sync_reconciliation') }}
