select 'theirs' as owner
