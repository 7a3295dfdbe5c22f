-- Which syncs arrived completely, and which command reads the others again?
select stream_name, finding, missing_key_count, reread_command
from {{ ref('loop_returns', 'rpt_sync_reconciliation') }}
