{#
    Host and kind of the page that sent a visitor: 'google.com / organic'. Null
    for the hosts in own_hosts.
#}
{% macro referrer_channel(host) -%}
    case
            when {{ host }} in {{ text_list(var('own_hosts')) }} then null
            when
                {{ regexp_part(
                    host,
                    '((?:google|bing|yahoo|duckduckgo|ecosia|baidu)[.])'
                ) }} is not null
                then {{ host }} || ' / organic'
            when
                {{ regexp_part(
                    host,
                    '((?:facebook|instagram|tiktok|pinterest|youtube|reddit'
                    ~ '|linkedin|snapchat|twitter)[.]|^t[.]co$|^x[.]com$)'
                ) }} is not null
                then {{ host }} || ' / social'
            else {{ host }} || ' / referral'
        end
{%- endmacro %}
